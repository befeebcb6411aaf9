using System.Collections;
using System.Runtime.CompilerServices;

namespace Stretto;

/// <summary>The sizes of a tensor's dimensions, outermost first. Immutable; <c>[2, 3]</c> makes one.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<long>
{
    private readonly long[]? _sizes;

    private Shape(long[] sizes) => _sizes = sizes;

    /// <summary>The shape of a single number: no dimensions.</summary>
    public static Shape Scalar => default;

    /// <summary>A shape of these sizes.</summary>
    /// <exception cref="ArgumentException">A size is negative, or the element count does not fit 63 bits.</exception>
    public static Shape Create(ReadOnlySpan<long> sizes)
    {
        long count = 1;
        foreach (long size in sizes)
        {
            if (size < 0)
            {
                throw new ArgumentException($"size {size} is negative in shape [{string.Join(", ", sizes.ToArray())}]");
            }

            if (size != 0 && Math.BigMul(count, size, out long low) is var high && (high != 0 || low < 0))
            {
                throw new ArgumentException($"shape [{string.Join(", ", sizes.ToArray())}] has too many elements");
            }

            count = size == 0 ? count : count * size;
        }

        return new Shape(sizes.ToArray());
    }

    internal static Shape Ones(int rank)
    {
        long[] sizes = new long[rank];
        Array.Fill(sizes, 1);
        return new Shape(sizes);
    }

    /// <summary>The number of dimensions.</summary>
    public int Rank => _sizes?.Length ?? 0;

    int IReadOnlyCollection<long>.Count => Rank;

    /// <summary>The product of all sizes: 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Sizes)
            {
                count *= size;
            }

            return count;
        }
    }

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<long> Sizes => _sizes;

    /// <summary>The size of one dimension; negative indices count from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long this[int dim] => Sizes[Dim(dim, "shape")];

    /// <summary>The index of a dimension that may be given from the end (-1 is the last).</summary>
    /// <param name="dim">From −rank to rank − 1.</param>
    /// <param name="operation">What the message names; the caller itself where nothing is given.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int Dim(int dim, [System.Runtime.CompilerServices.CallerMemberName] string operation = "")
    {
        int rank = Rank;
        if (dim < -rank || dim >= rank)
        {
            throw new ArgumentOutOfRangeException(nameof(dim), rank == 0
                ? $"{operation}: there is no dimension {dim}, the shape {this} has none"
                : $"{operation}: there is no dimension {dim} in the shape {this}, only {-rank} to {rank - 1}");
        }

        return dim < 0 ? dim + rank : dim;
    }

    /// <summary>The sizes as a new array.</summary>
    public long[] ToArray() => Sizes.ToArray();

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long size in Sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether all sizes are equal.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether any size differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary><c>[2, 3]</c></summary>
    public override string ToString() => $"[{string.Join(", ", _sizes ?? [])}]";

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
