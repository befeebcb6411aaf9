using Stretto.Backends;

namespace Stretto;

/// <summary>Attention.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Attention of queries [tokens, heads, size] to keys [tokens, key heads, size] and values [tokens, key heads, value size] of the
    /// same ragged batch: sequence s is rows offsets[s] to offsets[s + 1] − 1, and sequences do not see each other.
    /// Dao, FlashAttention-2, 2023; the scores of a row never exist whole on backends that fuse it.
    /// </summary>
    /// <param name="queries">Queries; head h reads key head h / (heads / key heads).</param>
    /// <param name="keys">Keys.</param>
    /// <param name="values">Values.</param>
    /// <param name="offsets">Borders of the sequences, from 0 to the number of tokens.</param>
    /// <param name="scale">Multiplies q · k; 0 stands for 1 / √size.</param>
    /// <param name="causal">A token sees itself and what came before.</param>
    /// <param name="window">How many tokens back a token sees besides itself; −1 for all.</param>
    /// <returns>[tokens, heads, value size].</returns>
    public static Tensor Attention(
        Tensor queries, Tensor keys, Tensor values, ReadOnlySpan<int> offsets, double scale = 0, bool causal = true, int window = -1)
    {
        int[] borders = offsets.ToArray();
        scale = scale == 0 ? 1 / Math.Sqrt(queries.Shape[-1]) : scale;
        return Attention(queries, keys, values, borders, borders, new AttentionOptions(scale, causal, window));
    }

    /// <summary>
    /// Attention as above with every option: queries and keys of one sequence may differ in number, where the last query stands at the
    /// place of the last key.
    /// </summary>
    /// <param name="queries">[tokens, heads, size]; head h reads key head h / (heads / key heads).</param>
    /// <param name="keys">[key tokens, key heads, size].</param>
    /// <param name="values">[key tokens, key heads, value size].</param>
    /// <param name="queryOffsets">Borders of the sequences among the queries.</param>
    /// <param name="keyOffsets">Borders of the same sequences among the keys.</param>
    /// <param name="scale">Multiplies q · k; 0 stands for 1 / √size.</param>
    /// <param name="causal">A query sees no key after its own place.</param>
    /// <param name="windowLeft">How many keys before its place a query sees; −1 for all.</param>
    /// <param name="windowRight">How many keys after it; −1 for all.</param>
    /// <param name="softCap">Scores become softCap · tanh(score / softCap); 0 for none. Gemma 2, 2024.</param>
    /// <param name="mask">Bool [tokens, key tokens], true where a key may be seen, on top of the others.</param>
    /// <param name="sinks">[heads]: a score without a value that takes part in each softmax. Xiao et al., 2023.</param>
    /// <returns>[tokens, heads, value size]; 0 for a query that sees nothing.</returns>
    /// <exception cref="ArgumentException">Shapes, dtypes or borders do not fit.</exception>
    public static Tensor Attention(
        Tensor queries, Tensor keys, Tensor values, ReadOnlySpan<int> queryOffsets, ReadOnlySpan<int> keyOffsets, double scale = 0,
        bool causal = true, int windowLeft = -1, int windowRight = -1, double softCap = 0, Tensor? mask = null, Tensor? sinks = null)
    {
        if (mask is not null && (mask.DType != DType.Bool || mask.Shape != Shape.Create([queries.Shape[0], keys.Shape[0]])))
        {
            throw new ArgumentException(
                $"attention: mask {mask.Describe()} must be bool [{queries.Shape[0]}, {keys.Shape[0]}]", nameof(mask));
        }

        if (sinks is not null && (sinks.DType != queries.DType || sinks.Rank != 1 || queries.Rank != 3 || sinks.Count != queries.Shape[1]))
        {
            throw new ArgumentException(
                $"attention: sinks {sinks.Describe()} must be one for each head of {queries.Describe()}", nameof(sinks));
        }

        scale = scale == 0 ? 1 / Math.Sqrt(queries.Shape[-1]) : scale;
        return Attention(
            queries, keys, values, queryOffsets.ToArray(), keyOffsets.ToArray(),
            new AttentionOptions(scale, causal, windowLeft, windowRight, softCap), mask?.Contiguous(), sinks?.Contiguous());
    }

    internal static Tensor Attention(
        Tensor queries, Tensor keys, Tensor values, int[] queryOffsets, int[] keyOffsets, AttentionOptions options,
        Tensor? mask = null, Tensor? sinks = null)
    {
        Check(queries, keys, values, queryOffsets, keyOffsets);
        CheckTree(queryOffsets, keyOffsets, options);
        AttentionInputs Inputs(Tensor q, Tensor k, Tensor v, Tensor? s) =>
            new(q.View, new KvView(k.View, v.View, keyOffsets), queryOffsets, options, mask?.View, s?.View);

        Tensor output = Uninitialized([queries.Shape[0], queries.Shape[1], values.Shape[2]], queries.DType, queries.Device);
        ReadOnlySpan<Tensor> inputs = sinks is null ? [queries, keys, values] : [queries, keys, values, sinks];
        bool wanted = Wanted(output, inputs);
        Tensor? lse = wanted ? Uninitialized([queries.Shape[1], queries.Shape[0]], queries.DType, queries.Device) : null;
        output.Backend.Attention(Inputs(queries, keys, values, sinks), output.View, lse?.View);
        if (!wanted)
        {
            return output;
        }

        ReadOnlySpan<Tensor> saved = sinks is null
            ? [queries, keys, values, output, lse!]
            : [queries, keys, values, output, lse!, sinks];
        return Record("attention", output, inputs, saved, (f, g) =>
        {
            (Tensor q, Tensor k, Tensor v) = (f.Saved(0), f.Saved(1), f.Saved(2));
            if (GradientMode.Enabled)
            {
                Tensor seen = Visible(Inputs(q, k, v, null), keyOffsets, mask, q.Device);
                return AttentionComposedGradient(q, k, v, sinks is null ? null : f.Saved(5), seen, g, options);
            }

            Tensor dq = Uninitialized(q.Shape, q.DType, q.Device);
            Tensor dk = Uninitialized(k.Shape, k.DType, k.Device);
            Tensor dv = Uninitialized(v.Shape, v.DType, v.Device);
            Tensor? dSinks = sinks is null ? null : Zeros(sinks.Shape, q.DType, q.Device);
            q.Backend.AttentionBackward(
                Inputs(q, k, v, sinks is null ? null : f.Saved(5)), f.Saved(3).View, f.Saved(4).View, g.Contiguous().View,
                new AttentionGradients(dq.View, dk.View, dv.View, dSinks?.View));
            return sinks is null ? [dq, dk, dv] : [dq, dk, dv, dSinks];
        });
    }

    private static void Check(Tensor queries, Tensor keys, Tensor values, int[] queryOffsets, int[] keyOffsets)
    {
        Broadcasting.SameDevice("attention", queries, keys);
        Broadcasting.SameDevice("attention", queries, values);
        if (queries.Rank != 3 || keys.Rank != 3 || values.Rank != 3 || queries.Shape[2] != keys.Shape[2]
            || keys.Shape[0] != values.Shape[0] || keys.Shape[1] != values.Shape[1]
            || keys.Shape[1] == 0 || queries.Shape[1] % keys.Shape[1] != 0
            || queries.DType != keys.DType || queries.DType != values.DType)
        {
            throw new ArgumentException(
                $"attention: queries {queries.Describe()}, keys {keys.Describe()} and values {values.Describe()} do not fit; they are [tokens, heads, size], and the heads of the queries a multiple of those of the keys");
        }

        CheckOffsets(queryOffsets, queries.Shape[0]);
        CheckOffsets(keyOffsets, keys.Shape[0]);
        if (queryOffsets.Length != keyOffsets.Length)
        {
            throw new ArgumentException($"attention: {queryOffsets.Length - 1} sequences of queries meet {keyOffsets.Length - 1} of keys");
        }
    }

    private static void CheckTree(int[] queryOffsets, int[] keyOffsets, AttentionOptions options)
    {
        for (int s = 0; options.Tree is { } tree && s + 1 < queryOffsets.Length; s++)
        {
            int queries = queryOffsets[s + 1] - queryOffsets[s];
            int keys = keyOffsets[s + 1] - keyOffsets[s];
            if (!options.Causal || tree.Sequences != queryOffsets.Length - 1 || tree.Count(s) != queries || keys < queries)
            {
                throw new ArgumentException(
                    $"attention: the tree of sequence {s} does not fit its {queries} queries and {keys} keys; it names a parent for each query, whose keys are the last ones, and attention is causal");
            }
        }
    }

    private static void CheckOffsets(int[] offsets, long tokens)
    {
        for (int s = 0; s < offsets.Length; s++)
        {
            if (offsets[s] < (s == 0 ? 0 : offsets[s - 1]) || offsets[0] != 0 || offsets[^1] != tokens)
            {
                throw new ArgumentException(
                    $"attention: offsets [{string.Join(", ", offsets)}] do not rise from 0 to the {tokens} tokens");
            }
        }
    }
}
