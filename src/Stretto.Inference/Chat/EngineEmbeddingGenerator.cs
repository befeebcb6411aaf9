using Microsoft.Extensions.AI;
using Stretto.Inference.Generation;

namespace Stretto.Inference.Chat;

/// <summary>
/// The engine as an embedding generator: a text's vector has length 1, so a dot product of two is their cosine. Does not own the engine.
/// </summary>
public sealed class EngineEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Engine _engine;
    private readonly EmbeddingPooling _pooling;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <param name="engine">Computes; it needs a tokenizer.</param>
    /// <param name="modelId">What results call the model.</param>
    /// <param name="pooling">How the vectors of the tokens become one.</param>
    /// <exception cref="ArgumentException">The model has no tokenizer.</exception>
    public EngineEmbeddingGenerator(Engine engine, string modelId = "stretto", EmbeddingPooling pooling = EmbeddingPooling.Mean)
    {
        _ = engine.Tokenizer ?? throw new ArgumentException("embeddings of texts need a model folder with tokenizer.json");
        _engine = engine;
        _pooling = pooling;
        _metadata = new EmbeddingGeneratorMetadata("stretto", defaultModelId: modelId, defaultModelDimensions: (int)engine.Model.OutputWeight.Shape[1]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is empty or longer than the context, or has fewer dimensions than asked for.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        string model = options?.ModelId ?? _metadata.DefaultModelId!;
        GeneratedEmbeddings<Embedding<float>> results = [];
        long tokens = 0;
        foreach (string text in values)
        {
            int[] ids = _engine.Tokenizer!.Encode(text, parseSpecial: false);
            tokens += ids.Length;
            float[] vector = await _engine.EmbedAsync(ids, _pooling, options?.Dimensions, cancellationToken).ConfigureAwait(false);
            results.Add(new Embedding<float>(vector) { ModelId = model, CreatedAt = DateTimeOffset.UtcNow });
        }

        results.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return results;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : null;
    }

    /// <summary>Nothing: the engine belongs to the caller.</summary>
    public void Dispose()
    {
    }
}
