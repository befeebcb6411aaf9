namespace Stretto.Tests.Golden;

/// <summary>Activations, norms, losses by PyTorch's names.</summary>
internal static class NetworkOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["rope_table"] = c => c.CheckRopeTable(),
        ["nn.functional.relu"] = c => [c.Self.Relu()],
        ["nn.functional.relu6"] = c => [c.Self.Relu6()],
        ["nn.functional.leaky_relu"] = c => [c.Self.LeakyRelu(c.Number("negative_slope", 0.01))],
        ["nn.functional.elu"] = c => [c.Self.Elu(c.Number("alpha", 1))],
        ["nn.functional.selu"] = c => [c.Self.Selu()],
        ["nn.functional.celu"] = c => [c.Self.Celu(c.Number("alpha", 1))],
        ["nn.functional.silu"] = c => [c.Self.Silu()],
        ["nn.functional.gelu"] = c => [c.Self.Gelu(c.Choice("approximate", ("none", false), ("tanh", true)))],
        ["composed.quick_gelu"] = c => [c.Self.QuickGelu()],
        ["nn.functional.softplus"] = c => [c.Self.Softplus(c.Number("beta", 1), c.Number("threshold", 20))],
        ["nn.functional.mish"] = c => [c.Self.Mish()],
        ["nn.functional.hardswish"] = c => [c.Self.Hardswish()],
        ["nn.functional.hardsigmoid"] = c => [c.Self.Hardsigmoid()],
        ["nn.functional.logsigmoid"] = c => [c.Self.LogSigmoid()],
        ["nn.functional.sigmoid"] = c => [c.Self.Sigmoid()],
        ["nn.functional.tanh"] = c => [c.Self.Tanh()],
        ["nn.functional.hardtanh"] = c => [c.Self.Hardtanh(c.Number("min_val", -1), c.Number("max_val", 1))],
        ["nn.functional.prelu"] = c => [c.Self.Prelu(c.In("weight"))],
        ["nn.functional.glu"] = c => [c.Self.Glu(c.Int("dim", -1))],
        ["nn.functional.softsign"] = c => [c.Self.Softsign()],
        ["nn.functional.tanhshrink"] = c => [c.Self.Tanhshrink()],
        ["nn.functional.softshrink"] = c => [c.Self.Softshrink(c.Number("lambd", 0.5))],
        ["nn.functional.hardshrink"] = c => [c.Self.Hardshrink(c.Number("lambd", 0.5))],
        ["nn.functional.threshold"] = c => [c.Self.Threshold(c.Number("threshold", 0), c.Number("value", 0))],
        ["composed.swiglu"] = c => [Tensor.SwiGlu(c.In("gate"), c.In("up"))],
        ["composed.geglu_tanh"] = c => [Tensor.GegluTanh(c.In("gate"), c.In("up"))],
        ["softmax"] = c => [Typed(c).Softmax(c.Int("dim", -1))],
        ["log_softmax"] = c => [Typed(c).LogSoftmax(c.Int("dim", -1))],
        ["nn.functional.softmax"] = c => [Typed(c).Softmax(c.Int("dim", -1))],
        ["nn.functional.log_softmax"] = c => [Typed(c).LogSoftmax(c.Int("dim", -1))],
        ["nn.functional.layer_norm"] = c =>
            [c.Self.LayerNorm(c.Longs("normalized_shape"), c.Maybe("weight"), c.Maybe("bias"), c.Number("eps", 1e-5))],
        ["nn.functional.rms_norm"] = c =>
            [c.Self.RmsNorm(c.Longs("normalized_shape"), c.Maybe("weight"), c.Arg("eps") is null ? null : c.Number("eps", 0))],
        ["composed.gemma_rms_norm"] = c => [c.Self.GemmaRmsNorm(c.In("weight"), c.Number("eps", 1e-6))],
        ["composed.add_rms_norm"] = c =>
        {
            (Tensor normed, Tensor sum) = c.Self.AddRmsNorm(c.In("residual"), c.Maybe("weight"), c.Number("eps", 1e-6));
            return [normed, sum];
        },
        ["nn.functional.group_norm"] = c =>
            [c.Self.GroupNorm(c.Int("num_groups", 1), c.Maybe("weight"), c.Maybe("bias"), c.Number("eps", 1e-5))],
        ["nn.functional.batch_norm"] = c => Normed(c, c.Flag("training"), (mean, variance) => c.Self.BatchNorm(
            mean, variance, c.Maybe("weight"), c.Maybe("bias"), c.Flag("training"), c.Number("momentum", 0.1), c.Number("eps", 1e-5))),
        ["nn.functional.instance_norm"] = c => Normed(c, c.Flag("use_input_stats", true), (mean, variance) => c.Self.InstanceNorm(
            mean, variance, c.Maybe("weight"), c.Maybe("bias"), c.Flag("use_input_stats", true), c.Number("momentum", 0.1),
            c.Number("eps", 1e-5))),
        ["nn.functional.normalize"] = c => [c.Self.Normalize(c.Number("p", 2), c.Integers("dim") ?? [1], c.Number("eps", 1e-12))],
        ["nn.functional.local_response_norm"] = c =>
            [c.Self.LocalResponseNorm(c.Int("size", 1), c.Number("alpha", 1e-4), c.Number("beta", 0.75), c.Number("k", 1))],
        ["nn.functional.cross_entropy"] = c =>
            [c.Self.CrossEntropy(c.In("target"), c.Maybe("weight"), Ignored(c), Mode(c), c.Number("label_smoothing", 0))],
        ["nn.functional.nll_loss"] = c => [c.Self.NllLoss(c.In("target"), c.Maybe("weight"), Ignored(c), Mode(c))],
        ["composed.cross_entropy_z_loss"] = c => [c.Self.CrossEntropyZLoss(c.In("target"), c.Number("coefficient", 0), Ignored(c))],
        ["composed.z_loss"] = c => [c.Self.ZLoss(c.Number("coefficient", 0))],
        ["composed.linear_cross_entropy"] = c =>
            [Tensor.LinearCrossEntropy(c.Self, c.In("weight"), c.In("target"), Ignored(c)) / Tensor.TargetCount(c.In("target"), Ignored(c))],
        ["composed.sequence_log_prob"] = c => [c.Self.SequenceLogProb(c.In("target"))],
        ["nn.functional.mse_loss"] = c => [c.Self.MseLoss(c.In("target"), Mode(c), c.Maybe("weight"))],
        ["nn.functional.l1_loss"] = c => [c.Self.L1Loss(c.In("target"), Mode(c), c.Maybe("weight"))],
        ["nn.functional.huber_loss"] = c => [c.Self.HuberLoss(c.In("target"), Mode(c), c.Number("delta", 1), c.Maybe("weight"))],
        ["nn.functional.smooth_l1_loss"] = c => [c.Self.SmoothL1Loss(c.In("target"), Mode(c), c.Number("beta", 1))],
        ["nn.functional.binary_cross_entropy"] = c => [c.Self.BinaryCrossEntropy(c.In("target"), c.Maybe("weight"), Mode(c))],
        ["nn.functional.binary_cross_entropy_with_logits"] = c =>
            [c.Self.BinaryCrossEntropyWithLogits(c.In("target"), c.Maybe("weight"), Mode(c), c.Maybe("pos_weight"))],
        ["nn.functional.kl_div"] = c => [c.Self.KlDiv(c.In("target"), Mode(c), c.Flag("log_target"))],
        ["nn.functional.cosine_similarity"] = c =>
            [Tensor.CosineSimilarity(c.In("x1"), c.In("x2"), c.Int("dim", 1), c.Number("eps", 1e-8))],
        ["nn.functional.margin_ranking_loss"] = c =>
            [Tensor.MarginRankingLoss(c.In("input1"), c.In("input2"), c.In("target"), c.Number("margin", 0), Mode(c))],
    };

    private static Tensor Typed(GoldenCase c) => c.Text("dtype") is { } dtype ? c.Self.To(c.Asked(DTypes.Parse(dtype))) : c.Self;

    private static Tensor[] Normed(GoldenCase c, bool moves, Func<Tensor?, Tensor?, Tensor> op)
    {
        Tensor? mean = c.Maybe("running_mean")?.Clone().Detach();
        Tensor? variance = c.Maybe("running_var")?.Clone().Detach();
        Tensor y = op(mean, variance);
        return mean is null || variance is null || !moves ? [y] : [y, mean, variance];
    }

    private static long Ignored(GoldenCase c) => c.Int("ignore_index", -100);

    private static Reduction Mode(GoldenCase c) => c.Choice(
        "reduction", ("mean", Reduction.Mean), ("sum", Reduction.Sum), ("none", Reduction.None), ("batchmean", Reduction.BatchMean));
}
