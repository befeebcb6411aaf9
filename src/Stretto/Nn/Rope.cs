namespace Stretto.Nn;

/// <summary>
/// The angles of rotary position embedding: position p turns pair i by p · θ^(−2i / size). Tables are float32, as in transformers, and
/// grow as positions are asked for.
/// </summary>
public sealed class Rope(double theta, int size, Device device)
{
    private readonly Lock _lock = new();
    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>Cosines and sines [T, size / 2] of these positions.</summary>
    public (Tensor Cos, Tensor Sin) At(int[] positions)
    {
        int largest = positions.Length == 0 ? 0 : positions.Max();
        lock (_lock)
        {
            if (_cos is null || _cos.Shape[0] <= largest)
            {
                Grow(Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)largest + 1)));
            }

            Tensor rows = Tensor.From(Array.ConvertAll(positions, p => (long)p), device);
            return (_cos!.IndexSelect(rows), _sin!.IndexSelect(rows));
        }
    }

    private void Grow(int rows)
    {
        int pairs = size / 2;
        float[] cos = new float[rows * pairs];
        float[] sin = new float[rows * pairs];
        for (int i = 0; i < pairs; i++)
        {
            float frequency = 1f / (float)Math.Pow(theta, 2.0 * i / size);
            for (int p = 0; p < rows; p++)
            {
                float angle = p * frequency;
                cos[(p * pairs) + i] = MathF.Cos(angle);
                sin[(p * pairs) + i] = MathF.Sin(angle);
            }
        }

        _cos = Tensor.From(cos, [rows, pairs], device).Pin();
        _sin = Tensor.From(sin, [rows, pairs], device).Pin();
    }
}
