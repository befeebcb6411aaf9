using System.Runtime.InteropServices;
using Stretto.Inference.Sampling;
using Stretto.Inference.Speculative;
using Stretto.Models.Text;

namespace Stretto.Inference.Generation;

/// <summary>A text drawn token by token: parts of the prompt, then passes that each draft, compute, verify and write.</summary>
internal sealed class SampledGeneration : Generation
{
    private const int MostDrafted = 16;

    private readonly int _sample;
    private readonly int _limit;
    private readonly int _vocabulary;
    private readonly IReadOnlySet<int> _ends;
    private readonly List<int> _tokens;
    private readonly Sampler _sampler;
    private readonly IDrafter? _drafter;
    private readonly DetokenizerStream? _text;
    private readonly StopText _stops;
    private readonly WriteToken _write;
    private readonly List<int> _acceptedNodes = [];
    private CachedSequence _sequence = new();
    private DraftTree _draft = DraftTree.Empty;
    private Pass? _pass;

    /// <param name="engine">Whose model it is.</param>
    /// <param name="stream">Where events go.</param>
    /// <param name="request">A checked request.</param>
    /// <param name="sample">Which of its texts.</param>
    /// <param name="limit">Most tokens to write.</param>
    /// <param name="candidates">Working memory of the engine's samplers.</param>
    public SampledGeneration(Engine engine, RequestStream stream, GenerationRequest request, int sample, int limit, Candidates candidates)
        : base(stream, request)
    {
        _sample = sample;
        _limit = limit;
        _vocabulary = engine.Model.VocabularySize;
        _ends = request.StopAtEnd ? engine.EndTokens : new HashSet<int>();
        _tokens = [.. request.Prompt];
        _sampler = new Sampler(request.Sampling, candidates, [.. engine.EndTokens], sample);
        _drafter = request.Speculate ? engine.NewDrafter() : null;
        _text = engine.Tokenizer?.CreateStream(skipSpecialTokens: true);
        _stops = new StopText(request.Stop);
        _write = Write;
    }

    public override bool Prefilling => _tokens.Count - _sequence.Length > 1;

    public override int PagesWanted => PagedKvCache.PagesFor(_tokens.Count + 1) - _sequence.Pages.Count;

    private Span<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    public override void Enter(PagedKvCache cache)
    {
        int matched = Match(cache);
        CachedTokens = Started ? CachedTokens : matched;
    }

    public override bool Plan(Pass pass, PagedKvCache cache, int budget)
    {
        // Another text with the same beginning may have gone ahead since.
        int matched = Prefilling ? Match(cache) : 0;
        CachedTokens += Started ? 0 : matched;
        int pending = _tokens.Count - _sequence.Length;
        int count = Math.Min(pending, Math.Max(1, budget));
        _draft = count == pending && Started && _drafter is not null ? Draft(Math.Min(MostDrafted, budget - count)) : DraftTree.Empty;
        if (!cache.TryReserve(_sequence, count + _draft.Tokens.Count))
        {
            _draft = DraftTree.Empty;
            if (!cache.TryReserve(_sequence, count))
            {
                return false;
            }
        }

        pass.Add(this, _sequence, [.. Tokens.Slice(_sequence.Length, count), .. _draft.Tokens], count == pending ? 1 + _draft.Tokens.Count : 0);
        return true;
    }

    public override void Take(Pass pass, PagedKvCache cache)
    {
        if (_sequence.Length >= _tokens.Count)
        {
            int computed = _tokens.Count;
            int passes = Started ? 1 : 0;
            _pass = pass;
            Verifier.Walk(_draft, _write, _acceptedNodes);
            _pass = null;
            Passes += passes;
            Drawn += passes * (_acceptedNodes.Count + 1);
            if (_draft.Tokens.Count > 0)
            {
                Drafted += _draft.Tokens.Count;
                Accepted += _acceptedNodes.Count;
                _drafter!.Learn(_draft.Tokens.Count, _acceptedNodes.Count);
            }

            // The cache now holds all that was proposed; only the accepted chain belongs to the text.
            cache.Truncate(_sequence, computed + _acceptedNodes.Count);
        }

        if (Request.Share)
        {
            cache.Publish(_sequence, Tokens);
        }
    }

    public override void Release(PagedKvCache cache) => cache.Truncate(_sequence, 0);

    public override void WriteEnd(FinishReason reason)
    {
        string rest = _text is null || _stops.Found ? "" : _stops.Push(_text.Flush()) + _stops.Flush();
        Stream.Write(new TokenEvent(null, rest, _stops.Found ? FinishReason.Stop : reason, Figures(Written)) { Sample = _sample });
    }

    /// <summary>Takes over known pages. The last token is always computed: its logits are wanted.</summary>
    private int Match(PagedKvCache cache) => cache.Match(_sequence, Tokens[..^1]);

    private bool Write(int node, out int token)
    {
        ReadOnlySpan<float> logits = _pass!.Logits(this).Slice((node + 1) * _vocabulary, _vocabulary);
        token = _sampler.Draw(logits, Tokens, Request.Prompt.Count);
        Start();
        if (_ends.Contains(token))
        {
            Finish = FinishReason.Stop;
            return false;
        }

        _tokens.Add(token);
        Written++;
        TokenEvent item = new(token, _text is null ? "" : _stops.Push(_text.Append(token))) { Sample = _sample };
        if (Request.LogProbabilities is { } count)
        {
            double normalizer = LogProbabilities.Normalizer(logits);
            item = item with { LogProbability = logits[token] - normalizer, Likeliest = LogProbabilities.Top(logits, normalizer, count) };
        }

        Stream.Write(item);
        Finish = _stops.Found ? FinishReason.Stop : Written >= _limit ? FinishReason.Length : null;
        return Finish is null;
    }

    /// <summary>A drafter may propose nonsense: only a chain of known tokens that fits is computed.</summary>
    private DraftTree Draft(int room)
    {
        room = Math.Min(room, _limit - Written - 1);
        DraftTree draft = room > 0 ? _drafter!.Propose(Tokens, room) : DraftTree.Empty;
        int good = 0;
        while (draft.IsChain && good < Math.Min(room, draft.Tokens.Count) && (uint)draft.Tokens[good] < (uint)_vocabulary)
        {
            good++;
        }

        return good == draft.Tokens.Count ? draft : DraftTree.Chain([.. draft.Tokens.Take(good)]);
    }
}
