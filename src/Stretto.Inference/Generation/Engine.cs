using System.Runtime.CompilerServices;
using Stretto.Inference.Speculative;
using Stretto.Models;
using Stretto.Models.Text;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Inference.Generation;

/// <summary>
/// Generates text from a model: the one generation loop, on which everything else is an adapter. Any number of requests, from any
/// threads, run together, and each gets the tokens that it would get alone.
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly Scheduler _scheduler;

    /// <param name="model">The model; it is frozen.</param>
    /// <param name="config">Its configuration, for the end tokens.</param>
    /// <param name="tokenizer">Turns tokens into text; null leaves the text of events empty.</param>
    /// <param name="options">How much it takes on at a time.</param>
    public Engine(CausalLM model, ModelConfig config, Tokenizer? tokenizer, EngineOptions? options = null)
    {
        model.Freeze();
        Model = model;
        Tokenizer = tokenizer;
        EndTokens = new HashSet<int>([
            .. config.EosTokenIds,
            .. tokenizer?.EosId is { } end ? [end] : Array.Empty<int>(),
            .. tokenizer is not null && ChatTemplate.For(tokenizer).TurnEndId is { } turn ? [turn] : Array.Empty<int>(),
        ]);
        _scheduler = new Scheduler(this, (options ?? new EngineOptions()).Validate());
    }

    /// <summary>The model.</summary>
    public CausalLM Model { get; }

    /// <summary>The tokenizer, if the folder has one.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlySet<int> EndTokens { get; }

    /// <summary>What runs and waits now, and what was done so far. From any thread.</summary>
    public EngineStatistics Statistics => _scheduler.Statistics;

    /// <summary>Makes the drafter of a request.</summary>
    internal Func<IDrafter> NewDrafter { get; init; } = static () => new RetrievalDrafter();

    /// <summary>An engine over a model folder: <c>config.json</c>, safetensors and, for text, <c>tokenizer.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where to compute; the CPU by default.</param>
    /// <param name="options">How much it takes on at a time.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFormatException">A file is broken, or its parts do not fit.</exception>
    public static Engine Load(string folder, Device? device = null, EngineOptions? options = null)
    {
        ModelConfig config = ModelConfig.Load(folder);
        Tokenizer? tokenizer = File.Exists(Path.Combine(folder, "tokenizer.json")) ? Tokenizer.Load(folder) : null;
        if (tokenizer?.VocabularySize > config.VocabularySize)
        {
            throw new ModelFormatException(
                folder, "tokenizer.json", $"it has {tokenizer.VocabularySize} tokens, the model {config.VocabularySize}; they do not belong together");
        }

        return new Engine(ModelRegistry.Load(folder, config, device), config, tokenizer, options);
    }

    /// <summary>
    /// Generates token by token. Each text of the stream ends with an event that says why and how fast. The stream may be read at any
    /// pace. Cancelling ends it with <see cref="FinishReason.Cancelled"/> after the pass that is under way; leaving the loop early frees
    /// everything, too.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty, outside the vocabulary or longer than the context, or an option is out of range.</exception>
    /// <exception cref="CacheBudgetException">The request needs more room than the engine's whole budget.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public async IAsyncEnumerable<TokenEvent> GenerateAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Check(request);
        RequestStream stream = _scheduler.Submit(request, cancellation);
        try
        {
            await foreach (TokenEvent item in stream.Events.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            stream.Stop();
            await stream.Done.ConfigureAwait(false);
        }
    }

    /// <summary>A vector of length 1 for a text, from the model's last hidden states.</summary>
    /// <param name="tokens">The text, at least one token.</param>
    /// <param name="pooling">How the vectors of the tokens become one.</param>
    /// <param name="dimensions">Keeps only so many numbers, for models trained for that; null keeps all.</param>
    /// <param name="cancellation">Cancels before it is computed.</param>
    /// <exception cref="ArgumentException">The text is empty, too long or outside the vocabulary, or has fewer dimensions.</exception>
    public Task<float[]> EmbedAsync(
        IReadOnlyList<int> tokens, EmbeddingPooling pooling = EmbeddingPooling.Mean, int? dimensions = null, CancellationToken cancellation = default)
    {
        CheckTokens("text", tokens, Model.MaxPositions);
        long most = Model.OutputWeight.Shape[1];
        return dimensions is null || (dimensions >= 1 && dimensions <= most)
            ? _scheduler.EmbedAsync(new EmbeddingJob([.. tokens], pooling, dimensions, cancellation))
            : throw new ArgumentException($"dimensions {dimensions} must lie between 1 and {most}");
    }

    /// <summary>Cancels all requests and frees the cache; the model belongs to the caller.</summary>
    public void Dispose() => _scheduler.Dispose();

    private void Check(GenerationRequest request)
    {
        request.Validate();
        request.Sampling.ValidateTokens(Model.VocabularySize);
        request.Beams?.Validate(Model.VocabularySize);
        CheckTokens("prompt", request.Prompt, Model.MaxPositions - 1);
        if (request.Stop.Count > 0 && Tokenizer is null)
        {
            throw new ArgumentException("stop texts need a model with a tokenizer");
        }
    }

    private void CheckTokens(string name, IReadOnlyList<int> tokens, int most)
    {
        if (tokens.Count == 0)
        {
            throw new ArgumentException($"the {name} is empty; give at least one token");
        }

        if (tokens.Count > most)
        {
            throw new ArgumentException(
                $"the {name} has {tokens.Count} tokens, more than the {most} that the model's context of {Model.MaxPositions} has room for; shorten it");
        }

        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)Model.VocabularySize)
            {
                throw new ArgumentException($"token {token} of the {name} is outside the vocabulary of {Model.VocabularySize}");
            }
        }
    }
}
