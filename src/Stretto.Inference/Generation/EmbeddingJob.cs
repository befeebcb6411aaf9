using System.Numerics.Tensors;
using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>That of the last token, the only one that has seen the whole text.</summary>
    Last,
}

/// <summary>The vector of one text; computed between two passes.</summary>
internal sealed class EmbeddingJob(int[] tokens, EmbeddingPooling pooling, int? dimensions, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<float[]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<float[]> Result => _result.Task;

    public void Cancel() => _result.TrySetCanceled(cancellation);

    public void Run(CausalLM model)
    {
        if (cancellation.IsCancellationRequested)
        {
            Cancel();
            return;
        }

        try
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor hidden = model.Hidden(Batch.Packed([tokens], model.Device));
            Tensor pooled = pooling == EmbeddingPooling.Last ? hidden.Narrow(0, tokens.Length - 1, 1) : hidden.Mean([0]);
            float[] vector = pooled.ToArray<float>()[..(dimensions ?? (int)hidden.Shape[1])];
            float norm = TensorPrimitives.Norm(vector);
            TensorPrimitives.Divide(vector, Math.Max(norm, 1e-12f), vector);
            _result.TrySetResult(vector);
        }
#pragma warning disable CA1031 // who awaits the result gets the exception
        catch (Exception e)
#pragma warning restore CA1031
        {
            _result.TrySetException(e);
        }
    }
}
