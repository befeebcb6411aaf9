using System.Numerics.Tensors;

namespace Stretto.Inference.Sampling;

/// <summary>
/// The tokens that may still come next, with their logits: what the steps of a sampler work on. All memory is taken once, so one set
/// serves every text of an engine in turn.
/// </summary>
internal sealed class Candidates(int vocabulary)
{
    private readonly float[] _logits = new float[vocabulary];
    private readonly int[] _ids = new int[vocabulary];
    private readonly float[] _probabilities = new float[vocabulary];
    private readonly ulong[] _keys = new ulong[vocabulary];
    private readonly int[] _counts = new int[vocabulary];
    private int[] _scratch = [];

    /// <summary>The logit of each token of the vocabulary; minus infinity where it is out.</summary>
    public Span<float> Logits => _logits;

    /// <summary>The tokens that are in, by rising id.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>The probability of each token of <see cref="Ids"/>, after <see cref="Normalize"/>.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Zeros, one for each token; whoever writes to them leaves zeros behind.</summary>
    public Span<int> Counts => _counts;

    /// <exception cref="InvalidOperationException">A logit is not a number.</exception>
    public void Load(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        Count = 0;
        for (int i = 0; i < vocabulary; i++)
        {
            if (float.IsNaN(_logits[i]))
            {
                throw new InvalidOperationException("the model's output is not a number; check its weights");
            }

            if (_logits[i] != float.NegativeInfinity)
            {
                _ids[Count++] = i;
            }
        }
    }

    /// <summary>Drops the tokens whose logit became minus infinity.</summary>
    public void Compact()
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_logits[_ids[i]] != float.NegativeInfinity)
            {
                _ids[count++] = _ids[i];
            }
        }

        Count = count;
    }

    /// <summary>Softmax over the tokens that are in.</summary>
    public ReadOnlySpan<float> Normalize()
    {
        Span<float> p = _probabilities.AsSpan(0, Count);
        float top = float.NegativeInfinity;
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = _logits[_ids[i]];
            top = Math.Max(top, p[i]);
        }

        TensorPrimitives.Subtract(p, top, p);
        TensorPrimitives.Exp(p, p);
        double sum = 0;
        foreach (float x in p)
        {
            sum += x;
        }

        TensorPrimitives.Multiply(p, (float)(1 / sum), p);
        return p;
    }

    /// <summary>Entropy in nats of the probabilities that <see cref="Normalize"/> left.</summary>
    public double Entropy()
    {
        double entropy = 0;
        foreach (float p in Probabilities)
        {
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        }

        return entropy;
    }

    /// <summary>
    /// Places in <see cref="Ids"/> in rising order of a key of each, the lower place first among equal ones. Places whose key is
    /// below <paramref name="least"/> are left out.
    /// </summary>
    public ReadOnlySpan<ulong> Sort(ReadOnlySpan<float> keys, float least = float.NegativeInfinity)
    {
        int count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= least)
            {
                _keys[count++] = Key(keys[i], i);
            }
        }

        Span<ulong> sorted = _keys.AsSpan(0, count);
        sorted.Sort();
        return sorted;
    }

    /// <summary>The same for falling order, the lower place still first among equal ones.</summary>
    public ReadOnlySpan<ulong> SortFalling(ReadOnlySpan<float> keys)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            _keys[i] = Key(-keys[i], i);
        }

        Span<ulong> sorted = _keys.AsSpan(0, keys.Length);
        sorted.Sort();
        return sorted;
    }

    /// <summary>The place that a sorted key stands for.</summary>
    public static int Place(ulong key) => (int)(uint)key;

    /// <summary>The k-th largest logit; k is at most <see cref="Count"/>.</summary>
    public float Largest(int k)
    {
        // A heap of the k largest so far, the least of them on top; most logits are compared with it and nothing else.
        Span<float> heap = _probabilities.AsSpan(0, k);
        for (int i = 0; i < k; i++)
        {
            heap[i] = _logits[_ids[i]];
        }

        heap.Sort();
        for (int i = k; i < Count; i++)
        {
            float x = _logits[_ids[i]];
            if (x > heap[0])
            {
                Sink(heap, x);
            }
        }

        return heap[0];
    }

    /// <summary>The likeliest token that is in, the first of several.</summary>
    public int Best()
    {
        int best = _ids[0];
        foreach (int id in Ids)
        {
            best = _logits[id] > _logits[best] ? id : best;
        }

        return best;
    }

    /// <summary>Memory for a step, with any content; grows as texts do.</summary>
    public Span<int> Scratch(int length)
    {
        if (_scratch.Length < length)
        {
            _scratch = new int[Math.Max(length, 2 * _scratch.Length)];
        }

        return _scratch.AsSpan(0, length);
    }

    private static void Sink(Span<float> heap, float x)
    {
        int at = 0;
        while ((2 * at) + 1 < heap.Length)
        {
            int child = (2 * at) + 1;
            child += child + 1 < heap.Length && heap[child + 1] < heap[child] ? 1 : 0;
            if (heap[child] >= x)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = x;
    }

    // The bits of a float, changed so that unsigned order is the order of the numbers.
    private static ulong Key(float value, int place)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        uint ordered = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)ordered << 32) | (uint)place;
    }
}
