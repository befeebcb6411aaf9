using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>Registration, names, sharing, freezing, conversion: what docs/modules.md says of a derived module.</summary>
public sealed class ModuleTests
{
    [Fact]
    public void TheStateIsInOrderOfRegistrationParametersThenBuffersThenParts()
    {
        Mixed module = new();
        Assert.Equal(["scale", "steps", "first.weight", "first.bias", "second.weight"], module.StateDict().Keys);
        Assert.Equal(["scale", "first.weight", "first.bias", "second.weight"], module.Parameters().Select(p => p.Key));
        Assert.Equal(["steps", "table"], module.Buffers().Select(b => b.Key));
        Assert.Equal(["", "first", "second"], module.Modules().Select(m => m.Key));
        Assert.Equal(["m.scale", "m.steps"], module.StateDict("m.").Keys.Take(2));
        Assert.Equal(1 + 6 + 2 + 4, module.ParameterCount);
    }

    [Fact]
    public void TheBaseConstructorRegistersFirst() =>
        Assert.Equal(["scale", "late", "steps", "first.weight", "first.bias", "second.weight", "third.weight"], new Derived().StateDict().Keys);

    [Theory]
    [InlineData("scale", "registered once")]
    [InlineData("first", "registered once")]
    [InlineData("", "no name")]
    [InlineData("a..b", "no name")]
    [InlineData("self", "part of itself")]
    public void ANameIsRegisteredOnce(string name, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Mixed().Again(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void AParameterIsALeaf() => Assert.Contains(
        "leaf", Assert.Throws<ArgumentException>(() => new ParameterList(new Linear(2, 2).Weight * 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void AParameterOutlivesTheScopeItWasMadeIn()
    {
        Linear layer;
        using (TensorScope.Begin())
        {
            layer = new Linear(2, 2);
            layer.To(DType.Float64);
        }

        Assert.Equal(4, layer.Weight.ToArray<double>().Length);
    }

    [Fact]
    public void WhatIsNotRegisteredIsNoPart()
    {
        Forgetful module = new();
        Assert.Empty(module.Parameters());
        Assert.Equal("Forgetful()", module.ToString());
        Assert.Equal([1, 3], module.Forward(Tensor.Ones([1, 2])).Shape);
    }

    [Fact]
    public void SharedParametersCountOnceAndStayShared()
    {
        Tied module = new();
        Assert.Equal(["embed.weight", "head.bias"], module.StateDict().Keys);
        Assert.Equal((5 * 3) + 5, module.ParameterCount);
        module.To(DType.Float64);
        Assert.Same(module.Embed.Weight, module.Head.Weight);
        Assert.Equal(DType.Float64, module.Head.Weight.DType);
        Tensor weight = Tensor.Full([5, 3], 2);
        Tensor bias = Tensor.Zeros([5]);
        // PyTorch's dictionary names both; a file may name either.
        module.LoadStateDict(new Dictionary<string, Tensor> { ["embed.weight"] = weight, ["head.weight"] = weight, ["head.bias"] = bias });
        Assert.All(module.Head.Weight.ToArray<float>(), w => Assert.Equal(2, w));
        module.LoadStateDict(new Dictionary<string, Tensor> { ["head.weight"] = weight * 2, ["head.bias"] = bias });
        Assert.All(module.Embed.Weight.ToArray<float>(), w => Assert.Equal(4, w));
        Assert.Equal(module.Head.Weight.Count, module.Parameters().Single(p => p.Key == "embed.weight").Value.Count);
    }

    [Fact]
    public void ToConvertsParametersGradientsAndFloatingBuffersInPlace()
    {
        BatchNorm1d norm = new(3);
        Tensor weight = norm.Weight!;
        norm.Forward(Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3])).Sum().Backward();
        norm.To(DType.Float64, Device.Reference);
        Assert.Same(weight, norm.Weight);
        Assert.All(norm.Parameters(), p => Assert.Equal((DType.Float64, Device.Reference), (p.Value.DType, p.Value.Device)));
        Assert.Equal(DType.Float64, weight.Grad!.DType);
        Assert.Equal([DType.Float64, DType.Float64, DType.Int64], norm.Buffers().Select(b => b.Value.DType));
        Assert.Equal(2.5 * 0.1, norm.RunningMean!.ToArray<double>()[0], 1e-6);
        Assert.True(weight.RequiresGrad && weight.IsLeaf);
        Assert.Throws<ArgumentException>(() => norm.To(DType.Int32));
    }

    [Fact]
    public void AGraphBeforeAConversionDoesNotRunAfterIt()
    {
        Linear layer = new(2, 2);
        Tensor x = Tensor.Ones([1, 2]);
        x.RequiresGrad = true;
        Tensor loss = layer.Forward(x).Sum();
        layer.To(DType.Float64);
        Assert.ThrowsAny<InvalidOperationException>(() => loss.Backward());
    }

    [Fact]
    public void FreezeByPattern()
    {
        Mixed module = new();
        Assert.Equal(2, module.Freeze("first.*"));
        Assert.Equal(["scale", "second.weight"], module.Parameters().Where(p => p.Value.RequiresGrad).Select(p => p.Key));
        Assert.Equal(1, module.Unfreeze("*.bias"));
        Assert.DoesNotContain(module.StateDict().Values, t => t.RequiresGrad);
        Assert.Equal(4, module.Freeze());
        Assert.DoesNotContain(module.Parameters(), p => p.Value.RequiresGrad);
        Assert.Equal(0, module.Freeze("nothing"));
    }

    [Fact]
    public void TrainingModeReachesEveryPart()
    {
        Sequential module = new(new Dropout(0.5), new Sequential(new Dropout(0.5)));
        module.Eval();
        Assert.All(module.Modules(), m => Assert.False(m.Value.IsTraining));
        Tensor x = Tensor.Ones([100]);
        Assert.Equal(x.ToArray<float>(), module.Forward(x).ToArray<float>());
        module.Train();
        Assert.Contains(0f, module.Forward(x).ToArray<float>());
    }

    [Fact]
    public void ApplyVisitsPartsFirst()
    {
        List<string> seen = [];
        new Sequential(new Relu(), new Sequential(new Tanh())).Apply(m => seen.Add(m.GetType().Name));
        Assert.Equal(["Relu", "Tanh", "Sequential", "Sequential"], seen);
    }

    [Fact]
    public void ZeroGradForgetsOrClears()
    {
        Linear layer = new(2, 1);
        layer.Forward(Tensor.Ones([1, 2])).Sum().Backward();
        layer.ZeroGrad(setToNull: false);
        Assert.Equal([0f, 0], layer.Weight.Grad!.ToArray<float>());
        layer.ZeroGrad();
        Assert.Null(layer.Weight.Grad);
    }

    [Fact]
    public void OneSeedGivesOneModel()
    {
        float[] First(ulong seed)
        {
            Generator.ManualSeed(seed);
            return new Linear(4, 4).Weight.ToArray<float>();
        }

        float[] drawn = First(7);
        Assert.Equal(drawn, First(7));
        Assert.NotEqual(drawn, First(8));
        using IDisposable skip = Init.Skip();
        Linear zeros = new(4, 4);
        Assert.All(zeros.Weight.ToArray<float>(), w => Assert.Equal(0, w));
        zeros.Initialize(new Generator(7));
        Assert.Equal(drawn, zeros.Weight.ToArray<float>());
    }

    private class Mixed : Module
    {
        private readonly Tensor _scale;

        public Mixed()
        {
            Child("first", new Linear(3, 2));
            _scale = Register("scale", Tensor.Ones([1]));
            RegisterBuffer("steps", Tensor.Zeros(Shape.Scalar, DType.Int64));
            RegisterBuffer("table", Tensor.Zeros([9]), persistent: false);
            Child("second", new Linear(2, 2, bias: false));
        }

        public void Again(string name)
        {
            if (name == "self")
            {
                Child(name, this);
            }

            Register(name, _scale);
        }
    }

    private sealed class Derived : Mixed
    {
        public Derived()
        {
            Child("third", new Linear(1, 1, bias: false));
            Register("late", Tensor.Ones([1]));
        }
    }

    private sealed class Forgetful : Layer
    {
        private readonly Linear _hidden = new(2, 3);

        protected override Tensor ForwardCore(Tensor x) => _hidden.Forward(x);
    }

    private sealed class Tied : Module
    {
        public Tied()
        {
            Embed = Child("embed", new Embedding(5, 3));
            Head = Child("head", new Linear(Embed.Weight, Tensor.Zeros([5])));
        }

        public Embedding Embed { get; }

        public Linear Head { get; }
    }
}
