namespace Stretto.Tests.Golden;

/// <summary>Reductions, sorting and searching by PyTorch's names.</summary>
internal static class ReductionOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["sum"] = c => [As(c, Typed(c).Sum(Dims(c), Keep(c)))],
        ["mean"] = c => [Typed(c).Mean(Dims(c), Keep(c))],
        ["var"] = c => [c.Self.Var(Dims(c), Correction(c), Keep(c))],
        ["std"] = c => [c.Self.Std(Dims(c), Correction(c), Keep(c))],
        ["var_mean"] = c => Two(c.Self.VarMean(Dims(c), Correction(c), Keep(c))),
        ["std_mean"] = c => Two(c.Self.StdMean(Dims(c), Correction(c), Keep(c))),
        ["amax"] = c => [c.Self.Amax(Dims(c), Keep(c))],
        ["amin"] = c => [c.Self.Amin(Dims(c), Keep(c))],
        ["aminmax"] = c => c.Dim() is { } dim
            ? [c.Self.Amin([dim], Keep(c)), c.Self.Amax([dim], Keep(c))]
            : [c.Self.Amin([], Keep(c)), c.Self.Amax([], Keep(c))],
        ["max"] = c => c switch
        {
            _ when c.Has("other") => [c.Self.Maximum(c.In("other"))],
            _ when c.Dim() is { } dim => Two(c.Self.Max(dim, Keep(c))),
            _ => [c.Self.Max()],
        },
        ["min"] = c => c switch
        {
            _ when c.Has("other") => [c.Self.Minimum(c.In("other"))],
            _ when c.Dim() is { } dim => Two(c.Self.Min(dim, Keep(c))),
            _ => [c.Self.Min()],
        },
        ["argmax"] = c => [c.Self.Argmax(c.Dim(), Keep(c))],
        ["argmin"] = c => [c.Self.Argmin(c.Dim(), Keep(c))],
        ["prod"] = c => [As(c, c.Dim() is { } dim ? Typed(c).Prod(dim, Keep(c)) : Typed(c).Prod())],
        ["logsumexp"] = c => [c.Self.LogSumExp(Dims(c), Keep(c))],
        ["linalg.vector_norm"] = c => [Typed(c).VectorNorm(c.Number("ord", 2), Dims(c), Keep(c))],
        ["norm"] = c => [Typed(c).VectorNorm(c.IsText("p") && c.Text("p") == "fro" ? 2 : c.Number("p", 2), Dims(c), Keep(c))],
        ["all"] = c => [c.Self.All(Dims(c), Keep(c))],
        ["any"] = c => [c.Self.Any(Dims(c), Keep(c))],
        ["count_nonzero"] = c => [c.Self.CountNonzero(Dims(c))],
        ["cumsum"] = c => [As(c, Typed(c).Cumsum(c.Dim()!.Value))],
        ["cumprod"] = c => [As(c, Typed(c).Cumprod(c.Dim()!.Value))],
        ["cummax"] = c => Two(c.Self.Cummax(c.Dim()!.Value)),
        ["cummin"] = c => Two(c.Self.Cummin(c.Dim()!.Value)),
        ["logcumsumexp"] = c => [c.Self.LogCumsumExp(c.Dim()!.Value)],
        ["sort"] = c => Two(c.Meets("stable").Self.Sort(c.Int("dim", -1), c.Flag("descending"))),
        ["argsort"] = c => [c.Meets("stable").Self.Argsort(c.Int("dim", -1), c.Flag("descending"))],
        ["msort"] = c => [c.Self.Msort()],
        ["topk"] = c => Two(c.Meets("sorted").Self.TopK(c.Int("k", 1), c.Int("dim", -1), c.Flag("largest", true))),
        ["searchsorted"] = c => [Places(c, Tensor.SearchSorted(
            c.In("sorted_sequence"), c.Maybe("input") ?? Tensor.Scalar(c.Number("input", 0), c.In("sorted_sequence").DType, c.Device),
            c.Choice("side", ("left", c.Flag("right")), ("right", true)), c.Maybe("sorter")))],
        ["bucketize"] = c => [Places(c, (c.Maybe("input") ?? Tensor.Scalar(c.Number("input", 0), c.In("boundaries").DType, c.Device))
            .Bucketize(c.In("boundaries"), c.Flag("right")))],
        ["bincount"] = c => [c.Self.Bincount(c.Maybe("weights"), c.Int("minlength", 0))],
    };

    /// <summary>The input in the dtype in which PyTorch is asked to reduce it.</summary>
    private static Tensor Typed(GoldenCase c) => As(c, c.Self);

    private static Tensor As(GoldenCase c, Tensor x) => c.Text("dtype") is { } dtype ? x.To(c.Asked(DTypes.Parse(dtype))) : x;

    private static double Correction(GoldenCase c) => c.Arg("unbiased") is null ? c.Number("correction", 1) : c.Number("unbiased", 1);

    private static int[] Dims(GoldenCase c) => c.Integers("dim") ?? [];

    private static bool Keep(GoldenCase c) => c.Flag("keepdim");

    private static Tensor Places(GoldenCase c, Tensor places) => c.Flag("out_int32") ? places.To(DType.Int32) : places;

    private static Tensor[] Two((Tensor First, Tensor Second) results) => [results.First, results.Second];
}
