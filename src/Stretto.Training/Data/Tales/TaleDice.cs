namespace Stretto.Training.Data.Tales;

/// <summary>
/// The choices of one story: SplitMix64 (Steele, Lea and Flood, 2014) started from the seed of the stream, the number
/// of the story and the attempt, so that any story can be told without those before it.
/// </summary>
internal struct TaleDice(ulong seed, long index, int attempt)
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;
    private ulong _state = Mix(Mix(Mix(seed + Golden) ^ (ulong)index) + (Golden * (ulong)(attempt + 1)));

    /// <summary>A number from 0 up to and without <paramref name="sides"/>.</summary>
    public int Roll(int sides) => (int)(((Mix(_state += Golden) >> 32) * (ulong)sides) >> 32);

    /// <summary>True in one case of <paramref name="n"/>.</summary>
    public bool OneIn(int n) => Roll(n) == 0;

    public T Pick<T>(IReadOnlyList<T> values) => values[Roll(values.Count)];

    /// <summary>Puts a list in random order (Fisher and Yates, 1938).</summary>
    public void Shuffle<T>(List<T> values)
    {
        for (int i = values.Count - 1; i > 0; i--)
        {
            int j = Roll(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
