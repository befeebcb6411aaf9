namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A register of float32 lanes. A kernel body is written once over it and compiled for each width.
/// Every operation gives one lane the same bits wherever it stands, so a row's tail (loaded with
/// <see cref="Load(float*, long)"/>) rounds as its body does.
/// </summary>
internal unsafe interface ILanes<V> : ITileLanes<float> where V : unmanaged, ILanes<V>
{
    /// <summary>Added to |x| &lt; 2^22 it leaves x rounded to an integer in the low bits.</summary>
    const float Shift = 12582912f;

    static abstract V Load(float* from);

    /// <summary>
    /// The first <paramref name="count"/> lanes from memory, the others 0; nothing beyond them is read.
    /// With the constant <see cref="ITileLanes{T}.Count"/> it is the plain load, so one body serves a row and its tail.
    /// </summary>
    static abstract V Load(float* from, long count);

    /// <summary>Count / 2 values, each into two neighbouring lanes.</summary>
    static abstract V LoadTwice(float* from);

    static abstract V Create(float value);

    /// <summary>A mask of the first <paramref name="count"/> lanes.</summary>
    static abstract V First(long count);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, V b);

    static abstract V operator /(V a, V b);

    static abstract V operator -(V a);

    /// <summary>Lanewise and of the bits; with a mask, the value or 0.</summary>
    static abstract V operator &(V a, V b);

    static abstract V operator |(V a, V b);

    /// <summary>a · b + c, rounded once where the hardware can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a where a &lt; b, otherwise b: a NaN in b survives.</summary>
    static abstract V Min(V a, V b);

    /// <summary>a where a &gt; b, otherwise b: a NaN in b survives.</summary>
    static abstract V Max(V a, V b);

    static abstract V Abs(V a);

    static abstract V Sqrt(V a);

    /// <summary>All bits of a lane set where a &lt; b.</summary>
    static abstract V LessThan(V a, V b);

    static abstract V Equals(V a, V b);

    static abstract V Select(V mask, V whenSet, V whenClear);

    /// <summary>Whether a mask has a set lane.</summary>
    static abstract bool Any(V mask);

    /// <summary>a · 2^n for integral n in −252 to 254, correct down to subnormals.</summary>
    static abstract V Scale(V a, V n);

    /// <summary>
    /// a · 2^n for 1/2 ≤ a &lt; 2 and n from <see cref="ScaledToZero"/> to 126, given as <see cref="Shift"/> + n: cheaper
    /// than <see cref="Scale"/>, and small results may be 0.
    /// </summary>
    static abstract V ScaleShifted(V a, V shifted);

    /// <summary>The n whose 2^n <see cref="ScaleShifted"/> makes 0.</summary>
    static abstract float ScaledToZero { get; }

    /// <summary>⌊log₂ a⌋ of positive normal numbers.</summary>
    static abstract V Exponent(V a);

    /// <summary>a / 2^⌊log₂ a⌋ of positive normal numbers: 1 ≤ result &lt; 2.</summary>
    static abstract V Significand(V a);

    /// <summary>Lanes 0 and 1, 2 and 3, … exchanged.</summary>
    static abstract V SwapPairs(V a);

    /// <summary>The sign flipped in lanes 0, 2, 4, ….</summary>
    static abstract V NegateEven(V a);

    void Store(float* to);

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing beyond them.</summary>
    void Store(float* to, long count);

    /// <summary>The sum over the lanes: halves are added until one is left.</summary>
    float Sum();

    /// <summary>The largest lane; unspecified when a lane is NaN.</summary>
    float MaxLane();
}
