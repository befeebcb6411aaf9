using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Stretto.Bench;

/// <summary>The decoder of a <see cref="ModelShape"/> as PyTorch's users write it, in eager operations.</summary>
internal sealed class TorchLlama
{
    private readonly ModelShape _shape;
    private readonly Dictionary<string, Parameter> _weights = [];
    private readonly (Tensor K, Tensor V)[] _cache;
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    public TorchLlama(ModelShape shape, int cached)
    {
        _shape = shape;
        foreach ((string name, int[] sizes, float[] values) in shape.Weights())
        {
            _weights[name] = new Parameter(tensor(values, [.. sizes.Select(size => (long)size)]));
        }

        int half = shape.HeadSize / 2;
        Tensor frequencies = pow(ModelShape.RopeTheta, -arange(half, dtype: ScalarType.Float32) / half);
        Tensor angles = outer(arange(Math.Max(shape.T, cached) + 1, dtype: ScalarType.Float32), frequencies);
        (_cos, _sin) = (cat([angles, angles], -1).cos(), cat([angles, angles], -1).sin());
        _cache = new (Tensor, Tensor)[cached > 0 ? shape.Layers : 0];
        for (int i = 0; i < _cache.Length; i++)
        {
            _cache[i] = (zeros(1, shape.KvHeads, cached, shape.HeadSize), zeros(1, shape.KvHeads, cached, shape.HeadSize));
        }
    }

    public IEnumerable<Parameter> Parameters => _weights.Values;

    public static Tensor RmsNorm(Tensor x, Tensor weight) =>
        x * rsqrt(x.pow(2).mean([-1], keepdim: true) + ModelShape.NormEpsilon) * weight;

    public static Tensor Attention(Tensor q, Tensor k, Tensor v, bool causal) =>
        functional.scaled_dot_product_attention(q, k, v, is_casual: causal);

    /// <summary>Tokens [batch, T] → states [batch, T, width]; with a cache, tokens that come after <paramref name="past"/> others.</summary>
    public Tensor Hidden(Tensor tokens, long past = 0)
    {
        Tensor x = _weights["model.embed_tokens.weight"].index_select(0, tokens.reshape(-1)).reshape(tokens.shape[0], tokens.shape[1], _shape.Width);
        for (int i = 0; i < _shape.Layers; i++)
        {
            string at = $"model.layers.{i}";
            x = x + SelfAttention($"{at}.self_attn", i, RmsNorm(x, _weights[$"{at}.input_layernorm.weight"]), past);
            Tensor normed = RmsNorm(x, _weights[$"{at}.post_attention_layernorm.weight"]);
            Tensor inner = functional.silu(Linear($"{at}.mlp.gate_proj", normed)) * Linear($"{at}.mlp.up_proj", normed);
            x = x + Linear($"{at}.mlp.down_proj", inner);
        }

        return RmsNorm(x, _weights["model.norm.weight"]);
    }

    public Tensor Logits(Tensor hidden) => Linear("model.embed_tokens", hidden);

    private Tensor Linear(string name, Tensor x) => functional.linear(x, _weights[$"{name}.weight"]);

    private Tensor SelfAttention(string at, int layer, Tensor x, long past)
    {
        (long batch, long length) = (x.shape[0], x.shape[1]);
        Tensor Heads(string name, int heads) => Linear($"{at}.{name}", x).view(batch, length, heads, _shape.HeadSize).transpose(1, 2);

        Tensor q = Turn(Heads("q_proj", _shape.Heads), past);
        Tensor k = Turn(Heads("k_proj", _shape.KvHeads), past);
        Tensor v = Heads("v_proj", _shape.KvHeads);
        if (_cache.Length > 0)
        {
            (Tensor keys, Tensor values) = _cache[layer];
            keys.narrow(2, past, length).copy_(k);
            values.narrow(2, past, length).copy_(v);
            (k, v) = (keys.narrow(2, 0, past + length), values.narrow(2, 0, past + length));
        }

        if (_shape.KvHeads != _shape.Heads)
        {
            (k, v) = (k.repeat_interleave(_shape.Heads / _shape.KvHeads, 1), v.repeat_interleave(_shape.Heads / _shape.KvHeads, 1));
        }

        Tensor o = Attention(q, k, v, causal: length > 1);
        return Linear($"{at}.o_proj", o.transpose(1, 2).reshape(batch, length, _shape.Width));
    }

    private Tensor Turn(Tensor x, long past)
    {
        long half = _shape.HeadSize / 2;
        Tensor turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * _cos.narrow(0, past, x.shape[2])) + (turned * _sin.narrow(0, past, x.shape[2]));
    }
}

/// <summary>Training steps; the checksum is the losses of the first two.</summary>
internal sealed class TorchTrain : TorchWork
{
    private readonly TorchLlama _model;
    private readonly AdamW _optimizer;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly double _losses;

    public TorchTrain(ModelShape shape)
        : base(shape.Threads)
    {
        _model = new TorchLlama(shape, cached: 0);
        _optimizer = optim.AdamW(
            _model.Parameters, ModelShape.Rate, ModelShape.Beta1, ModelShape.Beta2, ModelShape.AdamEpsilon, weight_decay: 0.1);
        Tensor tokens = stack([.. Enumerable.Range(0, shape.Batch).Select(i => tensor(shape.Tokens(i)).to(ScalarType.Int64))]);
        _inputs = tokens;
        _targets = tokens.narrow(1, 1, shape.T - 1).reshape(-1);
        using DisposeScope scope = NewDisposeScope();
        _losses = Run().item<float>() + Run().item<float>();
    }

    public override double Checksum() => _losses;

    protected override Tensor Run()
    {
        _optimizer.zero_grad();
        Tensor hidden = _model.Hidden(_inputs);
        hidden = hidden.narrow(1, 0, hidden.shape[1] - 1);
        Tensor logits = _model.Logits(hidden);
        Tensor loss = functional.cross_entropy(logits.reshape(-1, logits.shape[2]), _targets);
        loss.backward();
        nn.utils.clip_grad_norm_(_model.Parameters, ModelShape.Clip);
        _optimizer.step();
        return loss;
    }
}

/// <summary>Greedy generation with a cache: of one token after T, or of T after one.</summary>
internal sealed class TorchGenerate : TorchWork
{
    private readonly TorchLlama _model;
    private readonly int[] _prompt;
    private readonly int _tokens;

    public TorchGenerate(ModelShape shape)
        : base(shape.Threads)
    {
        bool prefill = shape.Use == "prefill";
        _model = new TorchLlama(shape, shape.T + 1);
        _prompt = prefill ? shape.Tokens(0) : shape.Tokens(0)[..1];
        _tokens = prefill ? 1 : shape.T;
    }

    public override double Checksum()
    {
        using DisposeScope scope = NewDisposeScope();
        return Run().item<double>();
    }

    protected override Tensor Run()
    {
        using IDisposable off = no_grad();
        int[] next = _prompt;
        long past = 0;
        double sum = 0;
        for (int i = 0; i < _tokens; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor hidden = _model.Hidden(tensor(next).to(ScalarType.Int64).unsqueeze(0), past);
            past += next.Length;
            int token = (int)_model.Logits(hidden.narrow(1, next.Length - 1, 1)).argmax(-1).item<long>();
            sum += token * (1 + (i % 7));
            next = [token];
        }

        return tensor(sum);
    }
}
