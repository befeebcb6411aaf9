namespace Stretto.Tests.Backends;

/// <summary>Attention and its gradients from the definition, one weight at a time, in float64.</summary>
internal sealed class FlashAttentionTruth
{
    private readonly FlashAttentionProblem _p;

    public FlashAttentionTruth(FlashAttentionProblem problem)
    {
        _p = problem;
        Output = new double[problem.Queries * problem.Heads * problem.ValueSize];
        LogSum = new double[problem.Heads * problem.Queries];
        DQ = new double[problem.Q.Length];
        DK = new double[problem.K.Length];
        DV = new double[problem.V.Length];
        DSinks = new double[problem.Heads];
        for (int s = 0; s < problem.Sequences; s++)
        {
            for (int i = problem.QueryOffsets[s]; i < problem.QueryOffsets[s + 1]; i++)
            {
                for (int h = 0; h < problem.Heads; h++)
                {
                    Row(s, i, h);
                }
            }
        }
    }

    public double[] Output { get; }

    public double[] LogSum { get; }

    public double[] DQ { get; }

    public double[] DK { get; }

    public double[] DV { get; }

    public double[] DSinks { get; }

    /// <summary>Σ output · dOut, whose derivatives the gradients are.</summary>
    public double Objective => Output.Zip(_p.DOut, (o, g) => o * g).Sum();

    private bool Sees(int s, int i, int j)
    {
        int keys = _p.KeyOffsets[s + 1] - _p.KeyOffsets[s];
        int place = i - _p.QueryOffsets[s] + keys - (_p.QueryOffsets[s + 1] - _p.QueryOffsets[s]);
        int key = j - _p.KeyOffsets[s];
        if (_p.Options.Tree is { } tree)
        {
            int query = i - _p.QueryOffsets[s];
            int history = place - query;
            place = history + tree.Depth(s, query);
            int node = query;
            while (node > key - history && node >= 0)
            {
                node = tree.Parent(s, node);
            }

            if (key >= history && node != key - history)
            {
                return false;
            }

            key = key < history ? key : history + tree.Depth(s, node);
        }

        return (!_p.Options.Causal || key <= place)
            && (_p.Options.WindowLeft < 0 || key >= place - _p.Options.WindowLeft)
            && (_p.Options.WindowRight < 0 || key <= place + _p.Options.WindowRight)
            && (_p.Mask is null || _p.Mask[(i * _p.Keys) + j] != 0);
    }

    private void Row(int s, int i, int h)
    {
        int kvHead = h / (_p.Heads / _p.KvHeads);
        int keys = _p.KeyOffsets[s + 1] - _p.KeyOffsets[s];
        int[] seen = [.. Enumerable.Range(_p.KeyOffsets[s], keys).Where(j => Sees(s, i, j))];
        Span<float> q = _p.Q.AsSpan(((i * _p.Heads) + h) * _p.Size, _p.Size);
        Span<float> g = _p.DOut.AsSpan(((i * _p.Heads) + h) * _p.ValueSize, _p.ValueSize);
        double cap = _p.Options.SoftCap;
        double[] scores = new double[seen.Length];
        double[] slopes = new double[seen.Length];
        for (int n = 0; n < seen.Length; n++)
        {
            double score = Dot(q, Key(seen[n], kvHead)) * _p.Options.Scale;
            double t = cap == 0 ? 0 : Math.Tanh(score / cap);
            scores[n] = cap == 0 ? score : cap * t;
            slopes[n] = _p.Options.Scale * (1 - (t * t));
        }

        double sink = _p.Sinks is null || seen.Length == 0 ? double.NegativeInfinity : _p.Sinks[h];
        double top = seen.Length == 0 ? 0 : Math.Max(scores.Max(), sink);
        double logSum = seen.Length == 0
            ? double.NegativeInfinity
            : top + Math.Log(scores.Sum(x => Math.Exp(x - top)) + Math.Exp(sink - top));
        LogSum[(h * _p.Queries) + i] = logSum;
        Span<double> o = Output.AsSpan(((i * _p.Heads) + h) * _p.ValueSize, _p.ValueSize);
        for (int n = 0; n < seen.Length; n++)
        {
            Add(o, Math.Exp(scores[n] - logSum), Value(seen[n], kvHead));
        }

        double dot = 0;
        for (int d = 0; d < o.Length; d++)
        {
            dot += o[d] * g[d];
        }

        DSinks[h] -= double.IsNegativeInfinity(sink) ? 0 : Math.Exp(sink - logSum) * dot;
        for (int n = 0; n < seen.Length; n++)
        {
            double p = Math.Exp(scores[n] - logSum);
            double dScore = p * (Dot(g, Value(seen[n], kvHead)) - dot) * slopes[n];
            int row = (seen[n] * _p.KvHeads) + kvHead;
            Add(DV.AsSpan(row * _p.ValueSize, _p.ValueSize), p, g);
            Add(DK.AsSpan(row * _p.Size, _p.Size), dScore, q);
            Add(DQ.AsSpan(((i * _p.Heads) + h) * _p.Size, _p.Size), dScore, Key(seen[n], kvHead));
        }
    }

    private Span<float> Key(int j, int head) => _p.K.AsSpan(((j * _p.KvHeads) + head) * _p.Size, _p.Size);

    private Span<float> Value(int j, int head) => _p.V.AsSpan(((j * _p.KvHeads) + head) * _p.ValueSize, _p.ValueSize);

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++)
        {
            sum += (double)a[d] * b[d];
        }

        return sum;
    }

    private static void Add(Span<double> to, double factor, ReadOnlySpan<float> what)
    {
        for (int d = 0; d < to.Length; d++)
        {
            to[d] += factor * what[d];
        }
    }
}
