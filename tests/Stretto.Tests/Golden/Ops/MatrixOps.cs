namespace Stretto.Tests.Golden;

/// <summary>Products and linear algebra by PyTorch's names.</summary>
internal static class MatrixOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["mm"] = c => [c.In("input").Mm(c.In("mat2"))],
        ["bmm"] = c => [c.In("input").Bmm(c.In("mat2"))],
        ["mv"] = c => [c.In("input").Mv(c.In("vec"))],
        ["dot"] = c => [c.In("input").Dot(c.In("tensor"))],
        ["outer"] = c => [c.In("input").Outer(c.In("vec2"))],
        ["trace"] = c => [c.In("input").Trace()],
        ["addmm"] = c => Add(c, Tensor.Addmm, "mat1", "mat2"),
        ["addmv"] = c => Add(c, Tensor.Addmv, "mat", "vec"),
        ["baddbmm"] = c => Add(c, Tensor.Baddbmm, "batch1", "batch2"),
        ["nn.functional.bilinear"] = c =>
        {
            c.Only();
            return [Tensor.Bilinear(c.In("input1"), c.In("input2"), c.In("weight"), c.Has("bias") ? c.In("bias") : null)];
        },
        ["einsum"] = c =>
        {
            c.Only("equation");
            Tensor[] operands =
                [.. Enumerable.Range(0, 100).Select(i => $"operands.{i}").TakeWhile(c.Has).Select(c.In)];
            return [Tensor.Einsum(c.Text("equation")!, operands)];
        },
        ["linalg.inv"] = c => { c.Only(); return [Linalg.Inv(c.In("A"))]; },
        ["linalg.det"] = c => { c.Only(); return [Linalg.Det(c.In("A"))]; },
        ["linalg.slogdet"] = c =>
        {
            c.Only();
            (Tensor sign, Tensor logarithm) = Linalg.Slogdet(c.In("A"));
            return [sign, logarithm];
        },
        ["linalg.solve"] = c => { c.Only("left"); return [Linalg.Solve(c.In("A"), c.In("B"), c.Number("left", 1) != 0)]; },
        ["linalg.solve_triangular"] = c =>
        {
            c.Only("upper", "left", "unitriangular");
            return [Linalg.SolveTriangular(c.In("A"), c.In("B"), c.Flag("upper"), c.Number("left", 1) != 0, c.Flag("unitriangular"))];
        },
        ["linalg.cholesky"] = c => { c.Only("upper"); return [Linalg.Cholesky(c.In("A"), c.Flag("upper"))]; },
        ["linalg.matrix_exp"] = c => { c.Only(); return [Linalg.MatrixExp(c.In("A"))]; },
    };

    private static Tensor[] Add(
        GoldenCase c, Func<Tensor, Tensor, Tensor, double, double, Tensor> op, string a, string b)
    {
        c.Only("beta", "alpha");
        return [op(c.In("input"), c.In(a), c.In(b), c.Number("beta", 1), c.Number("alpha", 1))];
    }
}
