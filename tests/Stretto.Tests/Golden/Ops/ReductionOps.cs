using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>Reductions, sorting and searching by PyTorch's names.</summary>
internal static class ReductionOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["sum"] = c => Over(c, (x, dims, keep) => x.Sum(dims, keep)),
        ["mean"] = c => Over(c, (x, dims, keep) => x.Mean(dims, keep)),
        ["var"] = c => Over(c, (x, dims, keep) => x.Var(dims, Correction(c), keep)),
        ["std"] = c => Over(c, (x, dims, keep) => x.Std(dims, Correction(c), keep)),
        ["var_mean"] = c => Two(Input(c).VarMean(Dims(c), Correction(c), c.Flag("keepdim"))),
        ["std_mean"] = c => Two(Input(c).StdMean(Dims(c), Correction(c), c.Flag("keepdim"))),
        ["amax"] = c => Over(c, (x, dims, keep) => x.Amax(dims, keep)),
        ["amin"] = c => Over(c, (x, dims, keep) => x.Amin(dims, keep)),
        ["max"] = c => c.Arg("dim") is null ? [Input(c).Max()] : Two(Input(c).Max(Dim(c), c.Flag("keepdim"))),
        ["min"] = c => c.Arg("dim") is null ? [Input(c).Min()] : Two(Input(c).Min(Dim(c), c.Flag("keepdim"))),
        ["argmax"] = c => [Input(c).Argmax(c.Arg("dim") is null ? null : Dim(c), c.Flag("keepdim"))],
        ["argmin"] = c => [Input(c).Argmin(c.Arg("dim") is null ? null : Dim(c), c.Flag("keepdim"))],
        ["prod"] = c => [c.Arg("dim") is null ? Input(c).Prod() : Input(c).Prod(Dim(c), c.Flag("keepdim"))],
        ["logsumexp"] = c => Over(c, (x, dims, keep) => x.LogSumExp(dims, keep)),
        ["linalg.vector_norm"] = c => [Input(c).VectorNorm(c.Number("ord", 2), Dims(c), c.Flag("keepdim"))],
        ["norm"] = c => [Input(c).VectorNorm(
            c.Arg("p") is { ValueKind: JsonValueKind.String } p && p.GetString() == "fro" ? 2 : c.Number("p", 2), Dims(c), c.Flag("keepdim"))],
        ["all"] = c => Over(c, (x, dims, keep) => x.All(dims, keep)),
        ["any"] = c => Over(c, (x, dims, keep) => x.Any(dims, keep)),
        ["count_nonzero"] = c => [Input(c).CountNonzero(Dims(c))],
        ["cumsum"] = c => [Input(c).Cumsum(Dim(c))],
        ["cumprod"] = c => [Input(c).Cumprod(Dim(c))],
        ["logcumsumexp"] = c => [Input(c).LogCumsumExp(Dim(c))],
        ["sort"] = c => Two(Input(c).Sort(Dim(c), c.Flag("descending"))),
        ["argsort"] = c => [Input(c).Argsort(Dim(c), c.Flag("descending"))],
        ["msort"] = c => [Input(c).Msort()],
        ["topk"] = c => Two(Input(c).TopK((long)c.Number("k", 1), Dim(c), c.Number("largest", 1) != 0)),
        ["searchsorted"] = c => [Tensor.SearchSorted(
            c.In("sorted_sequence"), c.Has("input") ? c.In("input") : Tensor.Scalar(c.Number("input", 0), c.DType, c.Device),
            c.Flag("right") || c.Text("side") == "right", c.Has("sorter") ? c.In("sorter") : null)],
        ["bucketize"] = c => [Input(c).Bucketize(c.In("boundaries"), c.Flag("right"))],
        ["bincount"] = c => [Input(c).Bincount(c.Has("weights") ? c.In("weights") : null, (long)c.Number("minlength", 0))],
    };

    private delegate Tensor Reduction(Tensor x, ReadOnlySpan<int> dims, bool keepDims);

    private static Tensor[] Over(GoldenCase c, Reduction reduce)
    {
        c.Only("dim", "keepdim", "correction", "unbiased", "dtype");
        return [reduce(Input(c), Dims(c), c.Flag("keepdim"))];
    }

    private static Tensor Input(GoldenCase c)
    {
        Tensor x = c.In(c.Has("input") ? "input" : c.Has("x") ? "x" : "self");
        return c.Text("dtype") is { } dtype ? x.To(DTypes.Parse(dtype)) : x;
    }

    private static double Correction(GoldenCase c) => c.Number("correction", c.Number("unbiased", 1));

    private static int[] Dims(GoldenCase c) => c.Integers("dim") ?? [];

    private static int Dim(GoldenCase c) => (int)c.Number("dim", -1);

    private static Tensor[] Two((Tensor First, Tensor Second) results) => [results.First, results.Second];
}
