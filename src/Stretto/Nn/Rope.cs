namespace Stretto.Nn;

/// <summary>
/// The angles of rotary position embedding: position p turns pair i by p times its frequency. Tables are float32, as in transformers,
/// and grow as positions are asked for.
/// </summary>
public sealed class Rope(RopeTable table, Device device)
{
    private readonly Lock _lock = new();
    private Tensor? _cos;
    private Tensor? _sin;
    private long _length = -1;

    /// <summary>Pair i turns by θ^(−2i / size) per position.</summary>
    public Rope(double theta, int size, Device device)
        : this(RopeTable.Default(theta, size), device)
    {
    }

    /// <summary>
    /// Cosines and sines [T, size / 2] of these positions. Scalings that depend on the length of the text take it from the largest.
    /// </summary>
    public (Tensor Cos, Tensor Sin) At(int[] positions)
    {
        int largest = positions.Length == 0 ? 0 : positions.Max();
        long length = largest + 1L > table.Stretches ? largest + 1L : 0;
        lock (_lock)
        {
            if (_cos is null || _cos.Shape[0] <= largest || _length != length)
            {
                Grow(Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)largest + 1)), length);
            }

            Tensor rows = Tensor.From(Array.ConvertAll(positions, p => (long)p), device);
            return (_cos!.IndexSelect(rows), _sin!.IndexSelect(rows));
        }
    }

    /// <summary>
    /// Cosines and sines [T, size / 2] of positions with several axes (time, height, width, say), each pair of values turning with one of
    /// them. Wang et al., Qwen2-VL, 2024.
    /// </summary>
    /// <param name="positions">The positions [T] of each axis.</param>
    /// <param name="sections">How many pairs turn with each axis.</param>
    /// <param name="interleaved">The axes alternate while their sections last, as in Qwen3-VL; otherwise one section after the other.</param>
    /// <exception cref="ArgumentException">There is not one section for each axis, or the lists differ in length.</exception>
    public (Tensor Cos, Tensor Sin) At(IReadOnlyList<int[]> positions, IReadOnlyList<int> sections, bool interleaved = false)
    {
        if (positions.Count == 0 || positions.Count != sections.Count || positions.Any(p => p.Length != positions[0].Length))
        {
            throw new ArgumentException(
                $"rope: {positions.Count} axes of positions and {sections.Count} sections; "
                + "each axis needs a section and as many positions as the others");
        }

        (Tensor Cos, Tensor Sin)[] axes = [.. positions.Select(At)];
        int[] axisOf = [.. Enumerable.Range(0, (int)axes[0].Cos.Shape[1]).Select(pair => AxisOf(pair, sections, interleaved))];
        Tensor Picked(Func<(Tensor Cos, Tensor Sin), Tensor> table) =>
            Tensor.Stack([.. axisOf.Select((axis, pair) => table(axes[axis]).Select(1, pair))], 1);
        return (Picked(t => t.Cos), Picked(t => t.Sin));
    }

    /// <summary>The axis with which a pair turns; pairs beyond all sections turn with the first.</summary>
    public static int AxisOf(int pair, IReadOnlyList<int> sections, bool interleaved)
    {
        if (interleaved)
        {
            return pair < sections.Count * sections[pair % sections.Count] ? pair % sections.Count : 0;
        }

        for (int axis = 0, end = 0; axis < sections.Count; axis++)
        {
            end += sections[axis];
            if (pair < end)
            {
                return axis;
            }
        }

        return 0;
    }

    private void Grow(int rows, long length)
    {
        float[] frequencies = table.Frequencies(length);
        int pairs = frequencies.Length;
        float[] cos = new float[rows * pairs];
        float[] sin = new float[rows * pairs];
        float scale = (float)table.AttentionFactor;
        for (int i = 0; i < pairs; i++)
        {
            for (int p = 0; p < rows; p++)
            {
                float angle = p * frequencies[i];
                cos[(p * pairs) + i] = MathF.Cos(angle) * scale;
                sin[(p * pairs) + i] = MathF.Sin(angle) * scale;
            }
        }

        _cos = Tensor.From(cos, [rows, pairs], device).Pin();
        _sin = Tensor.From(sin, [rows, pairs], device).Pin();
        _length = length;
    }
}
