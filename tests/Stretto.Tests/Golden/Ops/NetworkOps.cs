namespace Stretto.Tests.Golden;

/// <summary>Activations, norms, losses, embedding by PyTorch's names.</summary>
internal static class NetworkOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["rope_table"] = c => c.CheckRopeTable(),
        ["nn.functional.relu6"] = c => Unary(c, x => x.Relu6()),
        ["nn.functional.leaky_relu"] = c => Unary(c, x => x.LeakyRelu(c.Number("negative_slope", 0.01)), "negative_slope"),
        ["nn.functional.elu"] = c => Unary(c, x => x.Elu(c.Number("alpha", 1)), "alpha"),
        ["nn.functional.selu"] = c => Unary(c, x => x.Selu()),
        ["nn.functional.celu"] = c => Unary(c, x => x.Celu(c.Number("alpha", 1)), "alpha"),
        ["nn.functional.gelu"] = c => Unary(c, x => x.Gelu(c.Text("approximate") == "tanh"), "approximate"),
        ["composed.quick_gelu"] = c => Unary(c, x => x.QuickGelu()),
        ["nn.functional.softplus"] =
            c => Unary(c, x => x.Softplus(c.Number("beta", 1), c.Number("threshold", 20)), "beta", "threshold"),
        ["nn.functional.mish"] = c => Unary(c, x => x.Mish()),
        ["nn.functional.hardswish"] = c => Unary(c, x => x.Hardswish()),
        ["nn.functional.hardsigmoid"] = c => Unary(c, x => x.Hardsigmoid()),
        ["nn.functional.logsigmoid"] = c => Unary(c, x => x.LogSigmoid()),
        ["composed.geglu_tanh"] = c => [Tensor.GegluTanh(c.In("gate"), c.In("up"))],
        ["nn.functional.layer_norm"] = c =>
            Unary(c, x => x.LayerNorm(Sizes(c), Maybe(c, "weight"), Maybe(c, "bias"), c.Number("eps", 1e-5)), "normalized_shape", "eps"),
        ["nn.functional.rms_norm"] = c => Unary(
            c, x => x.RmsNorm(Sizes(c), Maybe(c, "weight"), c.Number("eps", -1) is var e && e < 0 ? null : e), "normalized_shape", "eps"),
        ["composed.gemma_rms_norm"] = c => Unary(c, x => x.GemmaRmsNorm(c.In("weight"), c.Number("eps", 1e-6)), "eps"),
        ["composed.add_rms_norm"] = c =>
        {
            (Tensor normed, Tensor sum) = c.In("input").AddRmsNorm(c.In("residual"), Maybe(c, "weight"), c.Number("eps", 1e-6));
            return [normed, sum];
        },
        ["nn.functional.group_norm"] = c => Unary(
            c, x => x.GroupNorm((int)c.Number("num_groups", 1), Maybe(c, "weight"), Maybe(c, "bias"), c.Number("eps", 1e-5)),
            "num_groups", "eps"),
        ["nn.functional.batch_norm"] = c => Normed(c, c.Flag("training"), (x, mean, variance) => x.BatchNorm(
            mean, variance, Maybe(c, "weight"), Maybe(c, "bias"), c.Flag("training"), c.Number("momentum", 0.1), c.Number("eps", 1e-5))),
        ["nn.functional.instance_norm"] = c => Normed(c, c.Number("use_input_stats", 1) != 0, (x, mean, variance) => x.InstanceNorm(
            mean, variance, Maybe(c, "weight"), Maybe(c, "bias"), c.Number("use_input_stats", 1) != 0, c.Number("momentum", 0.1),
            c.Number("eps", 1e-5))),
        ["nn.functional.normalize"] = c => Unary(
            c, x => x.Normalize(c.Number("p", 2), (int)c.Number("dim", 1), c.Number("eps", 1e-12)), "p", "dim", "eps"),
        ["nn.functional.local_response_norm"] = c => Unary(
            c, x => x.LocalResponseNorm((int)c.Number("size", 1), c.Number("alpha", 1e-4), c.Number("beta", 0.75), c.Number("k", 1)),
            "size", "alpha", "beta", "k"),
        ["nn.functional.cross_entropy"] = c => Unary(
            c, x => x.CrossEntropy(
                c.In("target"), Maybe(c, "weight"), (long)c.Number("ignore_index", -100), Mode(c), c.Number("label_smoothing", 0)),
            "reduction", "ignore_index", "label_smoothing"),
        ["nn.functional.nll_loss"] = c => Unary(
            c, x => x.NllLoss(c.In("target"), Maybe(c, "weight"), (long)c.Number("ignore_index", -100), Mode(c)),
            "reduction", "ignore_index"),
        ["composed.cross_entropy_z_loss"] = c => Unary(
            c, x => x.CrossEntropyZLoss(c.In("target"), c.Number("coefficient", 0), (long)c.Number("ignore_index", -100)),
            "coefficient", "ignore_index"),
        ["composed.z_loss"] = c => Unary(c, x => x.ZLoss(c.Number("coefficient", 0)), "coefficient"),
        ["composed.linear_cross_entropy"] = c => Unary(
            c, x => Tensor.LinearCrossEntropy(x, c.In("weight"), c.In("target"), (long)c.Number("ignore_index", -100))
                / Tensor.TargetCount(c.In("target"), (long)c.Number("ignore_index", -100)),
            "ignore_index"),
        ["composed.sequence_log_prob"] = c => Unary(c, x => x.SequenceLogProb(c.In("target"))),
        ["nn.functional.mse_loss"] = c => Unary(c, x => x.MseLoss(c.In("target"), Mode(c)), "reduction"),
        ["nn.functional.l1_loss"] = c => Unary(c, x => x.L1Loss(c.In("target"), Mode(c)), "reduction"),
        ["nn.functional.huber_loss"] =
            c => Unary(c, x => x.HuberLoss(c.In("target"), Mode(c), c.Number("delta", 1)), "reduction", "delta"),
        ["nn.functional.smooth_l1_loss"] =
            c => Unary(c, x => x.SmoothL1Loss(c.In("target"), Mode(c), c.Number("beta", 1)), "reduction", "beta"),
        ["nn.functional.binary_cross_entropy"] =
            c => Unary(c, x => x.BinaryCrossEntropy(c.In("target"), Maybe(c, "weight"), Mode(c)), "reduction"),
        ["nn.functional.binary_cross_entropy_with_logits"] = c => Unary(
            c, x => x.BinaryCrossEntropyWithLogits(c.In("target"), Maybe(c, "weight"), Mode(c), Maybe(c, "pos_weight")), "reduction"),
        ["nn.functional.kl_div"] =
            c => Unary(c, x => x.KlDiv(c.In("target"), Mode(c), c.Flag("log_target")), "reduction", "log_target"),
        ["nn.functional.cosine_similarity"] = c =>
        {
            c.Only("dim", "eps");
            return [Tensor.CosineSimilarity(c.In("x1"), c.In("x2"), (int)c.Number("dim", 1), c.Number("eps", 1e-8))];
        },
        ["nn.functional.margin_ranking_loss"] = c =>
        {
            c.Only("margin", "reduction");
            return [Tensor.MarginRankingLoss(c.In("input1"), c.In("input2"), c.In("target"), c.Number("margin", 0), Mode(c))];
        },
    };

    private static Tensor[] Unary(GoldenCase c, Func<Tensor, Tensor> op, params string[] args)
    {
        c.Only(args);
        return [op(c.In("input"))];
    }

    private static Tensor[] Normed(GoldenCase c, bool moves, Func<Tensor, Tensor?, Tensor?, Tensor> op)
    {
        c.Only("training", "use_input_stats", "momentum", "eps");
        Tensor? mean = Maybe(c, "running_mean")?.Clone().Detach();
        Tensor? variance = Maybe(c, "running_var")?.Clone().Detach();
        Tensor y = op(c.In("input"), mean, variance);
        return mean is null || variance is null || !moves ? [y] : [y, mean, variance];
    }

    private static Tensor? Maybe(GoldenCase c, string input) => c.Has(input) ? c.In(input) : null;

    private static long[] Sizes(GoldenCase c) => [.. c.Integers("normalized_shape")!.Select(n => (long)n)];

    private static Reduction Mode(GoldenCase c) => (c.Text("reduction") ?? "mean") switch
    {
        "mean" => Reduction.Mean,
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        "batchmean" => Reduction.BatchMean,
        string other => throw new NotSupportedException($"reduction {other}"),
    };
}
