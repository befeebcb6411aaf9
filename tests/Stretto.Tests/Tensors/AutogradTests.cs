using Stretto.Autograd;

namespace Stretto.Tests.Tensors;

/// <summary>What a PyTorch user relies on: accumulation, graphs that end, errors that name what happened.</summary>
public sealed class AutogradTests
{
    [Fact]
    public void GradientsAccumulateInLeaves()
    {
        Tensor x = Leaf(1, 2, 3);
        (x * x).Sum().Backward();
        (x * 2).Sum().Backward();
        Assert.Equal([4.0, 6, 8], x.Grad!.ToArray<double>());
        Assert.True(x.IsLeaf);
        Assert.False((x * 1).IsLeaf);
    }

    [Fact]
    public void DeepGraphsNeedNoStack()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Leaf(1);
        Tensor y = x;
        for (int i = 0; i < 100_000; i++)
        {
            y += 1e-6;
        }

        y.Sum().Backward();
        Assert.Equal([1.0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void SecondDerivatives()
    {
        Tensor x = Leaf(2);
        Tensor first = Gradient.Of([x * x * x], [x], createGraph: true)[0]!;
        Assert.Equal(12, first.Item());
        Assert.Equal(12, Gradient.Of([first], [x])[0]!.Item());
        Assert.Null(x.Grad);
    }

    [Fact]
    public void AnUnusedInputHasNoGradient()
    {
        (Tensor x, Tensor y) = (Leaf(2), Leaf(3));
        Assert.Null(Gradient.Of([x * x], [y])[0]);
    }

    [Fact]
    public void NothingIsRecordedWithoutGrad()
    {
        Tensor x = Leaf(1, 2);
        using (GradientMode.NoGrad())
        {
            Assert.False((x * x).RequiresGrad);
        }

        Assert.True((x * x).RequiresGrad);
        Assert.False(x.Detach().RequiresGrad);
        Assert.True(x.Detach().SharesStorageWith(x));
    }

    [Fact]
    public void AChangedSavedTensorIsNamed()
    {
        Tensor x = Leaf(1, 2);
        Tensor factor = Tensor.From([3f, 4f]);
        Tensor y = (x * factor).Sum();
        factor.AddInPlace(Tensor.From([1f, 1f]));
        string message = Assert.Throws<InvalidOperationException>(() => y.Backward()).Message;
        Assert.Contains("mul", message, StringComparison.Ordinal);
        Assert.Contains("version 1", message, StringComparison.Ordinal);
        Assert.Contains("version 0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesSayWhatToDo()
    {
        Tensor x = Leaf(1, 2);
        Fails(() => (x * x).Backward(), "not a single number");
        Fails(() => Tensor.From([1f]).Backward(), "RequiresGrad");
        Fails(() => Tensor.From([1L]).RequiresGrad = true, "floating-point");
        Tensor once = (x * x).Sum();
        once.Backward();
        Fails(() => once.Backward(), "retainGraph");
        Tensor twice = (x * x).Sum();
        twice.Backward(retainGraph: true);
        twice.Backward();
        Fails(() => Tensor.From([1f]).Expand([3]).FillInPlace(0), "Clone()");
        Fails(() => (x * 2).FillInPlace(0), "Detach()");
    }

    [Fact]
    public void GradCheckFindsWrongGradients()
    {
        Tensor x = Tensor.From([0.3, -1.2, 0.7]);
        GradCheck.Run(i => i[0].Tanh() * i[0].Exp(), [x]);
        Fails(() => GradCheck.Run(i => i[0] * i[0].Detach(), [x]), "quotient");
        Assert.Throws<ArgumentException>(() => GradCheck.Run(i => i[0], [Tensor.From([1f])]));
    }

    [Fact]
    public void MemoryComesBack()
    {
        Tensor weight = Tensor.Ones([64, 64]);
        weight.RequiresGrad = true;
        Step(weight);
        long before = MemoryStats.Now.LiveBytes;
        for (int i = 0; i < 200; i++)
        {
            Step(weight);
        }

        // Other tests run beside this one; a leak would be 200 times a step's memory.
        Assert.InRange(MemoryStats.Now.LiveBytes - before, long.MinValue, 64L << 20);
    }

    [Fact]
    public void KeptGraphsOutliveTheirScope()
    {
        Tensor x = Leaf(3);
        Tensor y;
        using (TensorScope scope = TensorScope.Begin())
        {
            y = scope.Keep(x * x);
        }

        y.Backward();
        Assert.Equal(6, x.Grad!.Item());
    }

    [Fact]
    public void PrintingLooksLikePyTorch()
    {
        Assert.Equal("tensor([1., 2.])", Tensor.From([1f, 2f]).ToString());
        Assert.Equal("tensor([[1.5000, 2.0000],\n        [3.0000, 4.0000]])", Tensor.From([1.5f, 2f, 3f, 4f], [2, 2]).ToString());
        Assert.Equal("tensor([0, 1, 2])", Tensor.Arange(0, 3).ToString());
        Assert.Equal("tensor(2.5000, dtype=float64)", Tensor.Scalar(2.5, DType.Float64).ToString());
        Assert.Contains("...", Tensor.Zeros([2000]).ToString(), StringComparison.Ordinal);
        Assert.EndsWith("grad_fn=<mul>)", (Leaf(1) * 2).ToString(), StringComparison.Ordinal);
    }

    private static void Step(Tensor weight)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor.MatMul(weight, weight).Tanh().Sum().Backward();
        weight.Grad!.FillInPlace(0);
    }

    private static void Fails(Action action, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
