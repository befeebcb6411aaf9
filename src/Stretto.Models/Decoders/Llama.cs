using Stretto.Nn;

namespace Stretto.Models.Decoders;

/// <summary>
/// The decoder of Llama (Touvron et al., 2023) and of its relatives Mistral, Qwen2 and Qwen3: pre-norm blocks of grouped-query attention
/// with rotary positions and a SwiGLU MLP.
/// </summary>
public sealed class Llama : CausalLM
{
    private readonly ModelConfig _config;
    private readonly Trunk _trunk;
    private readonly Linear? _head;
    private readonly Rope _rope;

    /// <param name="config">A validated configuration.</param>
    /// <param name="device">Where the parameters live.</param>
    public Llama(ModelConfig config, Device device)
    {
        _config = config;
        Device = device;
        _rope = new Rope(config.Rope.Table(config.HeadSize, config.MaxPositions), device);
        _trunk = Child("model", new Trunk(config, device));
        _head = config.TieEmbeddings ? null : Child("lm_head", new Linear(config.HiddenSize, config.VocabularySize, false, device));
    }

    /// <inheritdoc/>
    public override int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public override int MaxPositions => _config.MaxPositions;

    /// <inheritdoc/>
    public override CacheSpec CacheSpec => new(_config.Layers, _config.KvHeads, _config.HeadSize, _config.HeadSize);

    /// <inheritdoc/>
    public override Device Device { get; }

    /// <inheritdoc/>
    public override Tensor OutputWeight => _head?.Weight ?? _trunk.Embeddings.Weight;

    /// <inheritdoc/>
    public override Tensor Hidden(Batch batch) => _trunk.Forward(batch, _rope);

    /// <summary>
    /// Normal numbers of deviation 0.02, smaller by √(2 · layers) where a block adds to the residual (Radford et al., GPT-2, 2019);
    /// norms 1, biases 0.
    /// </summary>
    public override void Initialize(Generator generator)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        foreach ((string name, Tensor tensor) in Parameters())
        {
            if (tensor.Rank == 2)
            {
                bool residual = name.EndsWith("o_proj.weight", StringComparison.Ordinal)
                    || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
                generator.Normal(tensor, 0, residual ? 0.02 / Math.Sqrt(2 * _config.Layers) : 0.02);
            }
        }
    }

    private sealed class Trunk : Module
    {
        private readonly Block[] _blocks;
        private readonly RmsNorm _norm;

        public Trunk(ModelConfig config, Device device)
        {
            Embeddings = Child("embed_tokens", new Embedding(config.VocabularySize, config.HiddenSize, device: device));
            _blocks = new Block[config.Layers];
            for (int layer = 0; layer < _blocks.Length; layer++)
            {
                _blocks[layer] = Child($"layers.{layer}", new Block(config, layer, device));
            }

            _norm = Child("norm", new RmsNorm(config.HiddenSize, config.NormEpsilon, device: device));
        }

        public Embedding Embeddings { get; }

        public Tensor Forward(Batch batch, Rope rope)
        {
            (Tensor Cos, Tensor Sin) angles = rope.At(batch.PositionArray);
            Tensor x = Embeddings.Forward(batch.Tokens);
            batch.States?.Offer(0, x);
            for (int layer = 0; layer < _blocks.Length; layer++)
            {
                // What the graph needs it holds itself; the rest of a block's temporaries go back at once.
                using TensorScope scope = TensorScope.Begin();
                x = scope.Keep(_blocks[layer].Forward(x, batch, layer, angles));
                batch.States?.Offer(layer + 1, x);
            }

            return _norm.Forward(x);
        }
    }

    private sealed class Block : Module
    {
        private readonly RmsNorm _attentionNorm;
        private readonly Attention _attention;
        private readonly RmsNorm _mlpNorm;
        private readonly SwiGluMlp _mlp;

        public Block(ModelConfig config, int layer, Device device)
        {
            _attentionNorm = Child("input_layernorm", new RmsNorm(config.HiddenSize, config.NormEpsilon, device: device));
            AttentionShape shape = new(
                config.HiddenSize, config.Heads, config.KvHeads, config.HeadSize, config.AttentionBias, config.OutputBias,
                config.QkNorm, config.NormEpsilon, config.Window(layer));
            _attention = Child("self_attn", new Attention(shape, device));
            _mlpNorm = Child("post_attention_layernorm", new RmsNorm(config.HiddenSize, config.NormEpsilon, device: device));
            _mlp = Child("mlp", new SwiGluMlp(config.HiddenSize, config.IntermediateSize, config.MlpBias, device));
        }

        public Tensor Forward(Tensor x, Batch batch, int layer, (Tensor Cos, Tensor Sin) angles)
        {
            return HasHooks ? Hooked(x, Run) : Run(x);

            Tensor Run(Tensor y)
            {
                y += _attention.Forward(_attentionNorm.Forward(y), batch, layer, angles);
                return y + _mlp.Forward(_mlpNorm.Forward(y));
            }
        }
    }
}
