namespace Stretto.Tests.Golden;

/// <summary>Products and linear algebra by PyTorch's names.</summary>
internal static class MatrixOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["matmul"] = c => [Tensor.MatMul(c.In("input"), c.In("other"))],
        ["nn.functional.linear"] = c => [Tensor.Linear(c.In("input"), c.In("weight"), c.Maybe("bias"))],
        ["mm"] = c => [c.In("input").Mm(c.In("mat2"))],
        ["bmm"] = c => [c.In("input").Bmm(c.In("mat2"))],
        ["mv"] = c => [c.In("input").Mv(c.In("vec"))],
        ["dot"] = c => [c.In("input").Dot(c.In("tensor"))],
        ["outer"] = c => [c.In("input").Outer(c.In("vec2"))],
        ["trace"] = c => [c.In("input").Trace()],
        ["addmm"] = c => Add(c, Tensor.Addmm, "mat1", "mat2"),
        ["addmv"] = c => Add(c, Tensor.Addmv, "mat", "vec"),
        ["baddbmm"] = c => Add(c, Tensor.Baddbmm, "batch1", "batch2"),
        ["nn.functional.bilinear"] = c => [Tensor.Bilinear(c.In("input1"), c.In("input2"), c.In("weight"), c.Maybe("bias"))],
        ["einsum"] = c => [Tensor.Einsum(c.Text("equation")!, c.List("operands"))],
        ["linalg.inv"] = c => [Linalg.Inv(c.In("A"))],
        ["linalg.det"] = c => [Linalg.Det(c.In("A"))],
        ["linalg.slogdet"] = c =>
        {
            (Tensor sign, Tensor logarithm) = Linalg.Slogdet(c.In("A"));
            return [sign, logarithm];
        },
        ["linalg.solve"] = c => [Linalg.Solve(c.In("A"), c.In("B"), c.Flag("left", true))],
        ["linalg.solve_triangular"] = c =>
            [Linalg.SolveTriangular(c.In("A"), c.In("B"), c.Flag("upper"), c.Flag("left", true), c.Flag("unitriangular"))],
        ["linalg.cholesky"] = c => [Linalg.Cholesky(c.In("A"), c.Flag("upper"))],
        ["linalg.matrix_exp"] = c => [Linalg.MatrixExp(c.In("A"))],
    };

    private static Tensor[] Add(
        GoldenCase c, Func<Tensor, Tensor, Tensor, double, double, Tensor> op, string a, string b) =>
        [op(c.In("input"), c.In(a), c.In(b), c.Number("beta", 1), c.Number("alpha", 1))];
}
