using Stretto.Inference.Generation;

namespace Stretto.Inference.Sampling;

/// <summary>
/// The search itself, which knows no model: takes the logits of its running beams and says which of them go on (Graves, 2012; the
/// rules are those of transformers).
/// </summary>
internal sealed class BeamSearch
{
    private readonly BeamOptions _options;
    private readonly int[] _prompt;
    private readonly IReadOnlyList<int> _ends;
    private readonly int _limit;
    private readonly SamplerChain _chain;
    private readonly Candidates _candidates;
    private readonly Choice[] _best;

    /// <param name="options">Width and rules.</param>
    /// <param name="prompt">What the beams continue.</param>
    /// <param name="ends">Tokens that end a beam; may be empty.</param>
    /// <param name="limit">Most tokens of a beam.</param>
    /// <param name="chain">Biases and penalties, which here act on log-probabilities.</param>
    /// <param name="candidates">Working memory.</param>
    public BeamSearch(BeamOptions options, int[] prompt, IReadOnlyList<int> ends, int limit, SamplerChain chain, Candidates candidates)
    {
        (_options, _prompt, _ends, _limit, _chain, _candidates) = (options, prompt, ends, limit, chain, candidates);
        _best = new Choice[Math.Max(2, 1 + ends.Count) * options.Width];
        Running = [new Beam(prompt, 0)];
    }

    /// <summary>The beams that go on, best first, each with the prompt.</summary>
    public List<Beam> Running { get; private set; }

    /// <summary>Finished beams, best first, without the prompt, with their scores.</summary>
    public List<Beam> Finished { get; } = [];

    public bool Done { get; private set; }

    /// <summary>One turn.</summary>
    /// <param name="logits">[running beams, vocabulary].</param>
    /// <returns>For each beam that goes on now, the place of the one it continues.</returns>
    public int[] Advance(ReadOnlySpan<float> logits)
    {
        int count = Best(logits);
        int written = Running[0].Tokens.Length - _prompt.Length + 1;
        bool full = written >= _limit;
        bool open = false;
        List<Beam> next = [];
        List<int> parents = [];
        for (int i = 0; i < count; i++)
        {
            (int parent, int token, double sum) = _best[i];
            bool ends = full || _ends.Contains(token);
            open |= !ends;
            if (ends && i < _options.Width)
            {
                Finish([.. Running[parent].Tokens.AsSpan(_prompt.Length), token], sum / Math.Pow(written, _options.LengthPenalty));
            }
            else if (!ends && next.Count < _options.Width)
            {
                next.Add(new Beam([.. Running[parent].Tokens, token], sum));
                parents.Add(parent);
            }
        }

        Running = next;
        Done = !open || (Finished.Count >= _options.Width && (_options.Stop == BeamStop.WhenFull || !CanImprove(written)));
        return [.. parents];
    }

    private bool CanImprove(int written)
    {
        int length = _options.Stop == BeamStop.WhenHopeless && _options.LengthPenalty > 0 ? _limit : written;
        return Running[0].Score / Math.Pow(length, _options.LengthPenalty) > Finished[^1].Score;
    }

    private void Finish(int[] tokens, double score)
    {
        int at = Finished.Count;
        while (at > 0 && Finished[at - 1].Score < score)
        {
            at--;
        }

        Finished.Insert(at, new Beam(tokens, score));
        if (Finished.Count > _options.Width)
        {
            Finished.RemoveAt(_options.Width);
        }
    }

    /// <summary>Fills the front of the list with the best continuations of all beams; of equal ones the earlier.</summary>
    private int Best(ReadOnlySpan<float> logits)
    {
        int vocabulary = _candidates.Logits.Length;
        Span<float> log = _candidates.Logits;
        int count = 0;
        for (int beam = 0; beam < Running.Count; beam++)
        {
            ReadOnlySpan<float> row = logits.Slice(beam * vocabulary, vocabulary);
            _candidates.Load(row);
            double normalizer = LogProbabilities.Normalizer(row);
            foreach (int id in _candidates.Ids)
            {
                log[id] = (float)(row[id] - normalizer);
            }

            _chain.Apply(_candidates, new TokenPlace(Running[beam].Tokens, _prompt.Length, 0));
            foreach (int id in _candidates.Ids)
            {
                double sum = Running[beam].Score + log[id];
                if (count < _best.Length || sum > _best[^1].Sum)
                {
                    int at = count < _best.Length ? count++ : count - 1;
                    for (; at > 0 && _best[at - 1].Sum < sum; at--)
                    {
                        _best[at] = _best[at - 1];
                    }

                    _best[at] = new Choice(beam, id, sum);
                }
            }
        }

        return count > 0 ? count : throw new InvalidOperationException("the options of the request forbid every token");
    }

    private readonly record struct Choice(int Parent, int Token, double Sum);
}

/// <summary>A text and its worth: the sum of its log-probabilities while it runs, its score when it is finished.</summary>
internal readonly record struct Beam(int[] Tokens, double Score);
