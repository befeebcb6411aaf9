using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>Every layer: its text is PyTorch's, its output that of the function, and gradients reach every parameter.</summary>
public sealed class LayerTests
{
    private static readonly (string Text, Func<Layer> Make, Shape Input, Func<Layer, Tensor, Tensor>? Function)[] Cases =
    [
        ("Linear(in_features=3, out_features=2, bias=True)", () => new Linear(3, 2), [4, 3], (l, x) => Tensor.MatMul(x, P(l, 0).Transpose(0, 1)) + P(l, 1)),
        ("Linear(in_features=3, out_features=2, bias=False)", () => new Linear(3, 2, false), [3], (l, x) => Tensor.Linear(x, P(l, 0))),
        ("Conv1d(2, 4, kernel_size=(3,), stride=(2,), padding=(1,), groups=2)", () => new Conv1d(2, 4, 3, 2, 1, groups: 2), [1, 2, 7],
            (l, x) => Tensor.Conv1d(x, P(l, 0), P(l, 1), new() { Stride = [2], Padding = [1], Groups = 2 })),
        ("Conv1d(2, 4, kernel_size=(4,), stride=(1,), padding=same, bias=False, padding_mode=circular)",
            () => new Conv1d(2, 4, 4, padding: Spatial.Same, bias: false, paddingMode: PaddingMode.Circular), [1, 2, 7],
            (l, x) => Tensor.Conv1d(x.Pad([1, 2], PaddingMode.Circular), P(l, 0))),
        ("Conv2d(2, 3, kernel_size=(3, 2), stride=(1, 1), padding=(2, 1), dilation=(2, 1), padding_mode=reflect)",
            () => new Conv2d(2, 3, (3, 2), padding: (2, 1), dilation: (2, 1), paddingMode: PaddingMode.Reflect), [2, 2, 6, 5],
            (l, x) => Tensor.Conv2d(x.Pad([1, 1, 2, 2], PaddingMode.Reflect), P(l, 0), P(l, 1), new() { Dilation = [2, 1] })),
        ("Conv2d(2, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)", () => new Conv2d(2, 2, 3, padding: Spatial.Same), [1, 2, 5, 4],
            (l, x) => Tensor.Conv2d(x, P(l, 0), P(l, 1), new() { Padding = [1] })),
        ("Conv3d(1, 2, kernel_size=(2, 2, 2), stride=(1, 1, 1), padding=(1, 1, 1), padding_mode=replicate)",
            () => new Conv3d(1, 2, 2, padding: 1, paddingMode: PaddingMode.Replicate), [1, 1, 3, 3, 3],
            (l, x) => Tensor.Conv3d(x.Pad([1, 1, 1, 1, 1, 1], PaddingMode.Replicate), P(l, 0), P(l, 1))),
        ("ConvTranspose1d(2, 4, kernel_size=(3,), stride=(2,), groups=2)", () => new ConvTranspose1d(2, 4, 3, 2, groups: 2), [1, 2, 4],
            (l, x) => Tensor.ConvTranspose1d(x, P(l, 0), P(l, 1), new() { Stride = [2], Groups = 2 })),
        ("ConvTranspose2d(2, 3, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))",
            () => new ConvTranspose2d(2, 3, 3, 2, 1, 1), [1, 2, 3, 3],
            (l, x) => Tensor.ConvTranspose2d(x, P(l, 0), P(l, 1), new() { Stride = [2], Padding = [1], OutputPadding = [1] })),
        ("ConvTranspose3d(1, 2, kernel_size=(2, 2, 2), stride=(1, 1, 1), bias=False)", () => new ConvTranspose3d(1, 2, 2, bias: false), [1, 1, 2, 2, 2],
            (l, x) => Tensor.ConvTranspose3d(x, P(l, 0))),
        ("MaxPool1d(kernel_size=(2,), stride=(2,), padding=(0,), ceil_mode=True)", () => new MaxPool1d(2, ceilMode: true), [1, 2, 5],
            (_, x) => x.MaxPool1d(new([2]) { CeilMode = true }).Values),
        ("MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), ceil_mode=False)", () => new MaxPool2d(3, 2, 1), [1, 2, 5, 5],
            (_, x) => x.MaxPool2d(new([3]) { Stride = [2], Padding = [1] }).Values),
        ("MaxPool3d(kernel_size=(2, 2, 2), stride=(2, 2, 2), padding=(0, 0, 0), ceil_mode=False)", () => new MaxPool3d(2), [1, 1, 4, 4, 4],
            (_, x) => x.MaxPool3d(new([2])).Values),
        ("AvgPool1d(kernel_size=(2,), stride=(1,), padding=(1,), ceil_mode=False)", () => new AvgPool1d(2, 1, 1, countIncludePad: false), [1, 2, 5],
            (_, x) => x.AvgPool1d(new([2]) { Stride = [1], Padding = [1], CountIncludePad = false })),
        ("AvgPool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0), ceil_mode=False)", () => new AvgPool2d(2, divisorOverride: 3), [1, 2, 4, 4],
            (_, x) => x.AvgPool2d(new([2]) { DivisorOverride = 3 })),
        ("AvgPool3d(kernel_size=(2, 2, 2), stride=(2, 2, 2), padding=(0, 0, 0), ceil_mode=False)", () => new AvgPool3d(2), [1, 1, 4, 4, 4],
            (_, x) => x.AvgPool3d(new([2]))),
        ("AdaptiveAvgPool1d(output_size=3)", () => new AdaptiveAvgPool1d(3), [1, 2, 7], (_, x) => x.AdaptiveAvgPool1d(3)),
        ("AdaptiveAvgPool2d(output_size=(2, 3))", () => new AdaptiveAvgPool2d((2, 3)), [1, 2, 5, 7], (_, x) => x.AdaptiveAvgPool2d(2, 3)),
        ("AdaptiveAvgPool3d(output_size=(1, 1, 1))", () => new AdaptiveAvgPool3d(1), [1, 2, 2, 3, 4], (_, x) => x.AdaptiveAvgPool3d(1, 1, 1)),
        ("LayerNorm((2, 3), eps=1e-05, elementwise_affine=True, bias=True)", () => new LayerNorm([2, 3]), [4, 2, 3], (l, x) => x.LayerNorm([2, 3], P(l, 0), P(l, 1))),
        ("LayerNorm((3,), eps=0.001, elementwise_affine=False, bias=False)", () => new LayerNorm(3, 1e-3, false), [4, 3], (_, x) => x.LayerNorm([3], epsilon: 1e-3)),
        ("RmsNorm((3,), eps=None, elementwise_affine=True)", () => new RmsNorm(3), [4, 3], (l, x) => x.RmsNorm([3], P(l, 0))),
        ("GroupNorm(2, 4, eps=1e-05, affine=True)", () => new GroupNorm(2, 4), [3, 4, 5], (l, x) => x.GroupNorm(2, P(l, 0), P(l, 1))),
        ("LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)", () => new LocalResponseNorm(2), [1, 4, 3], (_, x) => x.LocalResponseNorm(2)),
        ("BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)", () => new BatchNorm1d(3), [5, 3],
            (l, x) => x.BatchNorm(null, null, P(l, 0), P(l, 1), true)),
        ("BatchNorm2d(3, eps=1e-05, momentum=None, affine=True, track_running_stats=True)", () => new BatchNorm2d(3, momentum: null, bias: false), [2, 3, 2, 2],
            (l, x) => x.BatchNorm(null, null, P(l, 0), null, true)),
        ("BatchNorm3d(2, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)", () => new BatchNorm3d(2, affine: false, trackRunningStats: false),
            [2, 2, 2, 2, 1], (_, x) => x.BatchNorm(null, null, training: true)),
        ("InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=False)", () => new InstanceNorm1d(3, affine: true), [2, 3, 4],
            (l, x) => x.InstanceNorm(null, null, P(l, 0), P(l, 1))),
        ("InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=True)", () => new InstanceNorm2d(3, trackRunningStats: true), [3, 4, 2],
            (_, x) => x.Unsqueeze(0).InstanceNorm().Squeeze(0)),
        ("InstanceNorm3d(2, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)", () => new InstanceNorm3d(2), [1, 2, 2, 2, 2], (_, x) => x.InstanceNorm()),
        ("Relu()", () => new Relu(), [9], (_, x) => x.Relu()),
        ("Relu6()", () => new Relu6(), [9], (_, x) => x.Relu6()),
        ("LeakyRelu(negative_slope=0.2)", () => new LeakyRelu(0.2), [9], (_, x) => x.LeakyRelu(0.2)),
        ("Prelu(num_parameters=2)", () => new Prelu(2), [3, 2, 4], (_, x) => x.LeakyRelu(0.25)),
        ("Elu(alpha=2.0)", () => new Elu(2), [9], (_, x) => x.Elu(2)),
        ("Selu()", () => new Selu(), [9], (_, x) => x.Selu()),
        ("Celu(alpha=1.0)", () => new Celu(), [9], (_, x) => x.Celu()),
        ("Gelu(approximate='tanh')", () => new Gelu(true), [9], (_, x) => x.Gelu(true)),
        ("Silu()", () => new Silu(), [9], (_, x) => x.Silu()),
        ("Mish()", () => new Mish(), [9], (_, x) => x.Mish()),
        ("Sigmoid()", () => new Sigmoid(), [9], (_, x) => x.Sigmoid()),
        ("LogSigmoid()", () => new LogSigmoid(), [9], (_, x) => x.LogSigmoid()),
        ("Hardsigmoid()", () => new Hardsigmoid(), [9], (_, x) => x.Hardsigmoid()),
        ("Hardswish()", () => new Hardswish(), [9], (_, x) => x.Hardswish()),
        ("Tanh()", () => new Tanh(), [9], (_, x) => x.Tanh()),
        ("Hardtanh(min_val=-0.5, max_val=1.0)", () => new Hardtanh(-0.5), [9], (_, x) => x.Clamp(-0.5, 1)),
        ("Tanhshrink()", () => new Tanhshrink(), [9], (_, x) => x - x.Tanh()),
        ("Softplus(beta=2.0, threshold=20.0)", () => new Softplus(2), [9], (_, x) => x.Softplus(2)),
        ("Softsign()", () => new Softsign(), [9], (_, x) => x / (1 + x.Abs())),
        ("Softshrink(0.5)", () => new Softshrink(), [9], (_, x) => x.Sign() * (x.Abs() - 0.5).Relu()),
        ("Hardshrink(0.5)", () => new Hardshrink(), [9], (_, x) => x * x.Abs().Gt(0.5).To(DType.Float32)),
        ("Threshold(threshold=0.1, value=20.0)", () => new Threshold(0.1, 20), [9], (_, x) => Tensor.Where(x.Gt(0.1), x, 20)),
        ("Glu(dim=-1)", () => new Glu(), [2, 4], (_, x) => x.Chunk(2, -1)[0] * x.Chunk(2, -1)[1].Sigmoid()),
        ("Softmax(dim=1)", () => new Softmax(1), [2, 3], (_, x) => x.Softmax(1)),
        ("LogSoftmax(dim=1)", () => new LogSoftmax(1), [2, 3], (_, x) => x.LogSoftmax(1)),
        ("Identity()", () => new Identity(), [3], (_, x) => x),
        ("Dropout(p=0.0)", () => new Dropout(0), [3], (_, x) => x),
        ("Flatten(start_dim=1, end_dim=-1)", () => new Flatten(), [2, 3, 4], (_, x) => x.Reshape(2, 12)),
        ("Unflatten(dim=1, unflattened_size=(2, 3))", () => new Unflatten(1, [2, 3]), [2, 6], (_, x) => x.Reshape(2, 2, 3)),
        ("PixelShuffle(upscale_factor=2)", () => new PixelShuffle(2), [1, 4, 2, 2], (_, x) => x.PixelShuffle(2)),
        ("PixelUnshuffle(downscale_factor=2)", () => new PixelUnshuffle(2), [1, 1, 4, 4], (_, x) => x.PixelUnshuffle(2)),
        ("Upsample(scale_factor=(2,), mode='nearest')", () => new Upsample(scaleFactor: [2.0]), [1, 1, 2, 2], (_, x) => x.Interpolate(scaleFactor: [2.0])),
        ("SwiGluMlp(\n  (gate_proj): Linear(in_features=2, out_features=3, bias=False)\n  (up_proj): Linear(in_features=2, out_features=3, bias=False)\n"
            + "  (down_proj): Linear(in_features=3, out_features=2, bias=False)\n)", () => new SwiGluMlp(2, 3), [4, 2], null),
    ];

    public static TheoryData<string> Texts() => [.. Cases.Select(c => c.Text)];

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void Layer(string text)
    {
        (_, Func<Layer> make, Shape shape, Func<Layer, Tensor, Tensor>? function) = Cases.Single(c => c.Text == text);
        using TensorScope scope = TensorScope.Begin();
        Generator.ManualSeed(5);
        Layer layer = make();
        Assert.Equal(text, layer.ToString());
        Tensor x = new Generator(9).Normal(Tensor.Zeros(shape));
        x.RequiresGrad = true;
        Tensor y = layer.Forward(x);
        if (function is not null)
        {
            Tensor expected = function(layer, x);
            Assert.Equal(expected.Shape, y.Shape);
            Assert.All(expected.ToArray<double>().Zip(y.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-5));
        }

        (y * new Generator(1).Normal(Tensor.Zeros(y.Shape))).Sum().Backward();
        Assert.NotNull(x.Grad);
        Assert.All(layer.Parameters(), p => Assert.Contains(p.Value.Grad!.ToArray<double>(), g => g != 0));
        layer.Initialize(new Generator(3));
        Layer again = make();
        again.Initialize(new Generator(3));
        Assert.All(layer.StateDict().Zip(again.StateDict()), p => Assert.Equal(p.First.Value.ToArray<double>(), p.Second.Value.ToArray<double>()));
    }

    [Fact]
    public void EmbeddingPadsAndScales()
    {
        Embedding table = new(4, 2, paddingIdx: -1, scaleGradByFreq: true);
        Assert.Equal("Embedding(4, 2, padding_idx=3, scale_grad_by_freq=True)", table.ToString());
        Assert.Equal([0f, 0], table.Weight.Select(0, 3).ToArray<float>());
        table.Forward(Tensor.From([0L, 0, 1, 3], [2, 2])).Sum().Backward();
        Assert.Equal([1f, 1, 1, 1, 0, 0, 0, 0], table.Weight.Grad!.ToArray<float>());
        Assert.Throws<ArgumentException>(() => new Embedding(4, 2, 4));
    }

    [Fact]
    public void DropoutsDropWhatTheySay()
    {
        Tensor x = Tensor.Ones([50, 20, 4, 5]);
        double[] elements = new Dropout(0.25, new Generator(1)).Forward(x).ToArray<double>();
        Assert.Equal(0.25, elements.Count(v => v == 0) / (double)elements.Length, 0.02);
        Assert.All(elements, v => Assert.True(v == 0 || Math.Abs(v - (1 / 0.75)) < 1e-6));
        Tensor channels = new Dropout2d(0.25, new Generator(1)).Forward(x).Reshape(1000, 20);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Single(channels.Select(0, i).ToArray<float>().Distinct()));
        double[] alpha = new AlphaDropout(0.3, new Generator(1)).Forward(new Generator(2).Normal(Tensor.Zeros(x.Shape))).ToArray<double>();
        Assert.Equal(0, alpha.Average(), 0.03);
        Assert.Equal(1, alpha.Average(v => v * v), 0.05);
        Assert.Equal(elements, new Dropout(0.25, new Generator(1)).Forward(x).ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.5));
    }

    [Fact]
    public void OptionsThatDoNotFitAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Conv2d(3, 4, 3, groups: 2));
        Assert.Throws<ArgumentException>(() => new Conv2d(2, 4, (3, 3, 3)));
        Assert.Throws<ArgumentException>(() => new ConvTranspose1d(2, 2, 3, padding: Spatial.Same));
        Assert.Throws<ArgumentException>(() => new GroupNorm(3, 4));
        Assert.Throws<ArgumentException>(() => new MultiheadAttention(6, 4));
        Assert.Throws<ArgumentException>(() => new Lstm(2, 3, projSize: 3));
        Assert.Throws<ArgumentException>(() => new BatchNorm2d(3).Forward(Tensor.Ones([2, 3, 4])));
        Assert.Throws<ArgumentException>(() => new BatchNorm1d(3).Forward(Tensor.Ones([2, 4])));
    }

    private static Tensor P(Layer layer, int i) => layer.Parameters()[i].Value;
}
