using Stretto.Backends;

namespace Stretto;

/// <summary>Questions about all elements, and counts.</summary>
public sealed partial class Tensor
{
    /// <summary>Whether every element over the dimensions is not zero (bool; uint8 for uint8).</summary>
    public Tensor All(ReadOnlySpan<int> dims = default, bool keepDims = false) =>
        Reduced(ReduceOp.All, Dims(dims), keepDims, DType == DType.UInt8 ? DType : DType.Bool);

    /// <summary>Whether any element over the dimensions is not zero (bool; uint8 for uint8).</summary>
    public Tensor Any(ReadOnlySpan<int> dims = default, bool keepDims = false) =>
        Reduced(ReduceOp.Any, Dims(dims), keepDims, DType == DType.UInt8 ? DType : DType.Bool);

    /// <summary>How many elements over the dimensions are not zero (int64).</summary>
    public Tensor CountNonzero(ReadOnlySpan<int> dims = default) =>
        Converted(DType.Bool).Reduced(ReduceOp.Sum, Dims(dims), false, DType.Int64);

    /// <summary>
    /// How often each number from 0 occurs in a list of integers, or the sum of the weights where it does.
    /// </summary>
    /// <returns>[max(largest + 1, minimumLength)]: int64, or the weights' floating-point type.</returns>
    public Tensor Bincount(Tensor? weights = null, long minimumLength = 0)
    {
        if (Rank != 1 || !DType.IsInteger() || (weights is not null && weights.Shape != Shape) || minimumLength < 0)
        {
            throw new ArgumentException($"bincount: {Describe()} must be a list of integers, with as many weights");
        }

        long length = Math.Max(minimumLength, Count == 0 ? 0 : (long)Max().Item() + 1);
        if (Count > 0 && Min().Item() < 0)
        {
            throw new ArgumentException($"bincount: {Describe()} holds negative numbers");
        }

        DType dtype = weights is null ? DType.Int64 : weights.DType == DType.Float32 ? DType.Float32 : DType.Float64;
        Tensor amounts = weights is null ? Ones(Shape, dtype, Device) : weights.Detach().Converted(dtype);
        return Zeros([length], dtype, Device).ScatterAdd(0, this, amounts);
    }
}
