namespace Stretto.Tests.Tensors;

/// <summary>Tests that read the process's memory figures run alone.</summary>
[CollectionDefinition(nameof(AloneWithMemory), DisableParallelization = true)]
public sealed class AloneWithMemory;

/// <summary>The cross-entropy whose logits never exist whole.</summary>
[Collection(nameof(AloneWithMemory))]
public sealed class LinearCrossEntropyTests
{
    [Fact]
    public void LogitsAreNeverWholeInMemory()
    {
        const int Rows = 4096;
        const int Classes = 4000;
        using TensorScope scope = TensorScope.Begin();
        Tensor hidden = new Generator(1).Normal(Tensor.Empty([Rows, 8])).Detach();
        Tensor weight = new Generator(2).Normal(Tensor.Empty([Classes, 8])).Detach();
        (hidden.RequiresGrad, weight.RequiresGrad) = (true, true);
        Tensor targets = Tensor.From([.. Enumerable.Range(0, Rows).Select(i => i % 7 == 0 ? -100L : i % Classes)], null);
        MemoryStats.ResetPeak();
        long before = MemoryStats.Now.LiveBytes;
        Tensor loss = Tensor.LinearCrossEntropy(hidden, weight, targets, -100, 0.1, 1e-4);
        loss.Backward();
        long most = MemoryStats.Now.PeakBytes - before;
        Assert.InRange(most, 0, Rows * Classes * sizeof(float) / 3);
        Assert.True(double.IsFinite(loss.Item()));
    }

    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(700, 0.2, 0)]
    [InlineData(1100, 0, 0.01)]
    [InlineData(1100, 0.3, 0.02)]
    public void AgreesWithTheUnfusedLosses(int rows, double smoothing, double zLoss)
    {
        foreach (Device device in new[] { Device.Cpu, Device.Reference })
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor hidden, Tensor weight) = Leaves(rows, device);
            (Tensor hidden2, Tensor weight2) = Leaves(rows, device);
            Tensor targets = Tensor.From([.. Enumerable.Range(0, rows).Select(i => i % 3 == 0 ? 7L : i % 11)], device);
            Tensor fused = Tensor.LinearCrossEntropy(hidden, weight, targets, 7, smoothing, zLoss);
            Tensor logits = Tensor.Linear(hidden2, weight2);
            Tensor kept = targets.Ne(7).To(DType.Float64);
            Tensor unfused = logits.CrossEntropy(targets, null, 7, Reduction.Sum, smoothing)
                + ((logits.LogSumExp([1]).Square() * kept).Sum() * zLoss);
            (fused * 2).Backward();
            (unfused * 2).Backward();
            Near(unfused, fused);
            Near(hidden2.Grad!, hidden.Grad!);
            Near(weight2.Grad!, weight.Grad!);
        }
    }

    [Fact]
    public void MisfitsAreNamed()
    {
        Tensor hidden = Tensor.Ones([2, 3]);
        Tensor weight = Tensor.Ones([5, 3]);
        Tensor targets = Tensor.From<long>([1, 2], null);
        Assert.Contains(
            "[2, 3]", Assert.Throws<ArgumentException>(() => Tensor.LinearCrossEntropy(hidden, Tensor.Ones([5, 4]), targets)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.LinearCrossEntropy(hidden, weight, targets.To(DType.Int32)));
        Assert.Throws<ArgumentException>(() => Tensor.LinearCrossEntropy(hidden, weight, targets, labelSmoothing: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.LinearCrossEntropy(hidden, weight, targets + 4));
    }

    private static (Tensor Hidden, Tensor Weight) Leaves(int rows, Device device)
    {
        Tensor hidden = new Generator(1).Normal(Tensor.Empty([rows, 5], DType.Float64, device)).Detach();
        Tensor weight = new Generator(2).Normal(Tensor.Empty([11, 5], DType.Float64, device)).Detach();
        (hidden.RequiresGrad, weight.RequiresGrad) = (true, true);
        return (hidden, weight);
    }

    private static void Near(Tensor expected, Tensor actual)
    {
        (double[] a, double[] b) = (expected.ToArray<double>(), actual.ToArray<double>());
        Assert.Equal(a.Length, b.Length);
        double scale = a.Max(Math.Abs);
        for (int i = 0; i < a.Length; i++)
        {
            Assert.True(Math.Abs(a[i] - b[i]) <= 1e-9 * scale, $"[{i}]: {b[i]} instead of {a[i]}");
        }
    }
}
