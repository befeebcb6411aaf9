using System.Text.RegularExpressions;
using Stretto.Nn;

namespace Stretto.Tests.Golden;

/// <summary>Transformer layers, batch norms, a small MLP and a small CNN.</summary>
public sealed partial class GoldenNets
{
    private static void EncoderLayer(GoldenNet net, Description golden)
    {
        TransformerEncoderLayer layer = net.Load(MakeEncoderLayer(net, golden, ""));
        net.Outputs(layer, ("y", layer.Forward(
            net.In("x"), Optional(net, "mask") ?? Optional(net, "src_mask"), Optional(net, "padding_mask"))));
    }

    private static void DecoderLayer(GoldenNet net, Description golden)
    {
        TransformerDecoderLayer layer = net.Load(MakeDecoderLayer(net, golden, ""));
        net.Outputs(layer, ("y", layer.Forward(
            net.In("x"), net.In("memory"), Optional(net, "tgt_mask"), memoryKeyPaddingMask: Optional(net, "memory_mask"))));
    }

    private static void Encoder(GoldenNet net, Description golden)
    {
        TransformerEncoder encoder = net.Load(MakeEncoder(net, golden, ""));
        net.Outputs(encoder, ("y", encoder.Forward(net.In("x"), Optional(net, "mask"), Optional(net, "padding_mask"))));
    }

    private static void Decoder(GoldenNet net, Description golden)
    {
        TransformerDecoder decoder = net.Load(new TransformerDecoder(
            MakeDecoderLayer(net, golden, "layers.0."), Layers(net, ""), FinalNorm(net, "")));
        net.Outputs(decoder, ("y", decoder.Forward(
            net.In("x"), net.In("memory"), Optional(net, "tgt_mask"), memoryKeyPaddingMask: Optional(net, "memory_mask"))));
    }

    private static void TransformerTraining(GoldenNet net, Description golden)
    {
        Reverser module = net.Load(new Reverser(
            net.Read("state.embed.weight").Shape, net.Read("state.pos").Shape[0], MakeEncoder(net, golden, "encoder.")));
        (Tensor x, Tensor labels) = (net.Read("in.x").To(DType.Int64), net.Read("in.labels").To(DType.Int64));
        net.Train(
            module, golden.Training,
            step =>
            {
                Tensor logits = module.Forward(x.Select(0, step));
                return MeanLoss(logits.Reshape(-1, logits.Shape[2]), labels.Select(0, step).Contiguous().Reshape(-1));
            },
            // The key bias cannot change the output: Adam makes full steps of its rounding noise, so this slice is not compared.
            skip: (key, value) => key.EndsWith("in_proj_bias", StringComparison.Ordinal) ? (value.Count / 3, 2 * value.Count / 3) : null);
    }

    private static void BatchNorms(GoldenNet net, Description golden)
    {
        BatchNorm Make()
        {
            (long channels, double eps, double? momentum) = (net.Read("in.x").Shape[1], golden.Number("eps") ?? 1e-5, golden.Number("momentum"));
            bool affine = golden.Says("affine=True");
            bool track = golden.Says("track_running_stats=True");
            bool bias = !golden.Says("bias=False");
            return net.Load<BatchNorm>(golden.Text.Split('(')[0] switch
            {
                "BatchNorm1d" => new BatchNorm1d(channels, eps, momentum, affine, track, bias: bias),
                "BatchNorm2d" => new BatchNorm2d(channels, eps, momentum, affine, track, bias: bias),
                "BatchNorm3d" => new BatchNorm3d(channels, eps, momentum, affine, track, bias: bias),
                string other => throw new NotSupportedException(other),
            });
        }

        BatchNorm norm = Make();
        net.Outputs(norm, ("y", norm.Forward(net.In("x"))));
        foreach ((string key, Tensor buffer) in norm.Buffers().Where(b => net.Has("after." + b.Key)))
        {
            net.Near("after." + key, buffer, 1e-5);
        }

        if (!net.Has("sequence.x"))
        {
            return;
        }

        norm = Make();
        Tensor batches = net.Read("sequence.x");
        for (long k = 0; k < batches.Shape[0]; k++)
        {
            norm.Forward(batches.Select(0, k));
            foreach ((string key, Tensor buffer) in norm.Buffers().Where(b => net.Has("sequence." + b.Key)))
            {
                net.Near("sequence." + key, buffer, 1e-5, k);
            }
        }

        norm.Eval();
        net.Near("sequence.eval_y", norm.Forward(batches.Select(0, 0)), 1e-5);
    }

    private static void Mlp(GoldenNet net, Description golden)
    {
        Sequential mlp = new();
        foreach (Match step in Regex.Matches(golden.Text, @"(\d+) ([A-Za-z]+)( \(tanh\))?"))
        {
            Shape? weight = net.Has($"state.{step.Groups[1].Value}.weight") ? net.Read($"state.{step.Groups[1].Value}.weight").Shape : null;
            mlp.Add(step.Groups[1].Value, step.Groups[2].Value switch
            {
                "Linear" => new Linear(weight!.Value[1], weight.Value[0], net.Has($"state.{step.Groups[1].Value}.bias")),
                "Tanh" => new Tanh(),
                "ReLU" => new Relu(),
                "SiLU" => new Silu(),
                "Sigmoid" => new Sigmoid(),
                "GELU" => new Gelu(step.Groups[3].Success),
                string other => throw new NotSupportedException(other),
            });
        }

        net.Load(mlp);
        (Tensor points, Tensor labels) = (net.Read("in.x"), net.Read("in.labels"));
        net.Near("out.logits", mlp.Forward(points), 1e-5);
        net.Train(mlp, golden.Training, _ => MeanLoss(mlp.Forward(points), labels));
    }

    private static void Cnn(GoldenNet net, Description golden)
    {
        SmallCnn cnn = net.Load(new SmallCnn(net));
        (Tensor x, Tensor labels) = (net.Read("in.x"), net.Read("in.labels"));
        cnn.Eval();
        net.Near("out.eval_mode_logits_step0", cnn.Forward(x.Select(0, 0)), 1e-5);
        cnn.Train();
        net.Near("out.train_mode_logits_step0", cnn.Forward(x.Select(0, 0)), 1e-5);
        net.Load(cnn);
        net.Train(cnn, golden.Training, step => MeanLoss(cnn.Forward(x.Select(0, step)), labels.Select(0, step)));
        cnn.Eval();
        net.Near("eval.logits_after_training", cnn.Forward(net.Read("eval.x")), 1e-3);
    }

    private static TransformerEncoderLayer MakeEncoderLayer(GoldenNet net, Description golden, string prefix)
    {
        Shape linear = net.Read($"state.{prefix}linear1.weight").Shape;
        return new TransformerEncoderLayer(
            linear[1], golden.Heads(linear[1]), linear[0], 0, Activation(golden), batchFirst: true, normFirst: NormFirst(golden),
            bias: net.Has($"state.{prefix}linear1.bias"));
    }

    private static TransformerDecoderLayer MakeDecoderLayer(GoldenNet net, Description golden, string prefix)
    {
        Shape linear = net.Read($"state.{prefix}linear1.weight").Shape;
        return new TransformerDecoderLayer(
            linear[1], golden.Heads(linear[1]), linear[0], 0, Activation(golden), batchFirst: true, normFirst: NormFirst(golden),
            bias: net.Has($"state.{prefix}linear1.bias"));
    }

    private static TransformerEncoder MakeEncoder(GoldenNet net, Description golden, string prefix) => new(
        MakeEncoderLayer(net, golden, prefix + "layers.0."), Layers(net, prefix), FinalNorm(net, prefix));

    private static Func<Tensor, Tensor>? Activation(Description golden) => golden.Says("gelu") ? x => x.Gelu() : null;

    private static bool NormFirst(Description golden) => golden.Says("'norm_first': True") || golden.Says("pre-norm");

    private static LayerNorm? FinalNorm(GoldenNet net, string prefix) =>
        net.Has($"state.{prefix}norm.weight") ? new LayerNorm(net.Read($"state.{prefix}norm.weight").Shape) : null;

    private static int Layers(GoldenNet net, string prefix) =>
        Enumerable.Range(0, 99).Count(i => net.Has($"state.{prefix}layers.{i}.linear1.weight"));

    private sealed class Reverser : Layer
    {
        private readonly Embedding _embed;
        private readonly Tensor _positions;
        private readonly TransformerEncoder _encoder;
        private readonly Linear _head;

        public Reverser(Shape table, long length, TransformerEncoder encoder)
        {
            _embed = Child("embed", new Embedding(table[0], table[1]));
            _positions = Register("pos", Tensor.Zeros([length, table[1]]));
            _encoder = Child("encoder", encoder);
            _head = Child("head", new Linear(table[1], table[0]));
        }

        protected override Tensor ForwardCore(Tensor x) => _head.Forward(_encoder.Forward(_embed.Forward(x) + _positions));
    }

    private sealed class SmallCnn : Layer
    {
        private readonly Sequential _steps;

        public SmallCnn(GoldenNet net)
        {
            Conv2d Convolution(string name)
            {
                Shape w = net.Read($"state.{name}.weight").Shape;
                return Child(name, new Conv2d(
                    w[1], w[0], ((int)w[2], (int)w[3]), padding: Spatial.Same, bias: net.Has($"state.{name}.bias")));
            }

            BatchNorm2d Norm(string name) => Child(name, new BatchNorm2d(net.Read($"state.{name}.weight").Shape[0]));
            Shape fc = net.Read("state.fc.weight").Shape;
            _steps = new Sequential(
                Convolution("conv1"), Norm("bn1"), new Relu(), new MaxPool2d(2), Convolution("conv2"), Norm("bn2"), new Relu(),
                new MaxPool2d(2), new Flatten(), Child("fc", new Linear(fc[1], fc[0])));
        }

        protected override Tensor ForwardCore(Tensor x) => _steps.Forward(x);
    }
}
