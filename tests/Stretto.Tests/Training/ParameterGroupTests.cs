using Stretto.Nn;
using Stretto.Training.Optimizers;

namespace Stretto.Tests.Training;

/// <summary>Which parameters share which settings.</summary>
public sealed class ParameterGroupTests
{
    private readonly Sequential _model = new(new Linear(2, 2), new LayerNorm(2), new Gru2(), new Linear(2, 1, bias: false));

    [Fact]
    public void NormsAndBiasesDoNotDecay()
    {
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.DecayWeights(_model);
        Assert.Equal(["0.weight", "2.gru.weight_ih_l0", "2.gru.weight_hh_l0", "3.weight"], Names(groups[0]));
        Assert.Equal(["0.bias", "1.weight", "1.bias", "2.gru.bias_ih_l0", "2.gru.bias_hh_l0"], Names(groups[1]));
        Assert.Equal([null, 0], groups.Select(g => g.WeightDecay));
    }

    [Fact]
    public void PatternsTakeInOrderAndFrozenOnesStayOut()
    {
        _model.Freeze("2.*");
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.ByPattern(_model.Parameters(), ("0.*", 0.1, null), ("*.weight", 1, 0.5));
        Assert.Equal(["0.weight", "0.bias"], Names(groups[0]));
        Assert.Equal(["1.weight", "3.weight"], Names(groups[1]));
        Assert.Equal(["1.bias"], Names(groups[2]));
        Assert.Equal((0.1, null, 0.5), (groups[0].RateFactor, groups[0].WeightDecay, groups[1].WeightDecay!.Value));
        Assert.Contains("'nothing*'", Assert.Throws<ArgumentException>(() =>
            ParameterGroup.ByPattern(_model.Parameters(), ("nothing*", 1, null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AParameterIsInOneGroup() => Assert.Contains(
        "twice", Assert.Throws<ArgumentException>(() =>
            new Sgd([new(_model.Parameters()), new([_model.Parameters()[0]])], new())).Message, StringComparison.Ordinal);

    [Fact]
    public void MaximizeGoesUp()
    {
        Linear layer = new(1, 1, bias: false);
        double before = layer.Weight.Item();
        Sgd optimizer = new([new(layer.Parameters(), Maximize: true)], new());
        layer.Forward(Tensor.Ones([1, 1])).Sum().Backward();
        optimizer.Step(0.5);
        Assert.Equal(before + 0.5, layer.Weight.Item(), 1e-6);
    }

    private static IEnumerable<string> Names(ParameterGroup group) => group.Parameters.Select(p => p.Key);

    private sealed class Gru2 : Layer
    {
        private readonly Gru _gru;

        public Gru2() => _gru = Child("gru", new Gru(2, 2));

        protected override Tensor ForwardCore(Tensor x) => _gru.Forward(x).Output;
    }
}
