using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stretto.Inference.Speculative;
using Stretto.Models;
using Stretto.Models.Text;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Inference.Generation;

/// <summary>
/// Generates text from a model: the one generation loop, on which everything else is an adapter. Requests from several threads take
/// turns.
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PagedKvCache _cache;

    /// <param name="model">The model; it is frozen.</param>
    /// <param name="config">Its configuration, for the end tokens.</param>
    /// <param name="tokenizer">Turns tokens into text; null leaves the text of events empty.</param>
    public Engine(CausalLM model, ModelConfig config, Tokenizer? tokenizer)
    {
        model.Freeze();
        Model = model;
        Tokenizer = tokenizer;
        EndTokens = new HashSet<int>([.. config.EosTokenIds, .. tokenizer?.EosId is { } end ? [end] : Array.Empty<int>()]);
        _cache = new PagedKvCache(model.CacheSpec, model.Device);
    }

    /// <summary>The model.</summary>
    public CausalLM Model { get; }

    /// <summary>The tokenizer, if the folder has one.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlySet<int> EndTokens { get; }

    /// <summary>Makes the drafter of a request.</summary>
    internal Func<IDrafter> NewDrafter { get; init; } = static () => new RetrievalDrafter();

    /// <summary>An engine over a model folder: <c>config.json</c>, safetensors and, for text, <c>tokenizer.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where to compute; the CPU by default.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFormatException">A file is broken, or its parts do not fit.</exception>
    public static Engine Load(string folder, Device? device = null)
    {
        ModelConfig config = ModelConfig.Load(folder);
        Tokenizer? tokenizer = File.Exists(Path.Combine(folder, "tokenizer.json")) ? Tokenizer.Load(folder) : null;
        if (tokenizer?.VocabularySize > config.VocabularySize)
        {
            throw new ModelFormatException(
                folder, "tokenizer.json", $"it has {tokenizer.VocabularySize} tokens, the model {config.VocabularySize}; they do not belong together");
        }

        return new Engine(ModelRegistry.Load(folder, config, device), config, tokenizer);
    }

    /// <summary>
    /// Generates token by token. The stream ends with an event that says why and how fast. Cancelling ends it with
    /// <see cref="FinishReason.Cancelled"/> after the pass that is under way; leaving the loop early frees everything, too.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty, outside the vocabulary or longer than the context, or an option is out of range.</exception>
    public async IAsyncEnumerable<TokenEvent> GenerateAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Check(request);
        Generation generation = new(this, _cache, request);
        Channel<TokenEvent> events = Channel.CreateUnbounded<TokenEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task work = Task.Run(() => RunAsync(generation, events.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (TokenEvent item in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>Frees the cache; the model belongs to the caller.</summary>
    public void Dispose()
    {
        _cache.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync(Generation generation, ChannelWriter<TokenEvent> events, CancellationToken cancellation)
    {
        try
        {
            try
            {
                await _turn.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                events.TryWrite(generation.Cancelled());
                return;
            }

            try
            {
                generation.Run(e => events.TryWrite(e), cancellation);
            }
            finally
            {
                _turn.Release();
            }
        }
#pragma warning disable CA1031 // the reader of the stream gets the exception
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.TryComplete(e);
        }
        finally
        {
            events.TryComplete();
        }
    }

    private void Check(GenerationRequest request)
    {
        request.Sampling.Validate();
        if (request.Prompt.Count == 0)
        {
            throw new ArgumentException("the prompt is empty; give at least one token");
        }

        if (request.Prompt.Count >= Model.MaxPositions)
        {
            throw new ArgumentException(
                $"the prompt has {request.Prompt.Count} tokens, the model's context {Model.MaxPositions}; shorten the prompt to leave room for an answer");
        }

        foreach (int token in request.Prompt)
        {
            if ((uint)token >= (uint)Model.VocabularySize)
            {
                throw new ArgumentException($"token {token} of the prompt is outside the vocabulary of {Model.VocabularySize}");
            }
        }

        if (request.MaxTokens < 1)
        {
            throw new ArgumentException($"max_tokens {request.MaxTokens} must be at least 1");
        }

        if (request.Stop.Any(s => s.Length == 0) || (request.Stop.Count > 0 && Tokenizer is null))
        {
            throw new ArgumentException("stop texts must not be empty and need a model with a tokenizer");
        }
    }
}
