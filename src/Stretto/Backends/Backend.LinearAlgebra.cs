namespace Stretto.Backends;

/// <summary>Decompositions of batches of square matrices [B, N, N].</summary>
internal abstract partial class Backend
{
    /// <summary>x [B, N, K] with a · x = b. Returns the number of the first singular matrix, or −1.</summary>
    public abstract long Solve(TensorView a, TensorView b, TensorView x);

    /// <summary>
    /// x [B, N, K] with a · x = b, where only a triangle of a is read, and its diagonal counts as ones if <paramref
    /// name="unit"/>.
    /// </summary>
    public abstract void SolveTriangular(TensorView a, TensorView b, TensorView x, bool upper, bool unit);

    /// <summary>
    /// Lower factors l with l · lᵀ = a; the upper triangle of a is not read. Returns the number of the first matrix
    /// that is not positive definite, or −1.
    /// </summary>
    public abstract long Cholesky(TensorView a, TensorView l);

    /// <summary>The sign and the logarithm of the absolute value [B] of each determinant.</summary>
    public abstract void LogDeterminant(TensorView a, TensorView sign, TensorView logarithm);

    /// <summary>Each determinant [B].</summary>
    public abstract void Determinant(TensorView a, TensorView determinant);

    /// <summary>The derivatives of each determinant, which exist for singular matrices too.</summary>
    public abstract void Cofactors(TensorView a, TensorView cofactors);
}
