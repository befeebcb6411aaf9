namespace Stretto.Nn;

/// <summary>
/// What a language model takes: the tokens of one or more sequences one after the other, without padding. Packed documents, chunks of
/// a prompt, one token of each running sequence and drafts to verify are all this one shape.
/// </summary>
public sealed class Batch
{
    private Batch(Tensor tokens, int[] positions, int[] offsets, KvCache? cache)
    {
        Tokens = tokens;
        Positions = positions;
        Offsets = offsets;
        Cache = cache;
    }

    /// <summary>int64 [T].</summary>
    public Tensor Tokens { get; }

    /// <summary>The place of each token in its sequence, [T].</summary>
    public IReadOnlyList<int> Positions { get; }

    /// <summary>Sequence s owns tokens Offsets[s] to Offsets[s + 1] − 1.</summary>
    public IReadOnlyList<int> Offsets { get; }

    /// <summary>Keys and values of what came before; null in training and scoring.</summary>
    public KvCache? Cache { get; }

    /// <summary>Whom the new tokens of each sequence follow where they are a tree, a draft to verify; else null.</summary>
    internal Backends.TreeMask? Tree { get; private init; }

    /// <summary>Where blocks leave the states that a reader wants, or null.</summary>
    public LayerStates? States { get; private init; }

    internal int[] PositionArray => (int[])Positions;

    internal int[] OffsetArray => (int[])Offsets;

    /// <summary>Whole documents, each from its beginning.</summary>
    public static Batch Packed(IReadOnlyList<int[]> documents, Device? device = null, LayerStates? states = null) =>
        Make(documents, new int[documents.Count], null, device, states);

    /// <summary>The next tokens of sequences of which a cache already holds a part.</summary>
    /// <param name="tokens">New tokens of each sequence.</param>
    /// <param name="past">How many tokens of each sequence came before.</param>
    /// <param name="cache">Where their keys and values are, and the new ones go.</param>
    /// <param name="device">Where the model lives.</param>
    /// <param name="states">Collects states between blocks.</param>
    /// <param name="parents">
    /// For trees of new tokens, as in speculative decoding: the parent of each one, an earlier new token of its sequence, or −1 for what
    /// came before. A token sees that, its ancestors and itself, and its place is one behind its parent's.
    /// </param>
    /// <exception cref="ArgumentException">There is not one parent for each token, or one is not an earlier token.</exception>
    public static Batch Continued(
        IReadOnlyList<int[]> tokens, IReadOnlyList<int> past, KvCache cache, Device? device = null, LayerStates? states = null,
        IReadOnlyList<IReadOnlyList<int>>? parents = null) =>
        Make(tokens, past, cache, device, states, parents);

    private static Batch Make(
        IReadOnlyList<int[]> tokens, IReadOnlyList<int> past, KvCache? cache, Device? device, LayerStates? states,
        IReadOnlyList<IReadOnlyList<int>>? parents = null)
    {
        Backends.TreeMask? tree = parents is null ? null : new(parents);
        int[] offsets = new int[tokens.Count + 1];
        for (int s = 0; s < tokens.Count; s++)
        {
            if (tree is not null && (tree.Sequences != tokens.Count || tree.Count(s) != tokens[s].Length))
            {
                throw new ArgumentException("batch: a tree names one parent for each new token of each sequence");
            }

            offsets[s + 1] = checked(offsets[s] + tokens[s].Length);
        }

        long[] ids = new long[offsets[^1]];
        int[] positions = new int[offsets[^1]];
        for (int s = 0; s < tokens.Count; s++)
        {
            for (int i = 0; i < tokens[s].Length; i++)
            {
                ids[offsets[s] + i] = tokens[s][i];
                positions[offsets[s] + i] = past[s] + (tree?.Depth(s, i) ?? i);
            }
        }

        return new Batch(Tensor.From(ids, device), positions, offsets, cache) { States = states, Tree = tree };
    }
}

/// <summary>What a cache must hold for a model.</summary>
/// <param name="Layers">How many layers keep keys and values.</param>
/// <param name="Heads">Key heads of a layer.</param>
/// <param name="KeySize">Size of a key.</param>
/// <param name="ValueSize">Size of a value.</param>
public readonly record struct CacheSpec(int Layers, int Heads, int KeySize, int ValueSize)
{
    /// <summary>Bytes of one token in float32.</summary>
    public long BytesPerToken => (long)Layers * Heads * (KeySize + ValueSize) * sizeof(float);
}

/// <summary>Keys and values of running sequences, for the layers of one model.</summary>
public abstract class KvCache
{
    /// <summary>Adds the keys and values [T, heads, size] of the batch's tokens to a layer; what attention then reads is all of them.</summary>
    internal abstract Backends.KvView Append(int layer, Tensor keys, Tensor values);
}
