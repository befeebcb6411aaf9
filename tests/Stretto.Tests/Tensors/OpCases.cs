using Stretto.Nn;

namespace Stretto.Tests.Tensors;

/// <summary>One operation on random inputs: what to call, the inputs' shapes, and where its arguments must lie.</summary>
/// <param name="Name">How the test is called.</param>
/// <param name="Shapes">One input each, uniform numbers.</param>
/// <param name="Call">The operation.</param>
public sealed record OpCase(string Name, Shape[] Shapes, Func<Tensor[], Tensor> Call)
{
    /// <summary>Smallest input.</summary>
    public double Low { get; init; } = -2;

    /// <summary>Largest input.</summary>
    public double High { get; init; } = 2;

    /// <summary>Whether the gradient is compared with difference quotients; not where the function has corners.</summary>
    public bool Smooth { get; init; } = true;

    /// <summary>Whether the gradient of the gradient is compared with difference quotients too.</summary>
    public bool Twice { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The one table of operation tests. A new operation is a new row.</summary>
internal static class OpCases
{
    private static readonly int[] Offsets = [0, 3, 3, 8];
    private static readonly int[] KeyOffsets = [0, 4, 4, 11];
    private static readonly Stretto.Backends.TreeMask Tree = new([[-1, 0, 0], [], [-1, 0, 1, 0, 3]]);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new("add", [[3, 4], [3, 4]], x => x[0] + x[1]),
        new("add, row", [[3, 4], [4]], x => x[0] + x[1]),
        new("add, both broadcast", [[3, 1], [1, 17]], x => x[0] + x[1]),
        new("add, number", [[5, 7]], x => x[0] + 1.5),
        new("sub", [[2, 33], [33]], x => x[0] - x[1]),
        new("number minus", [[5, 7]], x => 2 - x[0]),
        new("mul", [[3, 4], [3, 4]], x => x[0] * x[1]),
        new("mul, column", [[3, 17], [3, 1]], x => x[0] * x[1]),
        new("div", [[3, 5], [3, 5]], x => x[0] / x[1]) { Low = 0.5 },
        new("div, number", [[3, 5]], x => x[0] / 3),
        new("neg", [[31]], x => -x[0]),
        new("abs", [[31]], x => x[0].Abs()) { Smooth = false },
        new("square", [[31]], x => x[0].Square()),
        new("sqrt", [[31]], x => x[0].Sqrt()) { Low = 0.1 },
        new("rsqrt", [[31]], x => x[0].Rsqrt()) { Low = 0.3 },
        new("reciprocal", [[31]], x => x[0].Reciprocal()) { Low = 0.5 },
        new("exp", [[2, 17]], x => x[0].Exp()),
        new("expm1", [[2, 17]], x => x[0].Expm1()),
        new("log", [[2, 17]], x => x[0].Log()) { Low = 0.1 },
        new("log1p", [[2, 17]], x => x[0].Log1p()) { Low = -0.5 },
        new("sin", [[2, 17]], x => x[0].Sin()),
        new("cos", [[2, 17]], x => x[0].Cos()),
        new("tanh", [[2, 17]], x => x[0].Tanh()),
        new("sigmoid", [[2, 17]], x => x[0].Sigmoid()),
        new("erf", [[2, 17]], x => x[0].Erf()),
        new("relu", [[2, 17]], x => x[0].Relu()) { Smooth = false },
        new("silu", [[2, 17]], x => x[0].Silu()),
        new("swiglu", [[4, 19], [4, 19]], x => Tensor.SwiGlu(x[0], x[1])),
        new("sum", [[3, 4, 5]], x => x[0].Sum()),
        new("sum, last", [[3, 4, 5]], x => x[0].Sum([-1])),
        new("sum, first, kept", [[3, 4, 5]], x => x[0].Sum([0], keepDims: true)),
        new("sum, outer and inner", [[3, 4, 5]], x => x[0].Sum([0, 2])),
        new("mean", [[3, 4, 5]], x => x[0].Mean([1])),
        new("reshape", [[4, 6]], x => x[0].Reshape(3, 8) * x[0].Reshape(3, 8)),
        new("reshape of a transpose", [[4, 6]], x => x[0].Transpose(0, 1).Reshape(3, -1).Square()),
        new("permute", [[2, 3, 4]], x => x[0].Permute(2, 0, 1).Square()),
        new("expand", [[3, 1]], x => x[0].Expand([2, 3, 5]).Square()),
        new("narrow", [[6, 5]], x => x[0].Narrow(0, 2, 3).Square()),
        new("split and cat", [[6, 5]], x => Tensor.Cat([.. x[0].Split([2, 4], 0).Reverse()], 0).Square()),
        new("cat, last", [[3, 2], [3, 4]], x => Tensor.Cat([x[0], x[1]], 1).Square()),
        new("clone", [[3, 5]], x => x[0].Clone().Square()),
        new("matmul", [[5, 7], [7, 9]], x => Tensor.MatMul(x[0], x[1])),
        new("matmul, transposed", [[7, 5], [9, 7]], x => Tensor.MatMul(x[0].Transpose(0, 1), x[1].Transpose(0, 1))),
        new("matmul, batch", [[2, 3, 4], [2, 4, 5]], x => Tensor.MatMul(x[0], x[1])),
        new("matmul, shared right", [[2, 3, 4], [4, 5]], x => Tensor.MatMul(x[0], x[1])),
        new("matmul, broadcast batch", [[2, 1, 3, 4], [3, 4, 2]], x => Tensor.MatMul(x[0], x[1])),
        new("matmul, vectors", [[6], [6]], x => Tensor.MatMul(x[0], x[1])),
        new("linear", [[5, 8], [33, 8], [33]], x => Tensor.Linear(x[0], x[1], x[2])),
        new("linear, residual", [[5, 8], [33, 8], [5, 33]], x => Tensor.Linear(x[0], x[1], residual: x[2])),
        new("linear, bias and residual", [[2, 3, 8], [33, 8], [33], [2, 3, 33]], x => Tensor.Linear(x[0], x[1], x[2], x[3])),
        new("rms_norm", [[4, 19], [19]], x => x[0].RmsNorm(x[1], 1e-2)),
        new("rms_norm, no weight", [[4, 19]], x => x[0].RmsNorm(null, 1e-2)),
        new("softmax", [[3, 17]], x => x[0].Softmax(-1)),
        new("softmax, first", [[3, 17]], x => x[0].Softmax(0)),
        new("log_softmax", [[3, 17]], x => x[0].LogSoftmax(-1)),
        new("index_select", [[5, 4]], x => x[0].IndexSelect(Ids(x[0], 4, 0, 4, 2)).Square()),
        new("rotary, half", [[4, 2, 8], [4, 3], [4, 3]], x => x[0].Rotary(x[1].Detach(), x[2].Detach())),
        new("rotary, interleaved", [[4, 2, 8], [4, 3], [4, 3]], x => x[0].Rotary(x[1].Detach(), x[2].Detach(), interleaved: true)),
        new("cross_entropy", [[4, 11]], x => Tensor.CrossEntropySum(x[0], Ids(x[0], 3, 10, -100, 0))),
        new("linear_cross_entropy", [[4, 6], [11, 6]], x => Tensor.LinearCrossEntropy(x[0], x[1], Ids(x[0], 3, 10, -100, 0))),
        new("cross_entropy, smoothed, z-loss", [[4, 11]], x => Tensor.CrossEntropySum(x[0], Ids(x[0], 3, 10, -100, 0), -100, 0.2, 0.05))
        { Twice = true },
        new("linear_cross_entropy, smoothed, z-loss", [[4, 6], [11, 6]], x =>
            Tensor.LinearCrossEntropy(x[0], x[1], Ids(x[0], 3, 5, 10, 0), 5, 0.2, 0.05)) { Twice = true },
        new("attention", [[8, 4, 8], [8, 2, 8], [8, 2, 8]], x => Tensor.Attention(x[0], x[1], x[2], Offsets)),
        new("attention, full", [[8, 2, 6], [8, 2, 6], [8, 2, 10]], x => Tensor.Attention(x[0], x[1], x[2], Offsets, causal: false)),
        new("attention, window", [[8, 2, 8], [8, 1, 8], [8, 1, 8]], x => Tensor.Attention(x[0], x[1], x[2], Offsets, window: 1)),
        new("as_strided, windows", [[9]], x => x[0].Contiguous().AsStrided([4, 3], [2, 1], 0).Square()),
        new("relu6", [[2, 17]], x => (x[0] * 4).Relu6()) { Smooth = false },
        new("leaky_relu", [[2, 17]], x => x[0].LeakyRelu(0.2)) { Smooth = false },
        new("elu", [[2, 17]], x => x[0].Elu(0.7)) { Smooth = false },
        new("selu", [[2, 17]], x => x[0].Selu()) { Smooth = false },
        new("celu", [[2, 17]], x => x[0].Celu(0.7)) { Smooth = false },
        new("gelu", [[2, 17]], x => x[0].Gelu()),
        new("gelu, tanh", [[2, 17]], x => x[0].Gelu(approximateTanh: true)),
        new("quick_gelu", [[2, 17]], x => x[0].QuickGelu()),
        new("softplus", [[2, 17]], x => x[0].Softplus(1.5)),
        new("logsigmoid", [[2, 17]], x => x[0].LogSigmoid()),
        new("mish", [[2, 17]], x => x[0].Mish()),
        new("hardswish", [[2, 17]], x => (x[0] * 2).Hardswish()) { Smooth = false },
        new("hardsigmoid", [[2, 17]], x => (x[0] * 2).Hardsigmoid()) { Smooth = false },
        new("geglu, tanh", [[4, 19], [4, 19]], x => Tensor.GegluTanh(x[0], x[1])),
        new("layer_norm", [[4, 19], [19], [19]], x => x[0].LayerNorm([19], x[1], x[2], 1e-2)),
        new("layer_norm, two dims", [[2, 3, 5], [3, 5]], x => x[0].LayerNorm([3, 5], x[1])),
        new("rms_norm, two dims", [[2, 3, 5], [3, 5]], x => x[0].RmsNorm([3, 5], x[1], 1e-2)),
        new("gemma_rms_norm", [[4, 19], [19]], x => x[0].GemmaRmsNorm(x[1], 1e-2)),
        new("add_rms_norm", [[4, 19], [4, 19], [19]], x => x[0].AddRmsNorm(x[1], x[2], 1e-2).Normed),
        new("group_norm", [[2, 6, 5], [6], [6]], x => x[0].GroupNorm(2, x[1], x[2])),
        new("batch_norm", [[4, 3, 5], [3], [3]], x => x[0].BatchNorm(null, null, x[1], x[2], training: true)),
        new("instance_norm", [[2, 3, 5], [3], [3]], x => x[0].InstanceNorm(null, null, x[1], x[2])),
        new("normalize", [[3, 5]], x => x[0].Normalize(3, -1)),
        new("local_response_norm", [[2, 5, 3]], x => x[0].LocalResponseNorm(3, 0.5)),
        new("cross_entropy, all options", [[4, 11]], x => x[0].CrossEntropy(
            Ids(x[0], 3, 10, -100, 0), Tensor.Arange(1, 12, 1, x[0].DType, x[0].Device), labelSmoothing: 0.1)),
        new("cross_entropy, probabilities", [[4, 11, 2], [4, 11, 2]], x => x[0].CrossEntropy(x[1], labelSmoothing: 0.1)),
        new("nll_loss", [[4, 11]], x => x[0].NllLoss(Ids(x[0], 3, 10, -100, 0), reduction: Reduction.None)),
        new("cross_entropy with z_loss", [[4, 11]], x => x[0].CrossEntropyZLoss(Ids(x[0], 3, 10, -100, 0), 0.1)),
        new("sequence_log_prob", [[4, 11]], x => x[0].SequenceLogProb(Ids(x[0], 3, 10, 5, 0))),
        new("mse_loss", [[3, 5], [3, 5]], x => x[0].MseLoss(x[1])),
        new("l1_loss", [[3, 5], [3, 5]], x => x[0].L1Loss(x[1])) { Smooth = false },
        new("huber_loss", [[3, 5], [3, 5]], x => x[0].HuberLoss(x[1], delta: 0.7)),
        new("smooth_l1_loss", [[3, 5], [3, 5]], x => x[0].SmoothL1Loss(x[1], beta: 0.7)),
        new("binary_cross_entropy", [[3, 5], [3, 5]], x => x[0].BinaryCrossEntropy(x[1])) { Low = 0.1, High = 0.9 },
        new("binary_cross_entropy_with_logits", [[3, 5], [3, 5], [5]],
            x => x[0].BinaryCrossEntropyWithLogits(x[1], positiveWeight: x[2])) { Low = 0.1 },
        new("kl_div", [[3, 5], [3, 5]], x => x[0].KlDiv(x[1], Reduction.BatchMean)) { Low = 0.1 },
        new("cosine_similarity", [[3, 1, 5], [2, 5]], x => Tensor.CosineSimilarity(x[0], x[1], -1)),
        new("margin_ranking_loss", [[9], [9]], x => Tensor.MarginRankingLoss(x[0], x[1], x[0].Sign().Detach(), 0.2)) { Smooth = false },
        new("attention, tree", [[8, 4, 6], [11, 2, 6], [11, 2, 5]], x => Tensor.Attention(
            x[0], x[1], x[2], Offsets, KeyOffsets, new Stretto.Backends.AttentionOptions(0.4, true, 2, -1, 0, Tree))),
        new("attention, capped with sinks", [[8, 4, 8], [8, 2, 8], [8, 2, 6], [4]], x => Tensor.Attention(
            x[0], x[1], x[2], Offsets, Offsets, new Stretto.Backends.AttentionOptions(0.3, true, 2, -1, 5), null, x[3].Contiguous())),
        new("attention, all options", [[3, 4, 8], [8, 2, 8], [8, 2, 6], [4]], x => Tensor.Attention(
            x[0], x[1], x[2], [0, 3], [0, 8], 0.3, false, 3, 1, 5,
            Tensor.Arange(0, 24, 1, DType.Int64, x[0].Device).Reshape(3, 8) % 5 > 0, x[3])),
        new("rotary, multimodal sections", [[3, 2, 16]], x =>
        {
            (Tensor cos, Tensor sin) = new Rope(10_000, 16, x[0].Device).At([[0, 5, 5], [0, 1, 2], [0, 3, 4]], [2, 3, 3]);
            return x[0].Rotary(cos.To(x[0].DType), sin.To(x[0].DType));
        }),
        new("hardtanh", [[3, 17]], x => x[0].Hardtanh(-0.7, 1.1)),
        new("prelu", [[2, 3, 5], [3]], x => x[0].Prelu(x[1])),
        new("glu", [[3, 8]], x => x[0].Glu(1)),
        new("softsign", [[3, 17]], x => x[0].Softsign()),
        new("tanhshrink", [[3, 17]], x => x[0].Tanhshrink()),
        new("softshrink", [[3, 17]], x => x[0].Softshrink(0.6)),
        new("hardshrink", [[3, 17]], x => x[0].Hardshrink(0.6)),
        new("threshold", [[3, 17]], x => x[0].Threshold(0.3, -1)),
        new("mse_loss, weights", [[3, 5], [5], [3, 5]], x => x[0].MseLoss(x[1], weight: x[2])) { Low = 0.5 },
        new("l1_loss, weights", [[3, 5], [5], [3, 5]], x => x[0].L1Loss(x[1], weight: x[2])) { Low = 0.5, Smooth = false },
        new("huber_loss, weights", [[3, 5], [5], [3, 5]], x => x[0].HuberLoss(x[1], delta: 0.7, weight: x[2])) { Low = 0.5 },
        new("normalize, two dims", [[2, 3, 5]], x => x[0].Normalize(2, [0, -1])),
        new("linear, one output", [[4, 6], [6]], x => Tensor.Linear(x[0], x[1])),
        new("remainder, operator", [[3, 17]], x => (x[0] % 0.7) + (5 % x[0].Abs())) { Low = 0.3, Smooth = false },
        new("comparisons, operators", [[3, 17], [17]],
            x => ((x[0] > x[1] | x[0] <= 0.5 & ~(x[1] < 0)) ^ 1 >= x[0]).To(x[0].DType) * +x[0]),
        .. ReductionsAndShapes,
        .. MatricesAndImages,
        new("add, alpha", [[3, 5], [5]], x => x[0].Add(x[1], 0.5)),
        new("sub, alpha", [[3, 1], [5]], x => x[0].Sub(x[1], -2)),
        new("rsub", [[3, 5]], x => x[0].Rsub(2.5, 3)),
        new("number over", [[3, 5]], x => 2 / x[0]) { Low = 0.5 },
        new("div, floor", [[3, 17], [17]], x => x[0].Div(x[1], RoundingMode.Floor)) { Low = 0.3, Smooth = false },
        new("div, trunc, number", [[3, 17]], x => x[0].Div(-0.7, RoundingMode.Trunc)) { Smooth = false },
        new("remainder", [[3, 17], [3, 1]], x => x[0].Remainder(x[1])) { Low = 0.3, Smooth = false },
        new("remainder, number first", [[17]], x => Tensor.Remainder(5, x[0])) { Low = 0.3, Smooth = false },
        new("fmod", [[3, 17], [17]], x => x[0].Fmod(x[1])) { Low = 0.3, Smooth = false },
        new("pow", [[3, 17], [17]], x => x[0].Pow(x[1])) { Low = 0.3 },
        new("pow, square", [[3, 5]], x => x[0].Pow(2)),
        new("pow, cube", [[3, 5]], x => x[0].Pow(3)),
        new("pow, fraction", [[3, 5]], x => x[0].Pow(-1.5)) { Low = 0.3 },
        new("pow, number first", [[3, 5]], x => Tensor.Pow(2.5, x[0])),
        new("lerp", [[3, 5], [5], [3, 1]], x => x[0].Lerp(x[1], x[2])),
        new("lerp, number", [[3, 5], [5]], x => x[0].Lerp(x[1], 0.7)),
        new("addcmul", [[3, 5], [5], [3, 1]], x => x[0].Addcmul(x[1], x[2], 0.5)),
        new("addcdiv", [[3, 5], [5], [3, 1]], x => x[0].Addcdiv(x[1], x[2], -0.5)) { Low = 0.5 },
        new("maximum", [[3, 17], [17]], x => x[0].Maximum(x[1])),
        new("minimum", [[3, 1], [17]], x => x[0].Minimum(x[1])),
        new("fmax", [[3, 17], [17]], x => x[0].Fmax(x[1])),
        new("fmin", [[3, 17], [17]], x => x[0].Fmin(x[1])),
        new("clamp", [[3, 17]], x => x[0].Clamp(-0.5, 0.7)),
        new("clamp, tensors", [[3, 17], [17], [3, 1]], x => x[0].Clamp(x[1], x[2])),
        new("where", [[3, 1], [17]], x => Tensor.Where(x[0].Gt(x[1]), x[0], x[1])),
        new("where, number", [[3, 17]], x => Tensor.Where(x[0].Gt(0), x[0], -1.5)),
        new("exp2", [[2, 17]], x => x[0].Exp2()),
        new("log2", [[2, 17]], x => x[0].Log2()) { Low = 0.1 },
        new("log10", [[2, 17]], x => x[0].Log10()) { Low = 0.1 },
        new("tan", [[2, 17]], x => x[0].Tan()) { Low = -1, High = 1 },
        new("asin", [[2, 17]], x => x[0].Asin()) { Low = -0.9, High = 0.9 },
        new("acos", [[2, 17]], x => x[0].Acos()) { Low = -0.9, High = 0.9 },
        new("atan", [[2, 17]], x => x[0].Atan()),
        new("atan2", [[3, 17], [17]], x => x[0].Atan2(x[1])) { Low = 0.3 },
        new("hypot", [[3, 17], [17]], x => x[0].Hypot(x[1])) { Low = 0.3 },
        new("sinh", [[2, 17]], x => x[0].Sinh()),
        new("cosh", [[2, 17]], x => x[0].Cosh()),
        new("asinh", [[2, 17]], x => x[0].Asinh()),
        new("acosh", [[2, 17]], x => x[0].Acosh()) { Low = 1.2 },
        new("atanh", [[2, 17]], x => x[0].Atanh()) { Low = -0.9, High = 0.9 },
        new("frac", [[2, 17]], x => x[0].Frac()),
        new("round, decimals", [[2, 17]], x => x[0].Round(1)) { Smooth = false },
        new("comparisons", [[3, 17], [17]], x => x[0].Gt(x[1]).LogicalXor(x[0].Le(0)).LogicalOr(x[1].Ne(x[0]).LogicalNot()).To(x[0].DType) * x[0]),
    ];

    /// <summary>Reductions, sorting, indexing and rearranging; the gradients of their gradients too.</summary>
    private static IEnumerable<OpCase> ReductionsAndShapes =>
    [
        new("var", [[3, 4, 5]], x => x[0].Var([0, 2])) { Twice = true },
        new("std, population", [[3, 4, 5]], x => x[0].Std([-1], 0, keepDims: true)) { Twice = true },
        new("amax", [[3, 4, 5]], x => x[0].Amax([1, 2]).Square()) { Twice = true },
        new("amin", [[3, 4, 5]], x => x[0].Amin([0], keepDims: true).Square()) { Twice = true },
        new("max, dimension", [[3, 17]], x => x[0].Max(1).Values.Square()) { Twice = true },
        new("min, dimension", [[3, 17]], x => x[0].Min(0, keepDims: true).Values.Square()) { Twice = true },
        new("prod", [[3, 5]], x => x[0].Prod()) { Low = 0.5, Twice = true },
        new("prod, dimension", [[3, 5]], x => x[0].Prod(0, keepDims: true)) { Low = 0.5, Twice = true },
        new("prod, one zero", [[3, 5]], x => x[0].MaskedFill(x[0].Detach().OneAtEachRow(), 0).Prod(1)) { Twice = true },
        new("cumsum", [[3, 7]], x => x[0].Cumsum(1).Square()) { Twice = true },
        new("cumprod", [[3, 5]], x => x[0].Cumprod(0)) { Low = 0.5, Twice = true },
        new("cumprod, one zero", [[3, 5]], x => x[0].MaskedFill(x[0].Detach().OneAtEachRow(), 0).Cumprod(1)) { Twice = true },
        new("cummax", [[3, 7]], x => x[0].Cummax(1).Values.Square()) { Twice = true },
        new("cummin", [[7, 3]], x => x[0].Cummin(0).Values.Square()) { Twice = true },
        new("logcumsumexp", [[3, 7]], x => x[0].LogCumsumExp(1)) { Twice = true },
        new("logsumexp", [[3, 4, 5]], x => x[0].LogSumExp([0, 2])) { Twice = true },
        new("vector_norm, 2", [[3, 4, 5]], x => x[0].VectorNorm(2, [0, 2])) { Twice = true },
        new("vector_norm, 1", [[3, 5]], x => x[0].VectorNorm(1, [1]).Square()) { Twice = true },
        new("vector_norm, 3", [[3, 5]], x => x[0].VectorNorm(3)) { Twice = true },
        new("vector_norm, 1.5", [[3, 5]], x => x[0].VectorNorm(1.5)) { Low = 0.5, Twice = true },
        new("vector_norm, 0.5", [[3, 5]], x => x[0].VectorNorm(0.5, [0], keepDims: true)) { Low = 0.5, Twice = true },
        new("vector_norm, -2", [[3, 5]], x => x[0].VectorNorm(-2, [0])) { Low = 0.5, Twice = true },
        new("vector_norm, infinite", [[3, 5]], x => x[0].VectorNorm(double.PositiveInfinity, [1]).Square()) { Twice = true },
        new("sort", [[3, 17]], x => x[0].Sort(1, descending: true).Values.Square()) { Twice = true },
        new("msort", [[7, 3]], x => x[0].Msort().Square()) { Twice = true },
        new("topk", [[3, 17]], x => x[0].TopK(4).Values.Square()) { Twice = true },
        new("movedim", [[2, 3, 4]], x => x[0].Movedim([0, 2], [-1, 0]).Square()) { Twice = true },
        new("select", [[3, 4]], x => x[0].Select(1, -2).Square()) { Twice = true },
        new("slice", [[9, 4]], x => x[0][1..^1, TensorIndex.Slice(0, null, 3)].Square()) { Twice = true },
        new("index with new axes", [[3, 4, 5]], x => x[0][1, TensorIndex.Ellipsis, TensorIndex.NewAxis, ^2].Square()) { Twice = true },
        new("index by tensors", [[3, 4, 5]], x => x[0][.., Ids(x[0], 3, 0, 3), Ids(x[0], 1, -1, 1)].Square()) { Twice = true },
        new("index by tensors apart", [[3, 4, 5]], x => x[0][Ids(x[0], 2, 0), 1.., Ids(x[0], 4, -2)].Square()) { Twice = true },
        new("index by a mask", [[2, 4, 5]], x => x[0][.., x[0][0].Detach().OneAtEachRow()].Square()) { Twice = true },
        new("diagonal", [[3, 4, 5]], x => x[0].Diagonal(1, 0, 2).Square()) { Twice = true },
        new("tril", [[2, 4, 5]], x => x[0].Tril(1).Square()) { Twice = true },
        new("triu", [[4, 5]], x => x[0].Triu(-1).Square()) { Twice = true },
        new("unfold", [[2, 9]], x => x[0].Unfold(1, 4, 2).Square()) { Twice = true },
        new("unfold, patches", [[2, 3, 5, 6]], x => x[0].UnfoldPatches((2, 3), (1, 2), (1, 0), (2, 1)).Square()) { Twice = true },
        new("as_strided", [[9]], x => x[0].Contiguous().AsStrided([4, 3], [2, 1], 0).Square()) { Twice = true },
        new("stack", [[2, 3], [2, 3]], x => Tensor.Stack([x[0], x[1]], -1).Square()) { Twice = true },
        new("chunk", [[7, 2]], x => x[0].Chunk(3)[2].Square()) { Twice = true },
        new("flip", [[3, 4]], x => x[0].Flip(0, -1).Square()) { Twice = true },
        new("roll", [[3, 4]], x => x[0].Roll([1, -2], [0, 1]).Square()) { Twice = true },
        new("repeat", [[3, 2]], x => x[0].Repeat(2, 1, 3).Square()) { Twice = true },
        new("repeat_interleave", [[4, 2]], x => x[0].RepeatInterleave(Ids(x[0], 2, 0, 1, 3), 0).Square()) { Twice = true },
        new("pad", [[3, 5]], x => x[0].Pad([-1, 2, 1, -2], value: 0.5).Square()) { Twice = true },
        new("pad, reflect", [[3, 5]], x => x[0].Pad([2, 3], PaddingMode.Reflect).Square()) { Twice = true },
        new("pad, circular", [[3, 5]], x => x[0].Pad([2, 3], PaddingMode.Circular).Square()) { Twice = true },
        new("pixel_shuffle", [[2, 8, 3, 2]], x => x[0].PixelShuffle(2).Square()) { Twice = true },
        new("pixel_unshuffle", [[8, 6, 4]], x => x[0].PixelUnshuffle(2).Square()) { Twice = true },
        new("outer", [[3], [5]], x => x[0].Outer(x[1])) { Twice = true },
        new("gather", [[4, 7]], x => x[0].Gather(1, Ids(x[0], 6, 0, 0, 3, 1, 1).Reshape(3, 2)).Square()) { Twice = true },
        new("take_along_dim", [[4, 7]], x => x[0].TakeAlongDim(Ids(x[0], 6, 0, 0).Reshape(1, 3), 1).Square()) { Twice = true },
        new("scatter", [[4, 7], [3, 5]], x => x[0].Scatter(1, Ids(x[0], 6, 0, 2, 3, 1, 5).Reshape(3, 2), x[1]).Square()) { Twice = true },
        new("scatter_add", [[4, 7], [3, 5]], x => x[0].ScatterAdd(0, Ids(x[0], 3, 0, 2, 3, 1, 1).Reshape(3, 2), x[1]).Square()) { Twice = true },
        .. Enum.GetValues<ScatterReduction>().SelectMany(r => new[] { true, false }.Select(self => new OpCase(
            $"scatter_reduce, {r}, {self}", [[3, 4], [4, 6]],
            x => x[0].ScatterReduce(1, Ids(x[0], 3, 0, 0, 3, 1, 1).Reshape(2, 3), x[1], r, self).Square())
        { Twice = r is not (ScatterReduction.Amax or ScatterReduction.Amin), Low = 0.5 })),
        new("index_select, columns", [[3, 5]], x => x[0].IndexSelect(-1, Ids(x[0], 4, 0, 4)).Square()) { Twice = true },
        new("index_add", [[5, 3], [2, 3]], x => x[0].IndexAdd(0, Ids(x[0], 4, 4), x[1], -0.5).Square()) { Twice = true },
        new("index_copy", [[5, 3], [5, 2]], x => x[0].IndexCopy(1, Ids(x[0], 2, 0), x[1]).Square()) { Twice = true },
        new("index_fill", [[5, 3]], x => x[0].IndexFill(0, Ids(x[0], 2, 0), 1).Square()) { Twice = true },
        new("index_put", [[5, 3, 2], [3, 2]], x => x[0].IndexPut([Ids(x[0], 4, 0, 4), Ids(x[0], 1, -1, 1)], x[1], true).Square()) { Twice = true },
        new("index", [[5, 3, 2]], x => x[0].Index(Ids(x[0], 4, 0, -1), Ids(x[0], 1)).Square()) { Twice = true },
        new("masked_fill", [[4, 5]], x => x[0].MaskedFill(x[0].Detach().OneAtEachRow(), -2).Square()) { Twice = true },
        new("masked_fill, tensor", [[4, 5], []], x => x[0].MaskedFill(x[0].Detach().OneAtEachRow(), x[1]).Square()) { Twice = true },
        new("masked_select", [[4, 5]], x => x[0].MaskedSelect(x[0].Detach().OneAtEachRow()).Square()) { Twice = true },
        new("embedding, padding", [[5, 3]], x => Tensor.Embedding(x[0], Ids(x[0], 4, 0, 4, 2).Reshape(2, 2), 2).Square()) { Smooth = false },
    ];

    /// <summary>A mask of one element in each row.</summary>
    private static Tensor OneAtEachRow(this Tensor x) =>
        Tensor.Zeros(x.Shape, DType.Bool, x.Device).Scatter(1, (Tensor.Arange(0, x.Shape[0], 1, DType.Int64, x.Device) * 1).Unsqueeze(1), 1);

    /// <summary>Products, linear algebra, convolution, pooling and resampling.</summary>
    private static IEnumerable<OpCase> MatricesAndImages =>
    [
        new("mv", [[3, 5], [5]], x => x[0].Mv(x[1])),
        new("outer", [[3], [5]], x => x[0].Outer(x[1])),
        new("trace", [[4, 5]], x => x[0].Trace()),
        new("addmm", [[5], [3, 4], [4, 5]], x => Tensor.Addmm(x[0], x[1], x[2], 0.5, -2)),
        new("baddbmm", [[2, 1, 5], [2, 3, 4], [2, 4, 5]], x => Tensor.Baddbmm(x[0], x[1], x[2])),
        new("bilinear", [[2, 3], [2, 4], [5, 3, 4], [5]], x => Tensor.Bilinear(x[0], x[1], x[2], x[3])),
        new("einsum, diagonal and sum", [[3, 4, 3]], x => Tensor.Einsum("aba->b", x[0])),
        new("einsum, broadcast", [[2, 1, 3, 4], [5, 4, 2]], x => Tensor.Einsum("...ij,...jk->ik...", x[0], x[1])),
        new("einsum, ones broadcast", [[3, 1], [4, 5]], x => Tensor.Einsum("ij,jk", x[0], x[1])),
        new("einsum, three", [[4, 3], [4, 5], [3, 5, 2]], x => Tensor.Einsum("te, td, edf -> tf", x[0], x[1], x[2])),
        new("solve", [[2, 4, 4], [4, 3]], x => Linalg.Solve(Dominant(x[0]), x[1])),
        new("solve, right", [[4, 4], [4]], x => Linalg.Solve(Dominant(x[0]), x[1], left: false)),
        new("solve_triangular", [[2, 4, 4], [4, 3]], x => Linalg.SolveTriangular(Dominant(x[0]), x[1], upper: true)),
        new("solve_triangular, right, unit", [[4, 4], [3, 4]],
            x => Linalg.SolveTriangular(x[0] * 0.3, x[1], false, false, true)),
        new("inv", [[3, 3]], x => Linalg.Inv(Dominant(x[0]))),
        new("det", [[2, 3, 3]], x => Linalg.Det(x[0])),
        new("det, rank one less", [[3, 2], [2, 3]], x => Linalg.Det(Tensor.MatMul(x[0], x[1]))),
        new("slogdet", [[2, 3, 3]], x => Linalg.Slogdet(Dominant(x[0])).LogAbsDet),
        new("cholesky", [[4, 4]], x => Linalg.Cholesky(Dominant(Tensor.MatMul(x[0], x[0].Transpose(0, 1))))),
        new("matrix_exp", [[2, 3, 3]], x => Linalg.MatrixExp(x[0])),
        new("conv1d", [[2, 4, 9], [6, 2, 3], [6]],
            x => Tensor.Conv1d(x[0], x[1], x[2], new() { Stride = [2], Padding = [1], Groups = 2 })),
        new("conv2d, same", [[1, 2, 5, 6], [3, 2, 3, 4]],
            x => Tensor.Conv2d(x[0], x[1], null, new() { Same = true, Dilation = [1, 2] })),
        new("conv3d", [[1, 2, 4, 3, 3], [2, 2, 2, 2, 2]], x => Tensor.Conv3d(x[0], x[1])),
        new("conv_transpose1d", [[2, 4, 5], [4, 3, 3], [6]], x => Tensor.ConvTranspose1d(
            x[0], x[1], x[2], new() { Stride = [3], Padding = [1], OutputPadding = [2], Groups = 2 })),
        new("conv_transpose3d", [[1, 2, 2, 3, 2], [2, 3, 2, 2, 3]],
            x => Tensor.ConvTranspose3d(x[0], x[1], null, new() { Dilation = [1, 2, 1] })),
        new("max_pool1d", [[2, 3, 9]],
            x => x[0].MaxPool1d(new([3]) { Stride = [2], Padding = [1], Dilation = [2] }).Values),
        new("max_pool2d", [[3, 7, 6]],
            x => x[0].MaxPool2d(new([3]) { Stride = [2], Padding = [1], CeilMode = true }).Values),
        new("max_pool3d", [[1, 2, 4, 4, 4]], x => x[0].MaxPool3d(new([2])).Values),
        new("avg_pool1d", [[2, 9]], x => x[0].AvgPool1d(new([3]) { Padding = [1], CountIncludePad = false })),
        new("avg_pool2d", [[1, 3, 7, 6]],
            x => x[0].AvgPool2d(new([3, 2]) { Stride = [2], Padding = [1], CeilMode = true })),
        new("avg_pool3d", [[1, 2, 4, 4, 4]], x => x[0].AvgPool3d(new([2]) { DivisorOverride = 3 })),
        new("adaptive_avg_pool2d", [[2, 7, 6]], x => x[0].AdaptiveAvgPool2d(3, 4)),
        new("adaptive_max_pool1d", [[2, 7]], x => x[0].AdaptiveMaxPool1d(3).Values),
        new("adaptive_max_pool2d", [[2, 7, 6]], x => x[0].AdaptiveMaxPool2d(3, -1).Values),
        new("interpolate, nearest", [[1, 2, 5]], x => x[0].Interpolate([8])),
        new("interpolate, area", [[1, 2, 7, 6]], x => x[0].Interpolate([3, 4], mode: Interpolation.Area)),
        new("interpolate, trilinear", [[1, 1, 3, 4, 3]],
            x => x[0].Interpolate(scaleFactor: [1.7], mode: Interpolation.Linear)),
        new("interpolate, bicubic", [[1, 2, 7, 5]],
            x => x[0].Interpolate([4, 8], mode: Interpolation.Bicubic, antialias: true)),
        new("grid_sample", [[2, 3, 4, 5], [2, 3, 2, 2]], x => Tensor.GridSample(x[0], x[1])) { Low = -1.3, High = 1.3 },
        new("grid_sample, reflection", [[1, 2, 3, 4, 3], [1, 2, 2, 2, 3]], x => Tensor.GridSample(
            x[0], x[1], padding: SamplePadding.Reflection)),
        new("grid_sample, bicubic, border", [[1, 2, 4, 5], [1, 3, 2, 2]], x => Tensor.GridSample(
            x[0], x[1], Interpolation.Bicubic, SamplePadding.Border, alignCorners: true)),
        new("grid_sample, nearest", [[1, 2, 4, 5], [1, 3, 2, 2]],
            x => Tensor.GridSample(x[0], x[1].Detach(), Interpolation.Nearest)) { Smooth = false },
        new("second order of conv2d", [[1, 2, 4, 4], [2, 2, 3, 3]],
            x => Slopes(x, () => Tensor.Conv2d(x[0], x[1], null, new() { Stride = [2], Padding = [1] }))),
        new("second order of conv_transpose2d", [[1, 2, 3, 3], [2, 1, 2, 2]],
            x => Slopes(x, () => Tensor.ConvTranspose2d(
            x[0], x[1], null, new() { Stride = [2], Padding = [1] }))),
        new("second order of einsum", [[3, 3], [3, 2]], x => Slopes(x, () => Tensor.Einsum("ii,ij->ij", x[0], x[1]))),
        new("second order of inv", [[3, 3]], x => Slopes(x, () => Linalg.Inv(Dominant(x[0])))),
        new("second order of det", [[3, 3]], x => Slopes(x, () => Linalg.Det(Dominant(x[0]) * 0.3))),
        new("second order of slogdet", [[3, 3]], x => Slopes(x, () => Linalg.Slogdet(Dominant(x[0])).LogAbsDet)),
        new("second order of cholesky", [[3, 3]],
            x => Slopes(x, () => Linalg.Cholesky(Dominant(Tensor.MatMul(x[0], x[0].Transpose(0, 1)))))),
        new("second order of solve_triangular", [[3, 3], [3, 2]],
            x => Slopes(x, () => Linalg.SolveTriangular(Dominant(x[0]), x[1], false))),
        new("second order of pooling", [[2, 5, 5]],
            x => Slopes(x, () => x[0].AvgPool2d(new([2])) * x[0].MaxPool2d(new([2])).Values)),
        new("second order of interpolate", [[1, 1, 3, 4]],
            x => Slopes(x, () => x[0].Interpolate([5, 6], mode: Interpolation.Linear))),
        new("second order of grid_sample", [[1, 1, 4, 5], [1, 2, 2, 2]],
            x => Slopes(x, () => Tensor.GridSample(x[0], x[1]))) { Low = -1, High = 1 },
    ];

    /// <summary>Matrices far from singular.</summary>
    private static Tensor Dominant(Tensor x)
    {
        int n = (int)x.Shape[-1];
        return x + Tensor.From([.. Enumerable.Range(0, n * n).Select(i => i / n == i % n ? 7.0 : 0)], [n, n], x.Device).To(x.DType);
    }

    /// <summary>The gradient of half the sum of squares, as a result to be differentiated again.</summary>
    private static Tensor Slopes(Tensor[] x, Func<Tensor> call)
    {
        foreach (Tensor input in x)
        {
            input.RequiresGrad = true;
        }

        Tensor loss = call().Square().Sum() * 0.5;
        return Tensor.Cat([.. Autograd.Grad([loss], x, createGraph: true).Select(g => g!.Reshape(g.Count))]);
    }

    private static Tensor Ids(Tensor like, params long[] ids) => Tensor.From(ids, like.Device);
}
