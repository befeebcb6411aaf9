using Stretto.Weights;

namespace Stretto.Models;

/// <summary>
/// The configuration of a decoder in the style of Llama and Qwen, as a Hugging Face <c>config.json</c> holds it.
/// </summary>
public sealed record ModelConfig
{
    internal const int MostPositions = 1 << 24;

    /// <summary>The families that are read and written.</summary>
    public static IReadOnlyList<string> Families { get; } = ["llama", "mistral", "qwen2", "qwen3"];

    /// <summary>The family, one of <see cref="Families"/>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>D, the size of a token's vector.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The size inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Size of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Tokens that a sequence may have.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Added to the mean square in norms.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Whether q, k and v have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the attention's output has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether the MLP has biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether each query and key head is normalised.</summary>
    public bool QkNorm { get; init; }

    /// <summary>Positions.</summary>
    public RopeConfig Rope { get; init; } = new(10_000);

    /// <summary>The type that the weights are stored as.</summary>
    public DType StoredAs { get; init; } = DType.Float32;

    /// <summary>The token that begins a text, if any.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The token that fills up shorter texts elsewhere, if any; nothing here pads.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>
    /// Per layer, how many tokens back a token sees besides itself (−1 for all); empty means all in every layer.
    /// </summary>
    public IReadOnlyList<int> Windows { get; init; } = [];

    /// <summary>The window of a layer, −1 for none.</summary>
    public int Window(int layer) => layer < Windows.Count ? Windows[layer] : -1;

    /// <summary>Checks that the sizes make a model.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the key and the range.
    /// </exception>
    public ModelConfig Validate() =>
        Problem() is { } problem ? throw new ArgumentException($"{problem.Key}: {problem.Problem}") : this;

    /// <summary>Reads <c>config.json</c>, in the keys of old and of new checkpoints.</summary>
    /// <param name="path">A model folder or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">A key is missing, of a wrong type or out of range.</exception>
    public static ModelConfig Load(string path) =>
        ModelConfigReader.Read(Directory.Exists(path) ? Path.Combine(path, "config.json") : path);

    /// <summary>Writes <c>config.json</c> so that transformers, 4 and 5, loads it.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range, or the family has no key for it, so that it would be lost.
    /// </exception>
    /// <exception cref="IOException">The folder cannot be written; an old file is kept.</exception>
    public void Save(string folder) => ModelConfigWriter.Write(this, Path.Combine(folder, "config.json"));

    /// <summary>The first key whose value makes no model, and what its range is.</summary>
    internal (string Key, string Problem)? Problem() =>
        Families.Contains(ModelType)
            ? Range("vocab_size", VocabularySize, 1, 1 << 24)
                ?? Range("hidden_size", HiddenSize, 1, 1 << 18)
                ?? Range("intermediate_size", IntermediateSize, 1, 1 << 20)
                ?? Range("num_hidden_layers", Layers, 1, 1024)
                ?? Range("num_attention_heads", Heads, 1, 4096)
                ?? Range("num_key_value_heads", KvHeads, 1, Heads)
                ?? Require(
                    Heads % KvHeads == 0, "num_key_value_heads", $"{KvHeads} must divide num_attention_heads {Heads}")
                ?? Range("head_dim", HeadSize, 2, 4096)
                ?? Require(HeadSize % 2 == 0, "head_dim", $"{HeadSize} must be even, since rotary positions turn pairs")
                ?? Range("max_position_embeddings", MaxPositions, 1, MostPositions)
                ?? Require(NormEpsilon is > 0 and < 1, "rms_norm_eps", $"{NormEpsilon} must lie between 0 and 1")
                ?? Require(StoredAs.IsFloatingPoint(), "dtype", $"{StoredAs.Name()} is no floating-point type")
                ?? Token("bos_token_id", BosTokenId) ?? Token("pad_token_id", PadTokenId)
                ?? EosTokenIds.Select(id => Token("eos_token_id", id)).FirstOrDefault(problem => problem is not null)
                ?? Require(
                    Windows.Count == 0 || Windows.Count == Layers, "layer_types",
                    $"{Windows.Count} windows for {Layers} layers")
                ?? Require(
                    Windows.All(w => w is >= -1 and < MostPositions), "sliding_window",
                    $"must lie between 1 and {MostPositions}")
                ?? Rope.Problem(HeadSize)
            : ("model_type", $"architecture '{ModelType}' is not supported; supported: {string.Join(", ", Families)}");

    private (string, string)? Token(string key, int? id) =>
        id is { } value ? Range(key, value, 0, VocabularySize - 1) : null;

    private static (string, string)? Range(string key, int value, int least, int most) =>
        Require(value >= least && value <= most, key, $"{value} must lie between {least} and {most}");

    private static (string, string)? Require(bool holds, string key, string problem) => holds ? null : (key, problem);
}
