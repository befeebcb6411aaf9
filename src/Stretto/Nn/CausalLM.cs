namespace Stretto.Nn;

/// <summary>
/// A language model that predicts the next token. Split in two, because training, the last row of a prompt and draft heads want the
/// hidden states and not the logits of every token.
/// </summary>
public abstract class CausalLM : Module
{
    /// <summary>How many token ids there are.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>How many tokens a sequence may have.</summary>
    public abstract int MaxPositions { get; }

    /// <summary>What a cache for this model holds.</summary>
    public abstract CacheSpec CacheSpec { get; }

    /// <summary>Where the parameters live.</summary>
    public abstract Device Device { get; }

    /// <summary>The matrix [vocabulary, D] that hidden states are multiplied by.</summary>
    public abstract Tensor OutputWeight { get; }

    /// <summary>T tokens → [T, D], after the final norm.</summary>
    public abstract Tensor Hidden(Batch batch);

    /// <summary>[rows, D] → [rows, vocabulary].</summary>
    public virtual Tensor Logits(Tensor hidden) => Tensor.Linear(hidden, OutputWeight);

    /// <summary>Fills the parameters with random numbers to train from.</summary>
    public abstract override void Initialize(Generator generator);
}
