using System.Diagnostics;
using Stretto.Inference.Sampling;
using Stretto.Inference.Speculative;
using Stretto.Models.Text;
using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>The course of one request: prompt in chunks, then passes that each draft, compute, verify and emit.</summary>
internal sealed class Generation
{
    private const int PrefillChunk = 256;
    private const int MostDrafted = 16;

    private readonly Engine _engine;
    private readonly PagedKvCache _cache;
    private readonly GenerationRequest _request;
    private readonly CachedSequence _sequence = new();
    private readonly Sampler _sampler;
    private readonly IDrafter? _drafter;
    private readonly DetokenizerStream? _text;
    private readonly StopText _stops;
    private readonly int _limit;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<int> _tokens;
    private TimeSpan _firstToken;
    private TimeSpan _prefill;
    private TimeSpan _decode;
    private int _passes;
    private int _drawn;
    private int _drafted;
    private int _accepted;

    public Generation(Engine engine, PagedKvCache cache, GenerationRequest request)
    {
        _engine = engine;
        _cache = cache;
        _request = request;
        _tokens = [.. request.Prompt];
        _sampler = new Sampler(request.Sampling, engine.Model.VocabularySize);
        _drafter = request.Speculate ? engine.NewDrafter() : null;
        _text = engine.Tokenizer?.CreateStream(skipSpecialTokens: true);
        _stops = new StopText(request.Stop);
        _limit = Math.Min(request.MaxTokens, engine.Model.MaxPositions - request.Prompt.Count);
    }

    private int Written => _tokens.Count - _request.Prompt.Count;

    public TokenEvent Cancelled() => End(FinishReason.Cancelled);

    public void Run(Action<TokenEvent> emit, CancellationToken cancellation)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        try
        {
            emit(End(Generate(emit, cancellation)));
        }
        finally
        {
            _cache.Truncate(_sequence, 0);
        }
    }

    private FinishReason Generate(Action<TokenEvent> emit, CancellationToken cancellation)
    {
        int[] prompt = [.. _request.Prompt];
        float[] logits = [];
        for (int at = 0; at < prompt.Length; at += PrefillChunk)
        {
            if (cancellation.IsCancellationRequested)
            {
                return FinishReason.Cancelled;
            }

            int[] chunk = prompt[at..Math.Min(prompt.Length, at + PrefillChunk)];
            logits = Forward(chunk, rows: at + chunk.Length == prompt.Length ? 1 : 0);
        }

        _prefill = Stopwatch.GetElapsedTime(_start);
        FinishReason? finish = Emit([_sampler.Draw(logits, 0)], emit);
        _firstToken = Stopwatch.GetElapsedTime(_start);
        long decoding = Stopwatch.GetTimestamp();
        while (finish is null)
        {
            finish = cancellation.IsCancellationRequested ? FinishReason.Cancelled : Pass(emit);
            _decode = Stopwatch.GetElapsedTime(decoding);
        }

        return finish.Value;
    }

    /// <summary>One pass: the newest token and what the drafter proposes behind it.</summary>
    private FinishReason? Pass(Action<TokenEvent> emit)
    {
        int room = Math.Min(MostDrafted, _limit - Written - 1);
        DraftTree draft = Safe(_drafter?.Propose(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens), room) ?? DraftTree.Empty, room);
        int[] input = [_tokens[^1], .. draft.Tokens];
        int vocabulary = _engine.Model.VocabularySize;
        float[] logits = Forward(input, rows: input.Length);
        int written = Written;
        (List<int> tokens, List<int> nodes) = Verifier.Walk(
            draft,
            (node, depth) => _sampler.Draw(logits.AsSpan((node + 1) * vocabulary, vocabulary), written + depth),
            token => _request.StopAtEnd && _engine.EndTokens.Contains(token));
        _passes++;
        _drawn += tokens.Count;
        if (draft.Tokens.Count > 0)
        {
            _drafted += draft.Tokens.Count;
            _accepted += nodes.Count;
            _drafter!.Learn(draft.Tokens.Count, nodes.Count);
        }

        // The cache now holds all that was proposed; only the accepted chain belongs to the text.
        _cache.Truncate(_sequence, _sequence.Length - draft.Tokens.Count + nodes.Count);
        return Emit(tokens, emit);
    }

    /// <summary>Runs tokens through the model and returns the logits of the last rows.</summary>
    private float[] Forward(int[] tokens, int rows)
    {
        using TensorScope scope = TensorScope.Begin();
        int past = _sequence.Length;
        _cache.Begin([_sequence], [tokens.Length]);
        Tensor hidden = _engine.Model.Hidden(Batch.Continued([tokens], [past], _cache, _engine.Model.Device));
        return rows == 0 ? [] : _engine.Model.Logits(hidden.Narrow(0, tokens.Length - rows, rows)).ToArray<float>();
    }

    private FinishReason? Emit(List<int> tokens, Action<TokenEvent> emit)
    {
        foreach (int token in tokens)
        {
            if (_request.StopAtEnd && _engine.EndTokens.Contains(token))
            {
                return FinishReason.Stop;
            }

            _tokens.Add(token);
            emit(new TokenEvent(token, _text is null ? "" : _stops.Push(_text.Append(token))));
            if (_stops.Found)
            {
                return FinishReason.Stop;
            }

            if (Written >= _limit)
            {
                return FinishReason.Length;
            }
        }

        return null;
    }

    private TokenEvent End(FinishReason reason)
    {
        string rest = _text is null || _stops.Found ? "" : _stops.Push(_text.Flush()) + _stops.Flush();
        return new TokenEvent(null, rest, reason, new GenerationStatistics(
            _request.Prompt.Count, Written, _firstToken, _prefill, _decode, _passes, _drawn, _drafted, _accepted));
    }

    /// <summary>A drafter may propose nonsense: only a chain of known tokens that fits is computed.</summary>
    private DraftTree Safe(DraftTree draft, int room)
    {
        int good = 0;
        while (draft.IsChain && good < Math.Min(room, draft.Tokens.Count) && (uint)draft.Tokens[good] < (uint)_engine.Model.VocabularySize)
        {
            good++;
        }

        return good == draft.Tokens.Count ? draft : DraftTree.Chain([.. draft.Tokens.Take(good)]);
    }
}
