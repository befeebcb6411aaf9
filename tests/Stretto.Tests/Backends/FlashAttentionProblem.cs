using Stretto.Backends;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Stretto.Tests.Backends.Kernels;

namespace Stretto.Tests.Backends;

/// <summary>
/// An attention with all its operands in managed memory, to be computed by kernels and, in float64, from the
/// definition.
/// </summary>
internal sealed record FlashAttentionProblem(
    int Heads, int KvHeads, int Size, int ValueSize, int[] QueryOffsets, int[] KeyOffsets, AttentionOptions Options)
{
    public float[] Q { get; init; } = Numbers(1, QueryOffsets[^1] * Heads * Size, 0);

    public float[] K { get; init; } = Numbers(2, KeyOffsets[^1] * KvHeads * Size, 0);

    public float[] V { get; init; } = Numbers(3, KeyOffsets[^1] * KvHeads * ValueSize, 0);

    public float[] DOut { get; init; } = Numbers(4, QueryOffsets[^1] * Heads * ValueSize, 0);

    public byte[]? Mask { get; init; }

    public float[]? Sinks { get; init; }

    public int Queries => QueryOffsets[^1];

    public int Keys => KeyOffsets[^1];

    public int Sequences => QueryOffsets.Length - 1;

    public static float[] Numbers(ulong seed, int count, float offset)
    {
        float[] values = new float[count];
        Noise.Fill(values, seed);
        return Array.ConvertAll(values, v => v + offset);
    }

    public static byte[] Bits(ulong seed, int count, float offset) =>
        Array.ConvertAll(Numbers(seed, count, offset), v => v > 0 ? (byte)1 : (byte)0);

    /// <summary>One sequence of as many queries as keys.</summary>
    public static FlashAttentionProblem Square(
        int tokens, int heads, int kvHeads, int size, AttentionOptions options) =>
        new(heads, kvHeads, size, size, [0, tokens], [0, tokens], options);

    /// <summary>
    /// The last queries of a sequence up to a key: what a chunk of a prompt, or a decoded token, computes.
    /// </summary>
    public FlashAttentionProblem Part(int sequence, int from, int to, int keys)
    {
        int q = QueryOffsets[sequence];
        int k = KeyOffsets[sequence];
        return new(Heads, KvHeads, Size, ValueSize, [0, to - from], [0, keys], Options)
        {
            Q = Q[((q + from) * Heads * Size)..((q + to) * Heads * Size)],
            K = K[(k * KvHeads * Size)..((k + keys) * KvHeads * Size)],
            V = V[(k * KvHeads * ValueSize)..((k + keys) * KvHeads * ValueSize)],
            DOut = DOut[((q + from) * Heads * ValueSize)..((q + to) * Heads * ValueSize)],
            Sinks = Sinks,
            Mask = Mask is null
                ? null
                : [.. Enumerable.Range(q + from, to - from).SelectMany(row => Mask.Skip((row * Keys) + k).Take(keys))],
        };
    }

    /// <summary>
    /// What decoding computes for one node of a tree: its ancestors and it are the last keys of the sequence, it the only
    /// query.
    /// </summary>
    public FlashAttentionProblem Branch(int sequence, int token)
    {
        TreeMask tree = Options.Tree!;
        int count = tree.Count(sequence);
        int history = KeyOffsets[sequence + 1] - KeyOffsets[sequence] - count;
        List<int> path = [];
        for (int node = token; node >= 0; node = tree.Parent(sequence, node))
        {
            path.Insert(0, history + node);
        }

        int[] keys = [.. Enumerable.Range(0, history), .. path];
        FlashAttentionProblem all = Part(sequence, token, token + 1, history + count);
        return new(Heads, KvHeads, Size, ValueSize, [0, 1], [0, keys.Length], Options with { Tree = null })
        {
            Q = all.Q,
            K = Rows(all.K, KvHeads * Size),
            V = Rows(all.V, KvHeads * ValueSize),
            Sinks = Sinks,
        };

        float[] Rows(float[] from, int row) =>
            [.. keys.SelectMany(key => from.AsSpan(key * row, row).ToArray())];
    }

    /// <summary>
    /// Output and log-sum-exp of the kernels, from rows or from pages that lie in any order among garbage.
    /// </summary>
    public (float[] Output, float[] LogSum) Forward(GemmPath path, int threads = 1, bool paged = false)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor output = Tensor.Full([Queries, Heads, ValueSize], double.NaN);
        Tensor lse = Tensor.Full([Heads, Queries], double.NaN);
        FlashAttention.Forward(new WorkerPool(threads), Inputs(paged ? Pages() : Rows()), output.View, lse.View, path);
        return (output.ToArray<float>(), lse.ToArray<float>());
    }

    public Dictionary<string, float[]> Backward(GemmPath path, int threads = 1)
    {
        WorkerPool pool = new(threads);
        return Gradients(
            (in AttentionInputs inputs, TensorView output, TensorView lse) =>
                FlashAttention.Forward(pool, inputs, output, lse, path),
            (in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOut, in AttentionGradients gradients) =>
                FlashAttentionBackward.Run(pool, inputs, output, lse, dOut, gradients, path)).Gradients;
    }

    /// <summary>Output, log-sum-exp and gradients composed from the primitives of a backend.</summary>
    public (float[] Output, float[] LogSum, Dictionary<string, float[]> Gradients) Composed(Backend backend) =>
        Gradients(
        (in AttentionInputs inputs, TensorView output, TensorView lse) => backend.Attention(inputs, output, lse),
        backend.AttentionBackward);

    private delegate void ForwardPass(in AttentionInputs inputs, TensorView output, TensorView lse);

    private delegate void BackwardPass(
        in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOut, in AttentionGradients gradients);

    private (float[] Output, float[] LogSum, Dictionary<string, float[]> Gradients) Gradients(
        ForwardPass forward, BackwardPass backward)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor output = Tensor.Empty([Queries, Heads, ValueSize]);
        Tensor lse = Tensor.Empty([Heads, Queries]);
        AttentionInputs inputs = Inputs(Rows());
        forward(inputs, output.View, lse.View);
        Tensor dq = Tensor.Zeros([Queries, Heads, Size]);
        Tensor dk = Tensor.Full([Keys, KvHeads, Size], double.NaN);
        Tensor dv = Tensor.Full([Keys, KvHeads, ValueSize], double.NaN);
        Tensor? dSinks = Sinks is null ? null : Tensor.Zeros([Heads]);
        Tensor dOut = Tensor.From(DOut, [Queries, Heads, ValueSize]);
        backward(inputs, output.View, lse.View, dOut.View, new(dq.View, dk.View, dv.View, dSinks?.View));
        Dictionary<string, float[]> gradients = new()
        {
            ["q"] = dq.ToArray<float>(),
            ["k"] = dk.ToArray<float>(),
            ["v"] = dv.ToArray<float>(),
        };
        if (dSinks is not null)
        {
            gradients.Add("sinks", dSinks.ToArray<float>());
        }

        return (output.ToArray<float>(), lse.ToArray<float>(), gradients);
    }

    private AttentionInputs Inputs(KvView kv) => new(
        Tensor.From(Q, [Queries, Heads, Size]).View, kv, QueryOffsets, Options,
        Mask is null ? null : Tensor.From(Array.ConvertAll(Mask, m => m != 0), [Queries, Keys]).View,
        Sinks is null ? null : Tensor.From(Sinks).View);

    private KvView Rows() => new(
        Tensor.From(K, [Keys, KvHeads, Size]).View, Tensor.From(V, [Keys, KvHeads, ValueSize]).View, KeyOffsets);

    private KvView Pages()
    {
        const int Slots = KvView.PageSize;
        int[] lengths = new int[Sequences];
        int[][] pages = new int[Sequences][];
        int count = 1;
        for (int s = 0; s < Sequences; s++)
        {
            lengths[s] = KeyOffsets[s + 1] - KeyOffsets[s];
            count += (lengths[s] + Slots - 1) / Slots;
        }

        // Pages are handed out from the last to the first, turn by turn.
        int free = count;
        for (int s = 0; s < Sequences; s++)
        {
            pages[s] = new int[(lengths[s] + Slots - 1) / Slots];
        }

        for (int i = 0; free > 1; i++)
        {
            foreach (int[] own in pages.Where(own => i < own.Length))
            {
                own[i] = --free;
            }
        }

        Tensor keys = Tensor.Full([count, KvHeads, Size, Slots], double.NaN);
        Tensor values = Tensor.Full([count, KvHeads, Slots, ValueSize], double.NaN);
        long[] slots = new long[Keys];
        for (int s = 0; s < Sequences; s++)
        {
            for (int j = 0; j < lengths[s]; j++)
            {
                slots[KeyOffsets[s] + j] = ((long)pages[s][j / Slots] * Slots) + (j % Slots);
            }
        }

        KvView rows = Rows();
        FlashAttentionPages.Append(new WorkerPool(2), rows.Keys, rows.Values, keys.View, values.View, slots);
        return new KvView(keys.View, values.View, lengths, pages);
    }
}
