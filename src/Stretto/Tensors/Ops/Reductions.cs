using Stretto.Backends;

namespace Stretto;

/// <summary>Many elements to fewer. An empty list of dimensions means all of them; negative dimensions count from the last.</summary>
public sealed partial class Tensor
{
    /// <summary>The sum of all elements.</summary>
    public Tensor Sum() => Sum([]);

    /// <summary>Sums over dimensions; integers and bools add up in int64.</summary>
    public Tensor Sum(ReadOnlySpan<int> dims, bool keepDims = false)
    {
        int[] over = Dims(dims);
        DType dtype = DType.IsFloatingPoint() ? DType : DType.Int64;
        return Record("sum", Reduced(ReduceOp.Sum, over, keepDims, dtype), [this], [], (_, g) => [WithDims(g, over, keepDims).Expand(Shape)]);
    }

    /// <summary>The mean of all elements.</summary>
    public Tensor Mean() => Mean([]);

    /// <summary>Means over dimensions.</summary>
    /// <exception cref="InvalidOperationException">The elements are integers.</exception>
    public Tensor Mean(ReadOnlySpan<int> dims, bool keepDims = false)
    {
        if (!DType.IsFloatingPoint())
        {
            throw new InvalidOperationException($"mean: {Describe()} holds no floating-point numbers; use To(DType.Float32) first");
        }

        if (IsShort)
        {
            return To(DType.Float32).Mean(dims, keepDims).To(DType);
        }

        long count = 1;
        foreach (int d in Dims(dims))
        {
            count *= Shape.Sizes[d];
        }

        return Sum(dims, keepDims) / count;
    }

    private Tensor Reduced(ReduceOp op, int[] dims, bool keepDims, DType dtype)
    {
        Tensor result = Uninitialized(ReducedShape(dims), dtype, Device);
        Tensor source = op is ReduceOp.Sum or ReduceOp.Product ? Converted(dtype) : this;
        Backend.Reduce(op, source.View, result.View);
        return keepDims ? result : result.Reshape(WithoutDims(dims));
    }

    private int[] Dims(ReadOnlySpan<int> dims, [System.Runtime.CompilerServices.CallerMemberName] string operation = "")
    {
        if (dims.IsEmpty)
        {
            return [.. Enumerable.Range(0, Rank)];
        }

        if (Rank == 0 && dims.Length == 1 && dims[0] is 0 or -1)
        {
            return [];
        }

        int[] result = new int[dims.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            result[i] = Shape.Dim(dims[i], operation);
            if (Array.IndexOf(result, result[i]) < i)
            {
                throw new ArgumentException($"{operation}: dimension {dims[i]} is named twice for {Describe()}", nameof(dims));
            }
        }

        return result;
    }

    private Shape ReducedShape(int[] dims)
    {
        long[] sizes = Shape.ToArray();
        foreach (int d in dims)
        {
            sizes[d] = 1;
        }

        return Shape.Create(sizes);
    }

    private Shape WithoutDims(int[] dims)
    {
        List<long> sizes = [];
        for (int d = 0; d < Rank; d++)
        {
            if (Array.IndexOf(dims, d) < 0)
            {
                sizes.Add(Shape.Sizes[d]);
            }
        }

        return Shape.Create([.. sizes]);
    }

    private Tensor WithDims(Tensor gradient, int[] dims, bool keptDims) => keptDims ? gradient : gradient.Reshape(ReducedShape(dims));
}
