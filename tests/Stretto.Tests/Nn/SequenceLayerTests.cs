using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>Recurrent networks, attention and Transformers: options that the golden networks do not turn.</summary>
public sealed class SequenceLayerTests
{
    private static readonly Dictionary<string, Func<bool, Recurrent>> Networks = new()
    {
        ["lstm"] = b => new Lstm(3, 4, 2, batchFirst: b, bidirectional: true, projSize: 2),
        ["gru"] = b => new Gru(3, 4, 2, batchFirst: b, bias: false),
        ["rnn"] = b => new Rnn(3, 4, 1, relu: true, batchFirst: b, bidirectional: true),
    };

    public static TheoryData<string> Names() => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void LayoutsAndMissingBatchesAgree(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        (Recurrent timeFirst, Recurrent batchFirst) = (Networks[name](false), Networks[name](true));
        batchFirst.LoadStateDict(timeFirst.StateDict());
        Tensor x = new Generator(1).Normal(Tensor.Zeros([5, 2, 3]));
        Tensor[] a = Run(timeFirst, x);
        Tensor[] b = Run(batchFirst, x.Transpose(0, 1));
        Near(a[0], b[0].Transpose(0, 1));
        Tensor[] single = Run(timeFirst, x.Select(1, 1));
        Near(a[0].Select(1, 1), single[0]);
        for (int s = 1; s < a.Length; s++)
        {
            Near(a[s], b[s]);
            Near(a[s].Select(1, 1), single[s]);
        }
    }

    [Fact]
    public void CellsAreOneStepOfTheirNetworks()
    {
        using TensorScope scope = TensorScope.Begin();
        (Lstm network, LstmCell cell) = (new(3, 4), new(3, 4));
        cell.LoadStateDict(network.StateDict().ToDictionary(e => e.Key[..^3], e => e.Value));
        Tensor x = new Generator(1).Normal(Tensor.Zeros([2, 3]));
        (Tensor hidden, Tensor state) = cell.Forward(x);
        (_, Tensor h, Tensor c) = network.Forward(x.Unsqueeze(0));
        Near(hidden, h.Squeeze(0));
        Near(state, c.Squeeze(0));
        (Rnn plain, RnnCell step) = (new(3, 4), new(3, 4));
        step.LoadStateDict(plain.StateDict().ToDictionary(e => e.Key[..^3], e => e.Value));
        Near(step.Forward(x), plain.Forward(x.Unsqueeze(0)).Hidden.Squeeze(0));
    }

    [Fact]
    public void DropoutFallsBetweenLayersInTrainingOnly()
    {
        using TensorScope scope = TensorScope.Begin();
        Gru network = new(3, 4, 2, dropout: 1);
        Tensor x = Tensor.Ones([3, 1, 3]);
        Tensor dropped = network.Forward(x).Output;
        Near(dropped, network.Forward(x * 5).Output);
        network.Eval();
        Assert.NotEqual(dropped.ToArray<float>(), network.Forward(x).Output.ToArray<float>());
    }

    [Fact]
    public void AFunctionWithOtherParametersIsRefused()
    {
        Gru network = new(3, 4);
        Tensor[] parameters = [.. network.Parameters().Select(p => p.Value)];
        Assert.Throws<ArgumentException>(() => Functional.Gru(Tensor.Ones([1, 1, 3]), null, parameters[..3], new()));
        Near(network.Forward(Tensor.Ones([2, 1, 3])).Output, Functional.Gru(Tensor.Ones([2, 1, 3]), null, parameters, new()).Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MasksSayTheSameInEveryForm(bool addZero)
    {
        using TensorScope scope = TensorScope.Begin();
        MultiheadAttention attention = new(8, 2, addZeroAttn: addZero, addBiasKv: !addZero, batchFirst: true);
        Tensor x = new Generator(1).Normal(Tensor.Zeros([2, 3, 8]));
        Tensor hidden = Tensor.Ones([3, 3]).Triu(1).Ne(0);
        Tensor numbers = Tensor.Zeros([3, 3]).MaskedFill(hidden, double.NegativeInfinity);
        (Tensor causal, Tensor? weights) = attention.Forward(x, x, x, isCausal: true);
        Assert.Equal([2, 3, 4], weights!.Shape);
        Near(causal, attention.Forward(x, x, x, attnMask: hidden).Output);
        Near(causal, attention.Forward(x, x, x, attnMask: numbers).Output);
        Near(causal.Select(0, 1), attention.Forward(x.Select(0, 1), x.Select(0, 1), x.Select(0, 1), attnMask: hidden).Output);
        Tensor padding = Tensor.From([false, false, true, false, false, true], [2, 3]);
        Tensor padded = attention.Forward(x, x, x, padding).Output;
        Tensor cut = x.Narrow(1, 0, 2);
        Near(padded, attention.Forward(x, cut, cut).Output);
        Assert.Null(attention.Forward(x, x, x, needWeights: false).Weights);
        Assert.Equal([2, 2, 3, 4], attention.Forward(x, x, x, averageAttnWeights: false).Weights!.Shape);
    }

    [Fact]
    public void ScaledDotProductMasksTheOtherWayRound()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor q = new Generator(1).Normal(Tensor.Zeros([2, 4, 3]));
        Tensor seen = Tensor.Ones([4, 4]).Tril().Ne(0);
        Tensor causal = Functional.ScaledDotProductAttention(q, q, q, isCausal: true);
        Near(causal, Functional.ScaledDotProductAttention(q, q, q, seen));
        Near(causal.Select(1, 0), q.Select(1, 0));
    }

    [Fact]
    public void AStackIsCopiesAndATransformerRuns()
    {
        using TensorScope scope = TensorScope.Begin();
        TransformerEncoderLayer layer = new(8, 2, 16, normFirst: true);
        TransformerEncoder encoder = new(layer, 2, new LayerNorm(8));
        OrderedDictionary<string, Tensor> state = encoder.StateDict();
        Assert.Equal(state["layers.0.linear1.weight"].ToArray<float>(), state["layers.1.linear1.weight"].ToArray<float>());
        Assert.False(state["layers.0.linear1.weight"].SharesStorageWith(state["layers.1.linear1.weight"]));
        Transformer model = new(8, 2, 1, 2, 16, dropout: 0, bias: false);
        Assert.Equal(
            ["encoder.layers.0.self_attn.in_proj_weight", "encoder.layers.0.self_attn.out_proj.weight", "encoder.layers.0.linear1.weight"],
            model.StateDict().Keys.Take(3));
        Tensor tgt = new Generator(2).Normal(Tensor.Zeros([4, 1, 8]));
        Tensor src = new Generator(1).Normal(Tensor.Zeros([3, 1, 8]));
        Tensor y = model.Forward(src, tgt, tgtIsCausal: true);
        Tensor first = model.Forward(src, tgt.Narrow(0, 0, 2), tgtIsCausal: true);
        Near(y.Narrow(0, 0, 2), first);
        y.Square().Sum().Backward();
        Assert.All(model.Parameters(), p => Assert.NotNull(p.Value.Grad));
    }

    private static Tensor[] Run(Recurrent network, Tensor x)
    {
        switch (network)
        {
            case Lstm lstm:
                (Tensor y, Tensor h, Tensor c) = lstm.Forward(x);
                return [y, h, c];
            case Gru gru:
                (Tensor output, Tensor hidden) = gru.Forward(x);
                return [output, hidden];
            default:
                (Tensor o, Tensor last) = ((Rnn)network).Forward(x);
                return [o, last];
        }
    }

    private static void Near(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.ToArray<double>().Zip(actual.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-5));
    }
}
