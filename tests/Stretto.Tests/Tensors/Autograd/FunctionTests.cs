namespace Stretto.Tests.Tensors;

/// <summary>Operations with gradients written by hand.</summary>
public sealed class FunctionTests
{
    private static readonly Tensor[] TwoInputs = [Tensor.From([0.3, -1.2, 0.7]), Tensor.From([1.4, 0.6, -0.8])];

    public static TheoryData<string, Func<Tensor[], Tensor[]>> Differentiable => new()
    {
        { "saves an output", x => new Exponential().Apply(x[0] * x[1]) },
        { "saves inputs, several outputs", x => new SumAndProduct().Apply(x[0], x[1]) },
        { "one output unused", x => [new SumAndProduct().Apply(x[0], x[1])[1]] },
        { "an input returned as it is", x => new Identity().Apply(x[0], x[1] * 2) },
        { "changes an input in place", x => new Doubled().Apply(x[0] * x[1]) },
        { "changes a view in place", x =>
            {
                Tensor whole = x[0] * x[1];
                Tensor part = new Doubled().Apply(whole.Narrow(0, 1, 2))[0];
                return [whole.Sin(), part * part];
            } },
    };

    [Theory]
    [MemberData(nameof(Differentiable), DisableDiscoveryEnumeration = true)]
    public void GradientsAndTheirGradientsAgree(string name, Func<Tensor[], Tensor[]> function)
    {
        Assert.NotEmpty(name);
        GradCheck.Run(function, TwoInputs);
        GradGradCheck.Run(function, TwoInputs, tolerance: 1e-5);
    }

    [Fact]
    public void NothingInsideIsRecordedAndNothingUnneededComputed()
    {
        (Tensor x, Tensor y) = (Leaf(2), Tensor.From([3.0]));
        SumAndProduct function = new();
        Tensor[] outputs = function.Apply(x, y);
        Assert.Contains("grad_fn=<SumAndProduct>", outputs[1].ToString(), StringComparison.Ordinal);
        outputs[1].Backward();
        Assert.Equal(3, x.Grad!.Item());
        Assert.Equal([true, false], function.Asked);
        using GradientMode.Restore off = GradientMode.NoGrad();
        Assert.False(function.Apply(x, y)[0].RequiresGrad);
    }

    [Fact]
    public void MarkedOutputsAndIntegersTakeNoGradient()
    {
        Tensor x = Leaf(3, 1, 2);
        Tensor[] sorted = new Sorted().Apply(x);
        Assert.True(sorted[0].RequiresGrad);
        Assert.False(sorted[1].RequiresGrad);
        Assert.False(sorted[2].RequiresGrad);
        (sorted[0] * Tensor.From([1.0, 10, 100])).Sum().Backward();
        Assert.Equal([100.0, 1, 10], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void OnceDifferentiableRefusesASecondTime()
    {
        Tensor x = Leaf(2);
        Tensor first = Autograd.Grad(new Once().Apply(x)[0], x, createGraph: true);
        Assert.Equal(12, first.Item());
        Assert.Contains("Once is once-differentiable", Message(() => first.Backward()), StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Tensor x = Leaf(1, 2);
        void Says(string words, Action mistake) => Assert.Contains(words, Message(mistake), StringComparison.Ordinal);
        void Returns(string words, Func<Tensor, Tensor[]> backward) => Says(words, () => new Wrong(backward).Apply(x)[0].Sum().Backward());
        Returns("Wrong (input 0) gave the gradient float64 [1]", g => [g.Sum([], true)]);
        Returns("Wrong gave 2 gradients for 1 inputs", g => [g, g]);
        Returns("Wrong (input 0) gave the gradient float32 [2]", g => [g.To(DType.Float32)]);
        Says("Doubled: float64 [2] is a leaf", () => new Doubled().Apply(x));
        Tensor y = new Identity().Apply(x * 1)[0];
        Says("made by a custom function (Identity)", () => y.FillInPlace(0));

        Tensor z = x * 1;
        Tensor product = new SumAndProduct().Apply(z, x)[1].Sum();
        z.ScaleInPlace(2);
        Says("SumAndProduct saved for its gradient was changed in place by mul_", () => product.Backward());
        Tensor twice = new Exponential().Apply(x)[0].Sum();
        twice.Backward();
        Says("freed", () => twice.Backward());
    }

    private static string Message(Action action) => Assert.Throws<InvalidOperationException>(action).Message;

    private static Tensor Leaf(params double[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }

    private sealed class Exponential : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            Tensor y = inputs[0].Exp();
            context.SaveForBackward(y);
            return [y];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) => [gradients[0] * context.SavedTensors[0]];
    }

    private sealed class SumAndProduct : Function
    {
        public bool[] Asked { get; private set; } = [];

        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            context.SaveForBackward(inputs);
            context.Data = inputs.Length;
            return [inputs[0] + inputs[1], inputs[0] * inputs[1]];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients)
        {
            Assert.Equal(2, context.Data);
            Asked = [context.NeedsInputGrad(0), context.NeedsInputGrad(1)];
            return
            [
                gradients[0] + (gradients[1] * context.SavedTensors[1]),
                Asked[1] ? gradients[0] + (gradients[1] * context.SavedTensors[0]) : null,
            ];
        }
    }

    private sealed class Identity : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs) => inputs;

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) => gradients;
    }

    private sealed class Doubled : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            context.MarkDirty(inputs[0]);
            return [inputs[0].ScaleInPlace(2)];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) => [gradients[0] * 2];
    }

    private sealed class Sorted : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            (Tensor values, Tensor places) = inputs[0].Sort(0);
            Tensor ranks = places.To(DType.Float64);
            context.SaveForBackward(places);
            context.MarkNonDifferentiable(ranks);
            return [values, places, ranks];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) =>
            [Tensor.Zeros(gradients[0].Shape, DType.Float64).Scatter(0, context.SavedTensors[0], gradients[0])];
    }

    private sealed class Once : Function
    {
        protected override bool OnceDifferentiable => true;

        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            context.SaveForBackward(inputs);
            return [Tensor.From([Math.Pow(inputs[0].Item(), 3)])];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) =>
            [Tensor.From([3 * Math.Pow(context.SavedTensors[0].Item(), 2) * gradients[0].Item()])];
    }

    private sealed class Wrong(Func<Tensor, Tensor[]> backward) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs) => [inputs[0] * 2];

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) => backward(gradients[0]);
    }
}
