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
    public void SecondDerivatives()
    {
        Tensor x = Leaf(2);
        Tensor first = Autograd.Grad([x * x * x], [x], createGraph: true)[0]!;
        Assert.Equal(12, first.Item());
        Assert.Equal(12, Autograd.Grad([first], [x])[0]!.Item());
        Assert.Null(x.Grad);
    }

    [Fact]
    public void AnUnusedInputHasNoGradientOrZeros()
    {
        (Tensor x, Tensor y) = (Leaf(2), Leaf(3));
        Assert.Null(Autograd.Grad([x * x], [y], allowUnused: true)[0]);
        Assert.Equal(0, Autograd.Grad([x * x], [y], materializeGrads: true)[0]!.Item());
    }

    [Fact]
    public void OnlyWhatTheInputsNeedRunsAndIsFreed()
    {
        (Tensor x, Tensor y) = (Leaf(2), Leaf(3));
        Tensor square = y * y;
        Tensor sum = (x * x) + square;
        Assert.Equal(4, Autograd.Grad(sum, x).Item());
        Assert.Equal(6, Autograd.Grad(square, y).Item());
    }

    [Fact]
    public void InnerValuesAreInputsToo()
    {
        Tensor x = Leaf(3);
        Tensor square = x * x;
        Tensor?[] found = Autograd.Grad([square * square], [square, x, square], [Tensor.From([2f])]);
        Assert.Equal([36.0, 216, 36], found.Select(g => g!.Item()));
    }

    [Fact]
    public void BackwardIntoChosenInputs()
    {
        (Tensor x, Tensor y) = (Leaf(2), Leaf(3));
        Tensor product = x * y;
        (product * product).Backward(inputs: [y, product]);
        Assert.Null(x.Grad);
        Assert.Equal(24, y.Grad!.Item());
        Assert.Equal(12, product.Grad!.Item());
    }

    [Fact]
    public void ResultsRetainTheirGradientWhenAsked()
    {
        Tensor x = Leaf(1, 2);
        Tensor y = x * 3;
        y.RetainGrad();
        (y * y).Sum().Backward(retainGraph: true);
        Assert.Equal([6.0, 12], y.Grad!.ToArray<double>());
        (y * 1).Sum().Backward();
        Assert.Equal([7.0, 13], y.Grad.ToArray<double>());
        Assert.Equal([21.0, 39], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void PartsWithoutSavedTensorsServeTwoPasses()
    {
        Tensor x = Leaf(1, 2);
        Tensor shared = x + 1;
        (shared * shared).Sum().Backward();
        (shared * shared).Sum().Backward();
        Assert.Equal([8.0, 12], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void GradientsOfLeavesAreTheirOwn()
    {
        Tensor x = Leaf(1, 2);
        Tensor seed = Tensor.From([1f, 1f]);
        (x + 0).Backward(seed);
        x.Grad!.FillInPlace(5);
        Assert.Equal([1.0, 1], seed.ToArray<double>());

        (Tensor a, Tensor b) = (Leaf(1, 2), Leaf(1, 2));
        (a + b).Backward(seed);
        a.Grad!.FillInPlace(5);
        Assert.Equal([1.0, 1], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void CreateGraphMakesGradOfLeavesDifferentiable()
    {
        Tensor x = Leaf(3);
        (x * x * x).Backward(createGraph: true);
        Tensor first = x.Grad!;
        x.Grad = null;
        first.Backward();
        Assert.Equal(18, x.Grad!.Item());
    }

    [Fact]
    public void NothingIsRecordedWithoutGrad()
    {
        Tensor x = Leaf(1, 2);
        using (GradientMode.NoGrad())
        {
            Assert.False((x * x).RequiresGrad);
        }

        using (GradientMode.NoGrad())
        {
            using GradientMode.Restore on = GradientMode.EnableGrad();
            Assert.True((x * x).RequiresGrad);
        }

        Assert.True((x * x).RequiresGrad);
        Assert.False(x.Detach().RequiresGrad);
        Assert.True(x.Detach().SharesStorageWith(x));
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

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
