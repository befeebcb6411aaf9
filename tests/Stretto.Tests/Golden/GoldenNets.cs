using System.Text.Json;
using Stretto.Nn;
using Stretto.Training.Optimizers;

namespace Stretto.Tests.Golden;

/// <summary>Small networks of PyTorch: recurrent, attention, layers, and 30 training steps of several.</summary>
[Trait("Category", "Golden")]
public sealed partial class GoldenNets
{
    private static readonly Dictionary<string, Action<string, JsonElement>> Nets = new()
    {
        ["lstm_cell"] = (n, _) => With(n, net =>
        {
            LstmCell cell = net.Load(new LstmCell(Columns(net, "weight_ih"), Columns(net, "weight_hh"), Device.Cpu));
            (Tensor h, Tensor c) = cell.Forward(net.In("x"), net.In("h"), net.In("c"));
            net.Outputs(cell, ("h", h), ("c", c));
        }),
        ["gru_cell"] = (n, _) => With(n, net =>
        {
            GruCell cell = net.Load(new GruCell(Columns(net, "weight_ih"), Columns(net, "weight_hh"), Device.Cpu));
            net.Outputs(cell, ("h", cell.Forward(net.In("x"), net.In("h"))));
        }),
        ["lstm"] = Lstm,
        ["lstm_2layer_bidirectional"] = Lstm,
        ["lstm_no_bias"] = Lstm,
        ["lstm_projection"] = Lstm,
        ["gru"] = Gru,
        ["gru_2layer_bidirectional"] = Gru,
        ["gru_no_bias"] = Gru,
        ["lstm_training"] = RecurrentTraining,
        ["gru_training"] = RecurrentTraining,
        ["mha_self"] = Mha,
        ["mha_self_causal"] = Mha,
        ["mha_float_mask"] = Mha,
        ["mha_cross_padding"] = Mha,
        ["mha_zero_attn"] = Mha,
        ["weight_tying"] = WeightTying,
        ["embedding"] = Embedding,
        ["embedding_padding_idx"] = Embedding,
        ["encoder_layer_post"] = EncoderLayer,
        ["encoder_layer_pre"] = EncoderLayer,
        ["encoder_2_layers"] = Encoder,
        ["decoder_layer_post"] = DecoderLayer,
        ["decoder_layer_pre"] = DecoderLayer,
        ["decoder_2_layers"] = Decoder,
        ["transformer_training"] = TransformerTraining,
        ["mlp_spiral"] = Spiral,
        ["cnn_digits"] = Cnn,
        ["batchnorm1d"] = BatchNorms,
        ["batchnorm2d"] = BatchNorms,
        ["batchnorm1d_cumulative"] = BatchNorms,
        ["batchnorm1d_no_stats"] = BatchNorms,
        ["batchnorm1d_sequence"] = BatchNorms,
    };

    private static readonly Dictionary<string, JsonElement> Descriptions = Describe();

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
            (Nets.TryGetValue(name, out Action<string, JsonElement>? run) ? run : throw new NotSupportedException($"{name} is not there yet"))(
                name, Descriptions[name]);
        }
        catch (Exception e) when (pending)
        {
            Assert.Skip($"nets/{name} waits for {capability} ({e.GetType().Name})");
        }

        Assert.False(pending, $"nets/{name} passes: take it off tests/golden-pending.txt");
    }

    private static void Lstm(string name, JsonElement golden) => With(name, net =>
    {
        Lstm lstm = net.Load(new Lstm(ShapeOf(net, golden, 4), Device.Cpu));
        (Tensor y, Tensor h, Tensor c) = lstm.Forward(net.In("x"), (net.In("h0"), net.In("c0")));
        net.Outputs(lstm, ("y", y), ("hn", h), ("cn", c));
    });

    private static void Gru(string name, JsonElement golden) => With(name, net =>
    {
        Gru gru = net.Load(new Gru(ShapeOf(net, golden, 3), Device.Cpu));
        (Tensor y, Tensor h) = gru.Forward(net.In("x"), net.In("h0"));
        net.Outputs(gru, ("y", y), ("hn", h));
    });

    private static void RecurrentTraining(string name, JsonElement golden) => With(name, net =>
    {
        int gates = name.StartsWith("lstm", StringComparison.Ordinal) ? 4 : 3;
        RecurrentShape shape = new(
            (int)net.Read("state.rnn.weight_ih_l0").Shape[1], (int)net.Read("state.rnn.weight_hh_l0").Shape[1], BatchFirst: true);
        Recurrent rnn = gates == 4 ? new Lstm(shape, Device.Cpu) : new Gru(shape, Device.Cpu);
        Both module = net.Load(new Both(rnn, shape.Hidden, (int)net.Read("state.head.weight").Shape[0]));
        Tensor x = net.Read("in.x");
        Tensor labels = net.Read("in.labels");
        Adam optimizer = new([new ParameterGroup(module.Parameters())], new AdamOptions());
        net.Train(module, optimizer, Rate(golden), golden.GetProperty("training"), step =>
        {
            Tensor input = x.Narrow(0, step, 1).Squeeze(0);
            Tensor output = rnn is Lstm lstm ? lstm.Forward(input).Output : ((Gru)rnn).Forward(input).Output;
            Tensor last = output.Narrow(1, output.Shape[1] - 1, 1).Squeeze(1);
            return MeanLoss(module.Head.Forward(last), labels.Narrow(0, step, 1).Squeeze(0));
        });
    });

    private static void Mha(string name, JsonElement golden) => With(name, net =>
    {
        bool cross = net.Has("state.q_proj_weight");
        bool timeFirst = golden.TryGetProperty("module", out JsonElement module) && module.GetString()!.Contains("[T, B, E]", StringComparison.Ordinal);
        int size = (int)net.Read("state.out_proj.weight").Shape[0];
        int keys = cross ? (int)net.Read("state.k_proj_weight").Shape[1] : size;
        int values = cross ? (int)net.Read("state.v_proj_weight").Shape[1] : size;
        MultiheadAttention mha = net.Load(new MultiheadAttention(
            new MultiheadShape(size, 4, net.Has("state.in_proj_bias"), keys, values, !timeFirst, name.Contains("zero", StringComparison.Ordinal)),
            Device.Cpu));
        Tensor q = net.In(cross ? "q" : "x");
        (Tensor y, Tensor weights) = mha.Forward(
            q, cross ? net.In("k") : q, cross ? net.In("v") : q, net.Has("in.attn_mask") ? net.In("attn_mask") : null,
            net.Has("in.key_padding_mask") ? net.In("key_padding_mask") : null);
        if (!net.Has("out.weights"))
        {
            net.Outputs(mha, ("y", y));
            return;
        }

        bool perHead = net.Read("out.weights").Rank == 4;
        net.Outputs(mha, ("y", y), ("weights", perHead ? weights : weights.Mean([1])));
    });

    private static void WeightTying(string name, JsonElement golden) => With(name, net =>
    {
        Tied module = net.Load(new Tied((int)net.Read("state.embed.weight").Shape[0], (int)net.Read("state.embed.weight").Shape[1]));
        Tensor x = net.Read("in.x").To(DType.Int64);
        Tensor labels = net.Read("in.labels");
        AdamW optimizer = new([new ParameterGroup(module.Parameters())], new AdamWOptions(0.9, 0.999, 1e-8, 0.1));
        net.Train(module, optimizer, Rate(golden), golden.GetProperty("training"), step =>
            MeanLoss(module.Logits(x.Narrow(0, step, 1).Squeeze(0)), labels.Narrow(0, step, 1).Squeeze(0)));
    });

    private static void Embedding(string name, JsonElement golden) => With(name, net =>
    {
        Shape table = net.Read("state.weight").Shape;
        string module = golden.GetProperty("module").GetString()!;
        int? padding = module.Contains("padding_idx=", StringComparison.Ordinal)
            ? int.Parse(module.Split("padding_idx=")[1].TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture)
            : null;
        Embedding embedding = net.Load(new Embedding(table[0], table[1], Device.Cpu, padding));
        net.Outputs(embedding, ("y", embedding.Forward(net.Read("in.ids").To(DType.Int64))));
    });

    private static void With(string name, Action<GoldenNet> run)
    {
        using GoldenNet net = new(name);
        run(net);
    }

    private static Tensor MeanLoss(Tensor logits, Tensor labels) =>
        Tensor.CrossEntropySum(logits, labels.To(DType.Int64).Contiguous()) / labels.Count;

    private static int Columns(GoldenNet net, string key) => (int)net.Read("state." + key).Shape[1];

    private static RecurrentShape ShapeOf(GoldenNet net, JsonElement golden, int gates)
    {
        string module = golden.GetProperty("module").GetString()!;
        int layers = Enumerable.Range(0, 9).Count(l => net.Has($"state.weight_ih_l{l}"));
        return new RecurrentShape(
            Columns(net, "weight_ih_l0"), (int)net.Read("state.weight_ih_l0").Shape[0] / gates, layers, net.Has("state.bias_ih_l0"),
            module.Contains("batch_first=True", StringComparison.Ordinal), net.Has("state.weight_ih_l0_reverse"),
            net.Has("state.weight_hr_l0") ? (int)net.Read("state.weight_hr_l0").Shape[0] : 0);
    }

    private static double Rate(JsonElement golden)
    {
        string text = golden.GetProperty("training").GetProperty("optimizer").GetString()!;
        string number = text[(text.IndexOf("lr ", StringComparison.Ordinal) + 3)..].Split(' ')[0];
        return double.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, JsonElement> Describe()
    {
        Dictionary<string, JsonElement> all = [];
        string folder = GoldenFolder.Of("train", "run", "nets");
        if (!File.Exists(Path.Combine(folder, "index.json")))
        {
            return all;
        }

        foreach (JsonElement file in GoldenFolder.Json("train", "run", "nets", "index.json").GetProperty("descriptions").EnumerateArray())
        {
            JsonElement golden = GoldenFolder.Json("train", "run", "nets", file.GetString()!);
            if (golden.TryGetProperty("files", out JsonElement files))
            {
                foreach (JsonProperty net in files.EnumerateObject())
                {
                    all[net.Name] = net.Value;
                }
            }
            else
            {
                all[Path.GetFileNameWithoutExtension(file.GetString()!)] = golden;
            }
        }

        return all;
    }

    private sealed class Both : Module
    {
        public Both(Recurrent rnn, int hidden, int classes)
        {
            Child("rnn", rnn);
            Head = Child("head", new Linear(hidden, classes, true, Device.Cpu));
        }

        public Linear Head { get; }
    }

    private sealed class Tied : Module
    {
        private readonly Embedding _embed;
        private readonly Linear _mix;

        public Tied(int words, int size)
        {
            _embed = Child("embed", new Embedding(words, size, Device.Cpu));
            _mix = Child("mix", new Linear(size, size, true, Device.Cpu));
        }

        public Tensor Logits(Tensor ids) => Tensor.Linear(_mix.Forward(_embed.Forward(ids.Contiguous())).Tanh(), _embed.Weight);
    }
}
