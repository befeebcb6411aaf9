namespace Stretto.Tests.Tensors;

/// <summary>Writing in place, directly and through views, against difference quotients: first and second derivatives.</summary>
public sealed class InPlaceTests
{
    /// <summary>Functions of x [2, 3] and y [2, 3] or a broadcast of it.</summary>
    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Function)[] Cases =
    [
        ("add", (x, y) => (x * x).AddInPlace(y).Square()),
        ("add broadcast", (x, y) => (x * x).AddInPlace(y.Select(0, 0)).Square()),
        ("add itself", (x, y) => Kept(x * y, t => t.AddInPlace(t)).Square()),
        ("sub", (x, y) => (x * x).SubInPlace(y.Sin()).Square()),
        ("mul", (x, y) => (x + 1).MulInPlace(y).Square()),
        ("mul broadcast", (x, y) => (x + 1).MulInPlace(y.Narrow(1, 0, 1)).Square()),
        ("mul itself", (x, y) => Kept(x * y, t => t.MulInPlace(t)).Sin()),
        ("mul by a number", (x, y) => (x * y).ScaleInPlace(3).Sin()),
        ("div", (x, y) => (x + 1).DivInPlace(y + 5).Square()),
        ("relu", (x, y) => (x * y).ReluInPlace().Square()),
        ("fill", (x, y) => Kept(x * y, t => t.FillInPlace(2)) + x),
        ("copy", (x, y) => Kept(x.Square(), t => t.CopyFrom(y)) * x),
        ("view of the old, used after", (x, y) =>
        {
            Tensor t = x * y;
            Tensor row = t.Select(0, 1);
            t.MulInPlace(y);
            return row.Sin() + t.Select(0, 0);
        }),
        ("write through a row", (x, y) => Through(x * y, t => t.Select(0, 1).MulInPlace(x.Select(0, 0)))),
        ("write through a slice with steps", (x, y) => Through(x * y, t => t[.., TensorIndex.Slice(0, null, 2)].AddInPlace(x.Narrow(1, 1, 1)))),
        ("write through a transposed view", (x, y) => Through(
            x * y, t => t.Transpose(0, 1).Narrow(0, 1, 2).CopyFrom(y.Narrow(1, 0, 2).Transpose(0, 1)))),
        ("write through a view of a view", (x, y) => Through(x * y, t => t.Reshape(6).Narrow(0, 1, 4).Reshape(2, 2).Select(1, 0).ScaleInPlace(-2))),
        ("write through a diagonal", (x, y) => Through(x * y, t => t.Diagonal().ReluInPlace())),
        ("write through a scalar place", (x, y) => Through(x * y, t => t[1, 2].DivInPlace(y[0, 0] + 3))),
        ("into a tensor without gradients", (x, y) => Through(
            Tensor.Zeros([2, 3], DType.Float64), t => t.Select(0, 0).CopyFrom(x.Select(0, 1) * y.Select(0, 0)))),
        ("row after row", (x, y) =>
        {
            Tensor t = Tensor.Zeros([3, 3], DType.Float64);
            t.Select(0, 0).CopyFrom(x.Select(0, 0));
            for (int i = 1; i < 3; i++)
            {
                t.Select(0, i).CopyFrom(t.Select(0, i - 1).Clone().Sin() * y.Select(0, 1));
            }

            return t;
        }),
        ("two views that overlap", (x, y) =>
        {
            Tensor t = x * y;
            (Tensor left, Tensor right) = (t.Narrow(1, 0, 2), t.Narrow(1, 1, 2));
            left.MulInPlace(y.Narrow(1, 0, 2));
            right.AddInPlace(left);
            return (left.Sin() * right) + t.Narrow(1, 0, 2);
        }),
        ("a base of strided memory", (x, y) => Through(
            (x * y).Transpose(0, 1).Contiguous().Transpose(0, 1), t => t.Narrow(1, 1, 2).MulInPlace(x.Narrow(1, 0, 2)))),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsFollowTheWrites(string name)
    {
        Func<Tensor, Tensor, Tensor> function = Cases.Single(c => c.Name == name).Function;
        Tensor[] inputs = [Tensor.From([0.3, -1.2, 0.7, 0.9, -0.4, 1.1], [2, 3]), Tensor.From([1.4, 0.6, -0.8, 0.5, 1.3, -1.7], [2, 3])];
        GradCheck.Run(i => function(i[0], i[1]), inputs);
        GradGradCheck.Run(i => function(i[0], i[1]), inputs, tolerance: 1e-5);
    }

    [Fact]
    public void AViewTellsItsNewPlace()
    {
        Tensor x = Tensor.From([1f, 2f]);
        x.RequiresGrad = true;
        Tensor whole = Tensor.Zeros([2]);
        Tensor part = whole.Narrow(0, 1, 1);
        Assert.False(part.RequiresGrad);
        whole.AddInPlace(x);
        Assert.True(part.RequiresGrad);
        Assert.Contains("grad_fn=<view>", part.ToString(), StringComparison.Ordinal);
        part.ScaleInPlace(3);
        Assert.Contains("grad_fn=<mul_>", whole.ToString(), StringComparison.Ordinal);
        whole.Sum().Backward();
        Assert.Equal([1.0, 3], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void WithoutRecordingLeavesAreWritten()
    {
        Tensor x = Tensor.From([1f, 2f]);
        x.RequiresGrad = true;
        using (GradientMode.NoGrad())
        {
            x.Narrow(0, 0, 1).FillInPlace(5);
            x.AddInPlace(x.Flip(0));
        }

        Assert.True(x.IsLeaf);
        Assert.Equal([7.0, 7], x.ToArray<double>());
    }

    [Fact]
    public void AHookAndARetainedGradientMeetWrites()
    {
        Tensor x = Tensor.From([2f]);
        x.RequiresGrad = true;
        Tensor y = x * 3;
        List<double> seen = [];
        y.RegisterHook(g =>
        {
            seen.Add(g.Item());
            return null;
        });
        y.RetainGrad();
        y.ScaleInPlace(5);
        (y * 7).Backward();

        // As in PyTorch: the hook belongs to the value before the write, the retained gradient to the value now.
        Assert.Equal([35.0], seen);
        Assert.Equal(7, y.Grad!.Item());
        Assert.Equal(105, x.Grad!.Item());
    }

    private static Tensor Kept(Tensor t, Action<Tensor> write)
    {
        write(t);
        return t;
    }

    private static Tensor Through(Tensor t, Action<Tensor> write)
    {
        write(t);
        return t.Sin() * t;
    }
}
