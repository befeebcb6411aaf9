using Stretto.Models.Text;
using Stretto.Nn;

namespace Stretto.Cli;

/// <summary>A short greedy continuation to look at during training.</summary>
internal static class Sampler
{
    public static string Continue(CausalLM model, Tokenizer tokenizer, string prompt, int count)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        List<int> tokens = [.. tokenizer.EosId is { } end ? [end] : Array.Empty<int>(), .. tokenizer.Encode(prompt)];
        for (int i = 0; i < count; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor hidden = model.Hidden(Batch.Packed([[.. tokens]], model.Device));
            int next = (int)model.Logits(hidden.Narrow(0, tokens.Count - 1, 1)).Argmax(-1).ToArray<long>()[0];
            if (next == tokenizer.EosId)
            {
                break;
            }

            tokens.Add(next);
        }

        return tokenizer.Decode([.. tokens], skipSpecialTokens: true);
    }
}
