using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>The printed tree and the summary.</summary>
public sealed class ModulePrintingTests
{
    [Fact]
    public void TheTreeIsPyTorchs() => Assert.Equal(
        """
        Sequential(
          (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1))
          (act): Relu()
          (2): ModuleLike(
            (inner): Linear(in_features=4, out_features=2, bias=True)
          )
        )
        """, Model().ToString(), ignoreLineEndingDifferences: true);

    [Fact]
    public void TheTreeWithShapesAndCounts() => Assert.Equal(
        """
        Sequential(
          (0): Conv2d(weight [8, 1, 3, 3], bias [8])
          (act): Relu()
          (2): ModuleLike(
            (inner): Linear(weight [2, 4], bias [2])
          )
        )
        90 parameters, 10 of them trained
        """, Frozen().Tree(), ignoreLineEndingDifferences: true);

    [Fact]
    public void TheSummaryHasOutputsCountsAndBytes()
    {
        ModuleSummary summary = Frozen().Summary([5, 1, 3, 6]);
        Assert.Equal(["", "0", "act", "2", "2.inner"], summary.Rows.Select(r => r.Name));
        Assert.Equal(["[5, 8, 1, 2]", "[5, 8, 1, 4]", "[5, 8, 1, 4]", "[5, 8, 1, 2]", "[5, 8, 1, 2]"], summary.Rows.Select(r => r.Output));
        Assert.Equal([0L, 80, 0, 0, 10], summary.Rows.Select(r => r.Parameters));
        Assert.Equal([0L, 0, 0, 0, 10], summary.Rows.Select(r => r.Trained));
        Assert.Equal(360, summary.Rows.Sum(r => r.Bytes));
        Assert.Equal(
            """
            Module   Type        Output shape  Parameters  Bytes
            (whole)  Sequential  [5, 8, 1, 2]           0      0
            0        Conv2d      [5, 8, 1, 4]          80    320
            act      Relu        [5, 8, 1, 4]           0      0
            2        ModuleLike  [5, 8, 1, 2]           0      0
            2.inner  Linear      [5, 8, 1, 2]          10     40
            90 parameters (10 trained), 360 bytes, buffers 0 bytes
            """, summary.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void ASharedParameterIsSummedOnce()
    {
        Linear first = new(3, 3, bias: false);
        ModuleSummary summary = new Sequential(first, new Linear(first.Weight)).Summary([1, 3]);
        Assert.Equal([0L, 9, 0], summary.Rows.Select(r => r.Parameters));
    }

    private static Sequential Model() =>
        new Sequential(new Conv2d(1, 8, 3)).Add("act", new Relu()).Add(new ModuleLike());

    private static Sequential Frozen()
    {
        Sequential model = Model();
        model.Freeze("0.*");
        return model;
    }

    private sealed class ModuleLike : Layer
    {
        private readonly Linear _inner;

        public ModuleLike() => _inner = Child("inner", new Linear(4, 2));

        protected override Tensor ForwardCore(Tensor x) => _inner.Forward(x);
    }
}
