namespace Stretto.Nn;

/// <summary>y = x · weightᵀ + bias.</summary>
public sealed class Linear : Module
{
    /// <param name="inputs">The last size of x.</param>
    /// <param name="outputs">The last size of y.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="device">Where the parameters live.</param>
    public Linear(long inputs, long outputs, bool bias, Device device)
    {
        Weight = Register("weight", Tensor.Zeros([outputs, inputs], device: device));
        Bias = bias ? Register("bias", Tensor.Zeros([outputs], device: device)) : null;
    }

    /// <summary>[outputs, inputs].</summary>
    public Tensor Weight { get; }

    /// <summary>[outputs], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>[..., inputs] → [..., outputs].</summary>
    public Tensor Forward(Tensor x) => Tensor.Linear(x, Weight, Bias);
}

/// <summary>A table of vectors.</summary>
public sealed class Embedding : Module
{
    private readonly int? _padding;

    /// <param name="rows">How many ids there are.</param>
    /// <param name="size">The size of a vector.</param>
    /// <param name="device">Where the table lives.</param>
    /// <param name="padding">An id whose vector is read as it is and takes no gradient.</param>
    public Embedding(long rows, long size, Device device, int? padding = null)
    {
        _padding = padding;
        Weight = Register("weight", Tensor.Zeros([rows, size], device: device));
    }

    /// <summary>[rows, size].</summary>
    public Tensor Weight { get; }

    /// <summary>int64 ids of any shape → that shape and [size].</summary>
    public Tensor Forward(Tensor ids)
    {
        Tensor flat = ids.Rank == 1 ? ids : ids.Reshape(-1);
        Tensor rows = Tensor.Embedding(Weight, flat);
        if (_padding is { } padding)
        {
            float[] real = Array.ConvertAll(flat.ToArray<long>(), id => id == padding ? 0f : 1f);
            Tensor mask = Tensor.From(real, [real.Length, 1], rows.Device).To(rows.DType);
            rows = (rows * mask) + (rows.Detach() * (1 - mask));
        }

        return ids.Rank == 1 ? rows : rows.Reshape(Shape.Create([.. ids.Shape.Sizes, Weight.Shape[1]]));
    }
}

/// <summary>Root mean square normalisation with a weight. Zhang and Sennrich, 2019.</summary>
public sealed class RmsNorm : Module
{
    private readonly double _epsilon;

    /// <param name="size">The last size of x.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="device">Where the weight lives.</param>
    public RmsNorm(long size, double epsilon, Device device)
    {
        _epsilon = epsilon;
        Weight = Register("weight", Tensor.Ones([size], device: device));
    }

    /// <summary>[size].</summary>
    public Tensor Weight { get; }

    /// <summary>The same shape, normalised over the last dimension.</summary>
    public Tensor Forward(Tensor x) => x.RmsNorm(Weight, _epsilon);
}

/// <summary>down(silu(gate(x)) · up(x)). Shazeer, GLU Variants Improve Transformer, 2020.</summary>
public sealed class SwiGluMlp : Module
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;

    /// <param name="size">The last size of x.</param>
    /// <param name="hidden">The size between.</param>
    /// <param name="bias">Whether the three layers have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    public SwiGluMlp(long size, long hidden, bool bias, Device device)
    {
        _gate = Child("gate_proj", new Linear(size, hidden, bias, device));
        _up = Child("up_proj", new Linear(size, hidden, bias, device));
        _down = Child("down_proj", new Linear(hidden, size, bias, device));
    }

    /// <summary>[tokens, size] → [tokens, size].</summary>
    public Tensor Forward(Tensor x) => _down.Forward(Tensor.SwiGlu(_gate.Forward(x), _up.Forward(x)));
}
