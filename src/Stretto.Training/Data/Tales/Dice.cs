namespace Stretto.Training.Data.Tales;

/// <summary>The choices of one story: SplitMix64 (Steele et al., 2014), started from the corpus seed and the story's number.</summary>
internal struct Dice(ulong seed, long index)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15UL) ^ ((ulong)index * 0xD1B54A32D192ED03UL) ^ 0x2545F4914F6CDD1DUL;

    public int Roll(int sides)
    {
        ulong z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        z ^= z >> 31;
        return (int)((z >> 32) * (ulong)sides >> 32);
    }
}
