using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stretto.Nn;

namespace Stretto.Tests.Golden;

/// <summary>Small networks of PyTorch: recurrent, attention, layers, and 30 training steps of several.</summary>
/// <remarks>Kinds go by the beginning of a name; sizes come from the stored tensors, options from the words of the description.</remarks>
[Trait("Category", "Golden")]
public sealed partial class GoldenNets
{
    /// <summary>The longest beginning of a name that is here says what a case is.</summary>
    private static readonly Dictionary<string, Action<GoldenNet, Description>> Kinds = new()
    {
        ["rnn"] = Plain,
        ["rnn_cell"] = Cell,
        ["rnn_training"] = RecurrentTraining,
        ["lstm"] = Lstm,
        ["lstm_cell"] = Cell,
        ["lstm_training"] = RecurrentTraining,
        ["gru"] = Gru,
        ["gru_cell"] = Cell,
        ["gru_training"] = RecurrentTraining,
        ["mha"] = Mha,
        ["embedding"] = Embedding,
        ["weight_tying"] = WeightTying,
        ["encoder"] = Encoder,
        ["encoder_layer"] = EncoderLayer,
        ["decoder"] = Decoder,
        ["decoder_layer"] = DecoderLayer,
        ["transformer_training"] = TransformerTraining,
        ["mlp"] = Mlp,
        ["cnn"] = Cnn,
        ["batchnorm"] = BatchNorms,
    };

    private static readonly Dictionary<string, Description> Descriptions = Describe();

    public static TheoryData<string> Names() => GoldenFolder.OrAbsent([.. Descriptions.Keys]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Net(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        bool pending = GoldenFolder.Pending("nets").TryGetValue(name, out string? capability);
        try
        {
            using TensorScope scope = TensorScope.Begin();
            string kind = Kinds.Keys.Where(k => name.StartsWith(k, StringComparison.Ordinal)).MaxBy(k => k.Length)
                ?? throw new NotSupportedException($"{name} is not there yet");
            using GoldenNet net = new(name);
            Kinds[kind](net, Descriptions[name]);
        }
        catch (Exception e) when (pending)
        {
            Assert.Skip($"nets/{name} waits for {capability} ({e.GetType().Name})");
        }

        Assert.False(pending, $"nets/{name} passes: take it off tests/golden-pending.txt");
    }

    private static void Cell(GoldenNet net, Description golden)
    {
        (long inputs, long hidden) = (Columns(net, "weight_ih"), Columns(net, "weight_hh"));
        bool bias = net.Has("state.bias_ih");
        switch (net.Read("state.weight_ih").Shape[0] / hidden)
        {
            case 4:
                LstmCell lstm = net.Load(new LstmCell(inputs, hidden, bias));
                (Tensor h, Tensor c) = lstm.Forward(net.In("x"), (net.In("h"), net.In("c")));
                net.Outputs(lstm, ("h", h), ("c", c));
                break;
            case 3:
                GruCell gru = net.Load(new GruCell(inputs, hidden, bias));
                net.Outputs(gru, ("h", gru.Forward(net.In("x"), net.In("h"))));
                break;
            default:
                RnnCell rnn = net.Load(new RnnCell(inputs, hidden, bias, golden.Says("relu")));
                net.Outputs(rnn, ("h", rnn.Forward(net.In("x"), net.In("h"))));
                break;
        }
    }

    private static void Lstm(GoldenNet net, Description golden)
    {
        Lstm lstm = net.Load(MakeLstm(net, golden, ""));
        (Tensor, Tensor)? state = net.Has("in.h0") ? (net.In("h0"), net.In("c0")) : null;
        (Tensor y, Tensor h, Tensor c) = lstm.Forward(net.In("x"), state);
        net.Outputs(lstm, ("y", y), ("hn", h), ("cn", c));
    }

    private static void Gru(GoldenNet net, Description golden)
    {
        Gru gru = net.Load(MakeGru(net, golden, ""));
        (Tensor y, Tensor h) = gru.Forward(net.In("x"), Optional(net, "h0"));
        net.Outputs(gru, ("y", y), ("hn", h));
    }

    private static void Plain(GoldenNet net, Description golden)
    {
        Rnn rnn = net.Load(MakeRnn(net, golden, ""));
        (Tensor y, Tensor h) = rnn.Forward(net.In("x"), Optional(net, "h0"));
        net.Outputs(rnn, ("y", y), ("hn", h));
    }

    private static void RecurrentTraining(GoldenNet net, Description golden)
    {
        long gates = net.Read("state.rnn.weight_ih_l0").Shape[0] / Columns(net, "rnn.weight_hh_l0");
        Recurrent rnn = gates == 4 ? MakeLstm(net, golden, "rnn.") : gates == 3 ? MakeGru(net, golden, "rnn.") : MakeRnn(net, golden, "rnn.");
        Shape head = net.Read("state.head.weight").Shape;
        Both module = net.Load(new Both(rnn, new Linear(head[1], head[0], net.Has("state.head.bias"))));
        (Tensor x, Tensor labels) = (net.Read("in.x"), net.Read("in.labels"));
        net.Train(module, golden.Training, step =>
        {
            Tensor input = x.Select(0, step);
            Tensor output = rnn switch
            {
                Lstm lstm => lstm.Forward(input).Output,
                Gru gru => gru.Forward(input).Output,
                _ => ((Rnn)rnn).Forward(input).Output,
            };
            return MeanLoss(module.Head.Forward(output.Select(rnn.Settings.BatchFirst ? 1 : 0, -1)), labels.Select(0, step));
        });
    }

    private static void Mha(GoldenNet net, Description golden)
    {
        bool cross = net.Has("state.q_proj_weight");
        long size = net.Read("state.out_proj.weight").Shape[0];
        MultiheadAttention mha = net.Load(new MultiheadAttention(
            size, golden.Heads(size), 0, net.Has("state.in_proj_bias"), net.Has("state.bias_k"), golden.Says("add_zero_attn=True"),
            cross ? Columns(net, "k_proj_weight") : null, cross ? Columns(net, "v_proj_weight") : null, !golden.Says("[T, B, E]")));
        Tensor q = net.In(net.Has("in.q") ? "q" : "x");
        bool perHead = net.Has("out.weights") && net.Read("out.weights").Rank == 4;
        (Tensor y, Tensor? weights) = mha.Forward(
            q, net.Has("in.k") ? net.In("k") : q, net.Has("in.v") ? net.In("v") : q, Optional(net, "key_padding_mask"),
            attnMask: Optional(net, "attn_mask"), averageAttnWeights: !perHead);
        net.Outputs(mha, net.Has("out.weights") ? [("y", y), ("weights", weights!)] : [("y", y)]);
    }

    private static void WeightTying(GoldenNet net, Description golden)
    {
        Shape table = net.Read("state.embed.weight").Shape;
        (Tensor x, Tensor labels) = (net.Read("in.x").To(DType.Int64), net.Read("in.labels"));
        Tied untied = new(table, tie: false);
        untied.LoadStateDict(new Dictionary<string, Tensor>
        {
            ["embed.weight"] = net.Read("state.embed.weight"),
            ["mix.weight"] = net.Read("state.mix.weight"),
            ["mix.bias"] = net.Read("state.mix.bias"),
            ["head.weight"] = net.Read("state.embed.weight"),
        });
        MeanLoss(untied.Forward(x.Select(0, 0)), labels.Select(0, 0)).Backward();
        foreach ((string key, Tensor parameter) in untied.Parameters().Where(p => net.Has("untied.grad." + p.Key)))
        {
            net.Near("untied.grad." + key, parameter.Grad!, 1e-4);
        }

        Tied module = net.Load(new Tied(table, tie: true));
        Assert.Equal(3, module.Parameters().Count);
        net.Train(module, golden.Training, step => MeanLoss(module.Forward(x.Select(0, step)), labels.Select(0, step)));
    }

    private static void Embedding(GoldenNet net, Description golden)
    {
        Shape table = net.Read("state.weight").Shape;
        Embedding embedding = net.Load(new Embedding(
            table[0], table[1], golden.Number("padding_idx") is { } row ? (long)row : null, golden.Says("scale_grad_by_freq=True")));
        net.Outputs(embedding, ("y", embedding.Forward(net.Read("in.ids").To(DType.Int64))));
    }

    private static Lstm MakeLstm(GoldenNet net, Description golden, string prefix)
    {
        RecurrentOptions o = OptionsOf(net, golden, prefix);
        long projection = net.Has($"state.{prefix}weight_hr_l0") ? net.Read($"state.{prefix}weight_hr_l0").Shape[0] : 0;
        return new Lstm(
            Columns(net, prefix + "weight_ih_l0"), net.Read($"state.{prefix}weight_hh_l0").Shape[0] / 4, o.NumLayers, o.Bias, o.BatchFirst,
            o.Dropout, o.Bidirectional, projection);
    }

    private static Gru MakeGru(GoldenNet net, Description golden, string prefix)
    {
        RecurrentOptions o = OptionsOf(net, golden, prefix);
        return new Gru(
            Columns(net, prefix + "weight_ih_l0"), Columns(net, prefix + "weight_hh_l0"), o.NumLayers, o.Bias, o.BatchFirst, o.Dropout,
            o.Bidirectional);
    }

    private static Rnn MakeRnn(GoldenNet net, Description golden, string prefix)
    {
        RecurrentOptions o = OptionsOf(net, golden, prefix);
        return new Rnn(
            Columns(net, prefix + "weight_ih_l0"), Columns(net, prefix + "weight_hh_l0"), o.NumLayers, golden.Says("relu"), o.Bias,
            o.BatchFirst, o.Dropout, o.Bidirectional);
    }

    private static RecurrentOptions OptionsOf(GoldenNet net, Description golden, string prefix) => new(
        Enumerable.Range(0, 99).Count(l => net.Has($"state.{prefix}weight_ih_l{l}")), net.Has($"state.{prefix}bias_ih_l0"),
        golden.Says("batch_first"), 0, net.Has($"state.{prefix}weight_ih_l0_reverse"));

    private static Tensor MeanLoss(Tensor logits, Tensor labels) =>
        Tensor.CrossEntropySum(logits, labels.To(DType.Int64).Contiguous()) / labels.Count;

    private static long Columns(GoldenNet net, string key) => net.Read("state." + key).Shape[1];

    private static Tensor? Optional(GoldenNet net, string key) => net.Has("in." + key) ? net.In(key) : null;

    private static Dictionary<string, Description> Describe()
    {
        Dictionary<string, Description> all = [];
        string folder = GoldenFolder.Of("train", "run", "nets");
        if (!File.Exists(Path.Combine(folder, "index.json")))
        {
            return all;
        }

        foreach (JsonElement file in GoldenFolder.Json("train", "run", "nets", "index.json").GetProperty("descriptions").EnumerateArray())
        {
            JsonElement golden = GoldenFolder.Json("train", "run", "nets", file.GetString()!);
            if (!golden.TryGetProperty("files", out JsonElement files))
            {
                all[Path.GetFileNameWithoutExtension(file.GetString()!)] = new Description(golden, []);
                continue;
            }

            string[] siblings = [.. files.EnumerateObject().Select(f => Description.TextOf(f.Value))];
            foreach (JsonProperty net in files.EnumerateObject())
            {
                all[net.Name] = new Description(net.Value, siblings);
            }
        }

        return all;
    }

    /// <summary>What the JSON says of a case.</summary>
    /// <param name="Json">Its entry.</param>
    /// <param name="Siblings">The modules of the cases in the same file.</param>
    private sealed record Description(JsonElement Json, string[] Siblings)
    {
        public JsonElement Training => Json.GetProperty("training");

        public string Text => TextOf(Json);

        public static string TextOf(JsonElement json) => json.TryGetProperty("module", out JsonElement text) ? text.GetString()! : "";

        public bool Says(string words) => Text.Contains(words, StringComparison.OrdinalIgnoreCase);

        /// <summary>The number behind <c>key=</c>, or null.</summary>
        public double? Number(string key) => Regex.Match(Text, key + @"=([-+0-9.e]*[0-9])") is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

        /// <summary>Heads: the second number behind the module's name; a case that does not tell has those of the others in its file.</summary>
        public int Heads(long size)
        {
            foreach (string text in (string[])[Text, .. Siblings])
            {
                if (Regex.Match(text, @"\((\d+), (\d+)") is { Success: true } match
                    && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) == size)
                {
                    return int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
                }
            }

            throw new NotSupportedException($"no description tells how many heads a size of {size} has");
        }
    }

    private sealed class Both : Module
    {
        public Both(Recurrent rnn, Linear head)
        {
            Child("rnn", rnn);
            Head = Child("head", head);
        }

        public Linear Head { get; }
    }

    private sealed class Tied : Layer
    {
        private readonly Embedding _embed;
        private readonly Linear _mix;
        private readonly Linear _head;

        public Tied(Shape table, bool tie)
        {
            _embed = Child("embed", new Embedding(table[0], table[1]));
            _mix = Child("mix", new Linear(table[1], table[1]));
            _head = Child("head", tie ? new Linear(_embed.Weight) : new Linear(table[1], table[0], bias: false));
        }

        protected override Tensor ForwardCore(Tensor x) => _head.Forward(_mix.Forward(_embed.Forward(x)).Tanh());
    }
}
