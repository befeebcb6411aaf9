using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Stretto.Bench;

/// <summary>See <see cref="GemmShape"/>.</summary>
internal sealed class TorchGemm : TorchWork
{
    private readonly Tensor _a;
    private readonly Tensor[] _b;
    private int _calls;

    public TorchGemm(GemmShape shape)
        : base(shape.Threads)
    {
        _a = shape.TransA ? Make(1, shape.K, shape.M).t() : Make(1, shape.M, shape.K);
        _b = new Tensor[shape.Copies];
        for (int i = 0; i < _b.Length; i++)
        {
            _b[i] = shape.TransB ? Make(3, shape.N, shape.K).t() : Make(3, shape.K, shape.N);
        }
    }

    protected override Tensor Run()
    {
        using IDisposable off = no_grad();
        return mm(_a, _b[_calls++ % _b.Length]);
    }
}

/// <summary>See <see cref="ElementwiseShape"/>.</summary>
internal sealed class TorchElementwise : TorchWork
{
    private readonly Func<Tensor> _run;

    public TorchElementwise(ElementwiseShape shape)
        : base(shape.Threads)
    {
        Tensor x = Make(1, shape.Rows, shape.Columns);
        Tensor weight = Make(2, shape.Columns);
        switch (shape.Op)
        {
            case "add":
                Tensor term = zeros_like(x);
                _run = () => x.add_(term);
                break;
            case "silu":
                _run = () => functional.silu(x);
                break;
            case "rmsnorm":
                _run = () => TorchLlama.RmsNorm(x, weight);
                break;
            case "softmax":
                _run = () => functional.softmax(x, -1);
                break;
            case "cross-entropy":
                Tensor targets = tensor(Numbers.Integers(shape.Rows, 3, shape.Columns));
                _run = () => functional.cross_entropy(x, targets, reduction: Reduction.Sum);
                break;
            case "adamw":
                Parameter parameter = new(x) { grad = Make(4, shape.Rows, shape.Columns) };
                var optimizer = optim.AdamW(
                    new[] { parameter }, lr: 0, ModelShape.Beta1, ModelShape.Beta2, ModelShape.AdamEpsilon, weight_decay: 0.1);
                _run = () =>
                {
                    optimizer.step();
                    return parameter;
                };
                break;
            default:
                throw new ArgumentException($"no operation '{shape.Op}'");
        }
    }

    protected override Tensor Run()
    {
        using IDisposable off = no_grad();
        return _run();
    }
}

/// <summary>See <see cref="AttentionShape"/>; the key heads are repeated before, as this version of the interface wants it.</summary>
internal sealed class TorchAttention : TorchWork
{
    private readonly AttentionShape _shape;
    private readonly Tensor _q;
    private readonly Tensor _k;
    private readonly Tensor _v;
    private readonly Tensor _g;

    public TorchAttention(AttentionShape shape)
        : base(shape.Threads)
    {
        _shape = shape;
        (_q, _k, _v) = (Make(1, shape.T, shape.Heads, shape.Size), Make(2, shape.T, shape.KvHeads, shape.Size), Make(3, shape.T, shape.KvHeads, shape.Size));
        _g = Make(4, shape.T, shape.Heads, shape.Size);
        foreach (Tensor tensor in new[] { _q, _k, _v })
        {
            tensor.requires_grad = shape.Backward;
        }
    }

    protected override Tensor Run()
    {
        long group = _shape.Heads / _shape.KvHeads;
        Tensor output = TorchLlama.Attention(Heads(_q, 1), Heads(_k, group), Heads(_v, group), causal: true).squeeze(0).transpose(0, 1);
        return _shape.Backward ? autograd.grad([output], [_q, _k, _v], [_g])[1] : output;
    }

    private static Tensor Heads(Tensor x, long group)
    {
        Tensor heads = x.transpose(0, 1).unsqueeze(0);
        return group == 1 ? heads : heads.repeat_interleave(group, 1);
    }
}

/// <summary>See <see cref="ConvolutionShape"/>.</summary>
internal sealed class TorchConvolution : TorchWork
{
    private readonly ConvolutionShape _shape;
    private readonly Tensor _x;
    private readonly Tensor _weight;
    private readonly Tensor _g;

    public TorchConvolution(ConvolutionShape shape)
        : base(shape.Threads)
    {
        _shape = shape;
        _x = Make(1, shape.Batch, shape.In, shape.Size, shape.Size);
        _weight = Make(2, shape.Out, shape.In, shape.Kernel, shape.Kernel);
        _g = Make(3, shape.Batch, shape.Out, shape.OutSize, shape.OutSize);
        _x.requires_grad = _weight.requires_grad = shape.Backward;
    }

    protected override Tensor Run()
    {
        Tensor output = functional.conv2d(_x, _weight, strides: [_shape.Stride, _shape.Stride], padding: [_shape.Padding, _shape.Padding]);
        return _shape.Backward ? autograd.grad([output], [_x, _weight], [_g])[0] : output;
    }
}
