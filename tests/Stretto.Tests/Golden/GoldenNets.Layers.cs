using System.Text.Json;
using Stretto.Nn;
using Stretto.Training.Optimizers;

namespace Stretto.Tests.Golden;

/// <summary>Transformer layers, batch norms, a small MLP and a small CNN.</summary>
public sealed partial class GoldenNets
{
    private static void EncoderLayer(string name, JsonElement golden) => With(name, net =>
    {
        TransformerEncoderLayer layer = net.Load(new TransformerEncoderLayer(ShapeOf(net, golden, ""), Device.Cpu));
        net.Outputs(layer, ("y", layer.Forward(net.In("x"), null, Optional(net, "padding_mask"))));
    });

    private static void DecoderLayer(string name, JsonElement golden) => With(name, net =>
    {
        TransformerDecoderLayer layer = net.Load(new TransformerDecoderLayer(ShapeOf(net, golden, ""), Device.Cpu));
        net.Outputs(layer, ("y", layer.Forward(net.In("x"), net.In("memory"), Optional(net, "tgt_mask"), Optional(net, "memory_mask"))));
    });

    private static void Encoder(string name, JsonElement golden) => With(name, net =>
    {
        TransformerEncoder encoder = net.Load(new TransformerEncoder(
            ShapeOf(net, golden, "layers.0."), Layers(net, ""), Device.Cpu, net.Has("state.norm.weight")));
        net.Outputs(encoder, ("y", encoder.Forward(net.In("x"), Optional(net, "mask"), Optional(net, "padding_mask"))));
    });

    private static void Decoder(string name, JsonElement golden) => With(name, net =>
    {
        TransformerDecoder decoder = net.Load(new TransformerDecoder(
            ShapeOf(net, golden, "layers.0."), Layers(net, ""), Device.Cpu, net.Has("state.norm.weight")));
        net.Outputs(decoder, ("y", decoder.Forward(
            net.In("x"), net.In("memory"), Optional(net, "tgt_mask"), Optional(net, "memory_mask"))));
    });

    private static void TransformerTraining(string name, JsonElement golden) => With(name, net =>
    {
        Reverser module = net.Load(new Reverser(
            net.Read("state.embed.weight").Shape, net.Read("state.pos").Shape[0], ShapeOf(net, golden, "encoder.layers.0."),
            Layers(net, "encoder.")));
        Tensor x = net.Read("in.x").To(DType.Int64);
        Tensor labels = net.Read("in.labels").To(DType.Int64);
        AdamW optimizer = new([new ParameterGroup(module.Parameters())], new AdamWOptions(0.9, 0.999, 1e-8, 0.01));
        // The key bias cannot change the output: Adam makes full steps of its rounding noise, so it is not compared.
        net.Train(module, optimizer, Rate(golden), golden.GetProperty("training"), step =>
        {
            Tensor logits = module.Logits(x.Narrow(0, step, 1).Squeeze(0).Contiguous());
            return MeanLoss(logits.Reshape(-1, logits.Shape[2]), labels.Narrow(0, step, 1).Squeeze(0).Contiguous().Reshape(-1));
        }, skip: key => key.EndsWith("in_proj_bias", StringComparison.Ordinal));
    });

    private static void BatchNorms(string name, JsonElement golden) => With(name, net =>
    {
        string text = golden.GetProperty("module").GetString()!;
        string Option(string key) => text.Split(key + "=")[1].Split([',', ')'])[0];
        double Number(string key) => double.Parse(Option(key), System.Globalization.CultureInfo.InvariantCulture);
        BatchNorm Make() => net.LoadBuffers(net.Load(new BatchNorm(
            net.Read("in.x").Shape[1], Device.Cpu, Number("eps"), Option("momentum") == "None" ? null : Number("momentum"),
            Option("affine") == "True", Option("track_running_stats") == "True")));
        BatchNorm norm = Make();
        net.Outputs(norm, ("y", norm.Forward(net.In("x"))));
        foreach ((string key, Tensor buffer) in norm.Buffers().Where(b => net.Has("after." + b.Key)))
        {
            net.Near("after." + key, buffer, 1e-5);
        }

        if (!net.Has("sequence.x") || !net.Has("sequence.running_mean"))
        {
            return;
        }

        norm = Make();
        Tensor batches = net.Read("sequence.x");
        for (long k = 0; k < batches.Shape[0]; k++)
        {
            norm.Forward(batches.Narrow(0, k, 1).Squeeze(0).Contiguous());
            net.Near("sequence.running_mean", norm.Buffers()[0].Value, 1e-5, k);
            net.Near("sequence.running_var", norm.Buffers()[1].Value, 1e-5, k);
        }

        norm.Train(false);
        net.Near("sequence.eval_y", norm.Forward(batches.Narrow(0, 0, 1).Squeeze(0).Contiguous()), 1e-5);
    });

    private static void Spiral(string name, JsonElement golden) => With(name, net =>
    {
        Linear Layer(int i) => new(net.Read($"state.{i}.weight").Shape[1], net.Read($"state.{i}.weight").Shape[0], true, Device.Cpu);
        Sequential mlp = net.Load(new Sequential().Add(Layer(0)).Add(x => x.Tanh()).Add(Layer(2)).Add(x => x.Gelu()).Add(Layer(4)));
        Tensor points = net.Read("in.x");
        Tensor labels = net.Read("in.labels");
        net.Near("out.logits", mlp.Forward(points), 1e-5);
        MeanLoss(mlp.Forward(points), labels).Backward();
        net.Gradients(mlp);
        Sgd optimizer = new([new ParameterGroup(mlp.Parameters())], new SgdOptions(0.9, WeightDecay: 1e-4));
        net.Train(mlp, optimizer, Rate(golden), golden.GetProperty("training"), _ => MeanLoss(mlp.Forward(points), labels));
    });

    private static void Cnn(string name, JsonElement golden) => With(name, net =>
    {
        SmallCnn cnn = net.LoadBuffers(net.Load(new SmallCnn(net)));
        Tensor x = net.Read("in.x");
        Tensor labels = net.Read("in.labels");
        Tensor first = x.Narrow(0, 0, 1).Squeeze(0).Contiguous();
        cnn.Train(false);
        net.Near("out.eval_mode_logits_step0", cnn.Forward(first), 1e-5);
        cnn.Train();
        Adam optimizer = new([new ParameterGroup(cnn.Parameters())], new AdamOptions());
        net.Train(cnn, optimizer, Rate(golden), golden.GetProperty("training"), step =>
            MeanLoss(cnn.Forward(x.Narrow(0, step, 1).Squeeze(0).Contiguous()), labels.Narrow(0, step, 1).Squeeze(0)));
        foreach ((string key, Tensor buffer) in cnn.Buffers())
        {
            net.Near("final." + key, buffer, 1e-3);
        }

        cnn.Train(false);
        net.Near("eval.logits_after_training", cnn.Forward(net.Read("eval.x")), 1e-3);
    });

    private static TransformerShape ShapeOf(GoldenNet net, JsonElement golden, string prefix)
    {
        string module = golden.GetProperty("module").GetString()!;
        bool first = module.Contains("'norm_first': True", StringComparison.Ordinal) || module.Contains("pre-norm", StringComparison.Ordinal);
        int size = (int)net.Read($"state.{prefix}linear1.weight").Shape[1];
        return new TransformerShape(
            size, 4, (int)net.Read($"state.{prefix}linear1.weight").Shape[0], first, module.Contains("gelu", StringComparison.Ordinal));
    }

    private static int Layers(GoldenNet net, string prefix) =>
        Enumerable.Range(0, 9).Count(i => net.Has($"state.{prefix}layers.{i}.linear1.weight"));

    private static Tensor? Optional(GoldenNet net, string key) => net.Has("in." + key) ? net.In(key) : null;

    private sealed class Reverser : Module
    {
        private readonly Embedding _embed;
        private readonly Tensor _positions;
        private readonly TransformerEncoder _encoder;
        private readonly Linear _head;

        public Reverser(Shape table, long length, TransformerShape shape, int layers)
        {
            _embed = Child("embed", new Embedding(table[0], table[1], Device.Cpu));
            _positions = Register("pos", Tensor.Zeros([length, table[1]]));
            _encoder = Child("encoder", new TransformerEncoder(shape, layers, Device.Cpu));
            _head = Child("head", new Linear(table[1], table[0], true, Device.Cpu));
        }

        public Tensor Logits(Tensor ids) => _head.Forward(_encoder.Forward(_embed.Forward(ids) + _positions));
    }

    private sealed class SmallCnn : Module
    {
        private readonly Conv2d _conv1;
        private readonly BatchNorm _bn1;
        private readonly Conv2d _conv2;
        private readonly BatchNorm _bn2;
        private readonly Linear _fc;

        public SmallCnn(GoldenNet net)
        {
            (Shape one, Shape two, Shape fc) = (
                net.Read("state.conv1.weight").Shape, net.Read("state.conv2.weight").Shape, net.Read("state.fc.weight").Shape);
            ConvolutionOptions padded = new() { Padding = [1] };
            _conv1 = Child("conv1", new Conv2d(one[1], one[0], (3, 3), Device.Cpu, padded, bias: false));
            _bn1 = Child("bn1", new BatchNorm(one[0], Device.Cpu));
            _conv2 = Child("conv2", new Conv2d(two[1], two[0], (3, 3), Device.Cpu, padded, bias: false));
            _bn2 = Child("bn2", new BatchNorm(two[0], Device.Cpu));
            _fc = Child("fc", new Linear(fc[1], fc[0], true, Device.Cpu));
        }

        public Tensor Forward(Tensor x)
        {
            x = _bn1.Forward(_conv1.Forward(x)).Relu().MaxPool2d(new PoolingOptions([2])).Values;
            x = _bn2.Forward(_conv2.Forward(x)).Relu().MaxPool2d(new PoolingOptions([2])).Values;
            return _fc.Forward(x.Reshape(x.Shape[0], -1));
        }
    }
}
