using Stretto.Inference.Sampling;
using Stretto.Models.Text;

namespace Stretto.Inference.Generation;

/// <summary>A beam search: the prompt once, then a token of every beam in each pass. Its texts are written when it ends.</summary>
internal sealed class BeamGeneration : Generation
{
    private readonly Engine _engine;
    private readonly int[] _prompt;
    private readonly Func<BeamSearch> _begin;
    private BeamSearch _search;
    private List<CachedSequence> _sequences = [new CachedSequence()];

    /// <param name="engine">Whose model it is.</param>
    /// <param name="stream">Where events go.</param>
    /// <param name="request">A checked request with beams.</param>
    /// <param name="limit">Most tokens to write.</param>
    /// <param name="candidates">Working memory of the engine's samplers.</param>
    public BeamGeneration(Engine engine, RequestStream stream, GenerationRequest request, int limit, Candidates candidates) : base(stream, request)
    {
        _engine = engine;
        _prompt = [.. request.Prompt];
        int[] ends = request.StopAtEnd ? [.. engine.EndTokens] : [];
        SamplerChain chain = SamplerChain.Of(request.Sampling with { Temperature = 0 }, [.. engine.EndTokens]);
        _begin = () => new BeamSearch(request.Beams!, _prompt, ends, limit, chain, candidates);
        _search = _begin();
    }

    public override bool Prefilling => _sequences[0].Length < _prompt.Length - 1;

    public override int PagesWanted => Started
        ? _sequences.Count
        : PagedKvCache.PagesFor(_prompt.Length + 1) - _sequences[0].Pages.Count + Request.Beams!.Width;

    public override void Enter(PagedKvCache cache)
    {
        int matched = cache.Match(_sequences[0], _prompt.AsSpan(0, _prompt.Length - 1));
        CachedTokens = Started ? CachedTokens : matched;
    }

    public override bool Plan(Pass pass, PagedKvCache cache, int budget)
    {
        int length = _search.Running[0].Tokens.Length;
        int count = Math.Min(length - _sequences[0].Length, Math.Max(1, budget));
        foreach (CachedSequence sequence in _sequences)
        {
            if (!cache.TryReserve(sequence, count))
            {
                return false;
            }
        }

        for (int i = 0; i < _sequences.Count; i++)
        {
            int past = _sequences[i].Length;
            pass.Add(this, _sequences[i], _search.Running[i].Tokens[past..(past + count)], past + count == length ? 1 : 0);
        }

        return true;
    }

    public override void Take(Pass pass, PagedKvCache cache)
    {
        if (_search.Running.Count == 1 && Request.Share)
        {
            cache.Publish(_sequences[0], _prompt);
        }

        if (_sequences[0].Length < _search.Running[0].Tokens.Length)
        {
            return;
        }

        Passes += Started ? 1 : 0;
        Drawn += Started ? _sequences.Count : 0;
        int[] parents = _search.Advance(pass.Logits(this));
        Start();
        List<CachedSequence> next = [.. parents.Select(p => cache.Fork(_sequences[p]))];
        Drop(cache);
        _sequences = next;
        Finish = _search.Done ? FinishReason.Stop : null;
    }

    public override void Release(PagedKvCache cache)
    {
        Drop(cache);
        _sequences = [new CachedSequence()];
        if (!_search.Done)
        {
            _search = _begin();
        }
    }

    public override void WriteEnd(FinishReason reason)
    {
        for (int i = 0; i < Request.Samples; i++)
        {
            Beam? beam = i < _search.Finished.Count && reason != FinishReason.Cancelled ? _search.Finished[i] : null;
            WriteText(i, beam, beam is null && reason != FinishReason.Cancelled ? FinishReason.Length : reason);
        }
    }

    private void WriteText(int sample, Beam? beam, FinishReason reason)
    {
        DetokenizerStream? text = _engine.Tokenizer?.CreateStream(skipSpecialTokens: true);
        StopText stops = new(Request.Stop);
        int[] tokens = beam?.Tokens ?? [];
        bool ended = tokens.Length > 0 && Request.StopAtEnd && _engine.EndTokens.Contains(tokens[^1]);
        int written = 0;
        for (int i = 0; i < tokens.Length - (ended ? 1 : 0) && !stops.Found; i++)
        {
            Stream.Write(new TokenEvent(tokens[i], text is null ? "" : stops.Push(text.Append(tokens[i]))) { Sample = sample });
            written++;
        }

        Written += written;
        string rest = text is null || stops.Found ? "" : stops.Push(text.Flush()) + stops.Flush();
        FinishReason finish = beam is null ? reason : ended || stops.Found ? FinishReason.Stop : FinishReason.Length;
        Stream.Write(new TokenEvent(null, rest, finish, Figures(written) with { BeamScore = beam?.Score }) { Sample = sample });
    }

    private void Drop(PagedKvCache cache)
    {
        foreach (CachedSequence sequence in _sequences)
        {
            cache.Truncate(sequence, 0);
        }
    }
}
