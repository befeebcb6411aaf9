namespace Stretto.Bench;

/// <summary>A decoder in Llama's style with tied embeddings, and how it is used.</summary>
/// <param name="Use"><c>train-step</c>, or <c>prefill</c> or <c>decode</c> of the generation.</param>
/// <param name="Batch">Sequences of a training step.</param>
/// <param name="T">Tokens of a sequence: trained on, of the prompt, or generated.</param>
internal sealed record ModelShape(
    string Use, int Layers, int Width, int Inner, int Heads, int KvHeads, int Vocabulary, int Batch, int T, int Threads)
{
    public const double NormEpsilon = 1e-6;
    public const double RopeTheta = 10_000;
    public const double Rate = 1e-4;
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.95;
    public const double AdamEpsilon = 1e-8;
    public const double Clip = 1;

    public int HeadSize => Width / Heads;

    public double Parameters => ((double)Vocabulary * Width) + Layers * MatrixWeights;

    /// <summary>Matrix products and the seen half of attention, forward; backward is twice that.</summary>
    public double StepFlops => 3 * (ProductFlops + AttentionFlops);

    public double ProductFlops => 2.0 * Batch * T * Parameters;

    public double AttentionFlops => 4.0 * Batch * Layers * T * T * Width / 2;

    private double MatrixWeights => ((2.0 * Width * Width) + (2.0 * Width * KvHeads * HeadSize)) + (3.0 * Width * Inner);

    public static ModelShape Parse(string[] words) => new(
        words[0], Words.Int(words[1]), Words.Int(words[2]), Words.Int(words[3]), Words.Int(words[4]), Words.Int(words[5]),
        Words.Int(words[6]), Words.Int(words[7]), Words.Int(words[8]), Words.Int(words[9]));

    public string[] Job() => Words.Of($"{Use} {Layers} {Width} {Inner} {Heads} {KvHeads} {Vocabulary} {Batch} {T} {Threads}");

    /// <summary>Name, shape and numbers of each parameter, in Hugging Face's names.</summary>
    public IEnumerable<(string Name, int[] Shape, float[] Values)> Weights()
    {
        uint seed = 1;
        yield return Matrix("model.embed_tokens", Vocabulary, Width);
        for (int i = 0; i < Layers; i++)
        {
            string at = $"model.layers.{i}";
            yield return Matrix($"{at}.self_attn.q_proj", Width, Width);
            yield return Matrix($"{at}.self_attn.k_proj", KvHeads * HeadSize, Width);
            yield return Matrix($"{at}.self_attn.v_proj", KvHeads * HeadSize, Width);
            yield return Matrix($"{at}.self_attn.o_proj", Width, Width);
            yield return Matrix($"{at}.mlp.gate_proj", Inner, Width);
            yield return Matrix($"{at}.mlp.up_proj", Inner, Width);
            yield return Matrix($"{at}.mlp.down_proj", Width, Inner);
            yield return Norm($"{at}.input_layernorm");
            yield return Norm($"{at}.post_attention_layernorm");
        }

        yield return Norm("model.norm");

        (string, int[], float[]) Matrix(string name, int rows, int columns) =>
            ($"{name}.weight", [rows, columns], Numbers.Array((long)rows * columns, seed++, 0.12f));

        (string, int[], float[]) Norm(string name) => ($"{name}.weight", [Width], [.. Enumerable.Repeat(1f, Width)]);
    }

    /// <summary>Token ids of a sequence.</summary>
    public int[] Tokens(int sequence) => [.. Numbers.Integers(T, 1000 + (uint)sequence, Vocabulary).Select(id => (int)id)];
}
