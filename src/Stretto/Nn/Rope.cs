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
