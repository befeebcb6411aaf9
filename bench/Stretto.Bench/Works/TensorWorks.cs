using Stretto.Backends;

namespace Stretto.Bench;

/// <summary>A job in tensor operations; what a call leaves is freed at its end.</summary>
internal abstract class TensorWork(int threads) : IWork
{
    private readonly TensorScope _kept = TensorScope.Begin();

    protected Device Device { get; } = SideDevice.For(threads);

    public void Call()
    {
        using TensorScope scope = TensorScope.Begin();
        Run();
    }

    public double Checksum()
    {
        using TensorScope scope = TensorScope.Begin();
        return Numbers.Checksum(Run().Contiguous().AsSpan<float>());
    }

    public virtual void Dispose() => _kept.Dispose();

    protected Tensor Make(uint seed, params long[] shape) =>
        Tensor.From(Numbers.Array(shape.Aggregate(1L, (a, b) => a * b), seed), Shape.Create(shape), Device);

    protected abstract Tensor Run();
}

/// <summary>See <see cref="ElementwiseShape"/>.</summary>
internal sealed class ElementwiseWork : TensorWork
{
    private readonly Func<Tensor> _run;

    public ElementwiseWork(ElementwiseShape shape)
        : base(shape.Threads)
    {
        Tensor x = Make(1, shape.Rows, shape.Columns);
        Tensor weight = Make(2, shape.Columns);
        switch (shape.Op)
        {
            case "add":
                Tensor term = Tensor.Zeros(x.Shape, device: Device);
                _run = () => x.AddInPlace(term);
                break;
            case "silu":
                _run = () => x.Silu();
                break;
            case "rmsnorm":
                _run = () => x.RmsNorm(weight, ModelShape.NormEpsilon);
                break;
            case "softmax":
                _run = () => x.Softmax(-1);
                break;
            case "cross-entropy":
                Tensor targets = Tensor.From(Numbers.Integers(shape.Rows, 3, shape.Columns), Device);
                _run = () => Tensor.CrossEntropySum(x, targets);
                break;
            case "adamw":
                (Tensor gradient, Tensor first, Tensor second) =
                    (Make(4, shape.Rows, shape.Columns), Tensor.Zeros(x.Shape, device: Device), Tensor.Zeros(x.Shape, device: Device));

                // At rate 0 the parameter stays what it is, however often a side is called.
                AdamWStep step = new(0, ModelShape.Beta1, ModelShape.Beta2, ModelShape.AdamEpsilon, 0.1, 0.1, 0.05, 1);
                _run = () =>
                {
                    x.Backend.AdamW(x.View, gradient.View, first.View, second.View, step);
                    return x;
                };
                break;
            default:
                throw new ArgumentException($"no operation '{shape.Op}'");
        }
    }

    protected override Tensor Run()
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        return _run();
    }
}

/// <summary>See <see cref="AttentionShape"/>: the fused operation, or the same composed of products and a softmax.</summary>
internal sealed class AttentionWork : TensorWork
{
    private readonly AttentionShape _shape;
    private readonly bool _composed;
    private readonly Tensor _q;
    private readonly Tensor _k;
    private readonly Tensor _v;
    private readonly Tensor _g;
    private readonly Tensor? _unseen;

    public AttentionWork(AttentionShape shape, bool composed)
        : base(shape.Threads)
    {
        (_shape, _composed) = (shape, composed);
        (_q, _k, _v) = (Make(1, shape.T, shape.Heads, shape.Size), Make(2, shape.T, shape.KvHeads, shape.Size), Make(3, shape.T, shape.KvHeads, shape.Size));
        _g = Make(4, shape.T, shape.Heads, shape.Size);
        _unseen = composed ? Tensor.Full([shape.T, shape.T], double.NegativeInfinity, device: Device).Triu(1) : null;
        foreach (Tensor tensor in new[] { _q, _k, _v })
        {
            tensor.RequiresGrad = shape.Backward;
        }
    }

    protected override Tensor Run()
    {
        Tensor output = _composed ? Composed() : Tensor.Attention(_q, _k, _v, [0, _shape.T]);
        if (!_shape.Backward)
        {
            return output;
        }

        return Autograd.Grad([output], [_q, _k, _v], [_g])[1]!;
    }

    private Tensor Composed()
    {
        int group = _shape.Heads / _shape.KvHeads;
        Tensor q = _q.Transpose(0, 1);
        Tensor k = Heads(_k, group);
        Tensor v = Heads(_v, group);
        Tensor scores = (Tensor.MatMul(q, k.Transpose(1, 2)) * (1 / Math.Sqrt(_shape.Size))) + _unseen!;
        return Tensor.MatMul(scores.Softmax(-1), v).Transpose(0, 1);
    }

    private Tensor Heads(Tensor x, int group) => group == 1 ? x.Transpose(0, 1)
        : x.Transpose(0, 1).Unsqueeze(1).Expand([_shape.KvHeads, group, _shape.T, _shape.Size]).Reshape(_shape.Heads, _shape.T, _shape.Size);
}

/// <summary>See <see cref="ConvolutionShape"/>.</summary>
internal sealed class ConvolutionWork : TensorWork
{
    private readonly ConvolutionShape _shape;
    private readonly ConvolutionOptions _options;
    private readonly Tensor _x;
    private readonly Tensor _weight;
    private readonly Tensor _g;

    public ConvolutionWork(ConvolutionShape shape)
        : base(shape.Threads)
    {
        _shape = shape;
        _options = new ConvolutionOptions { Stride = [shape.Stride], Padding = [shape.Padding] };
        _x = Make(1, shape.Batch, shape.In, shape.Size, shape.Size);
        _weight = Make(2, shape.Out, shape.In, shape.Kernel, shape.Kernel);
        _g = Make(3, shape.Batch, shape.Out, shape.OutSize, shape.OutSize);
        _x.RequiresGrad = _weight.RequiresGrad = shape.Backward;
    }

    protected override Tensor Run()
    {
        Tensor output = Tensor.Conv2d(_x, _weight, null, _options);
        return _shape.Backward ? Autograd.Grad([output], [_x, _weight], [_g])[0]! : output;
    }
}
