namespace Stretto.Tests.Tensors;

/// <summary>Hooks see the whole gradient once a pass, in order, and may replace it.</summary>
public sealed class HookTests
{
    [Fact]
    public void AHookSeesTheSumOfAllUses()
    {
        Tensor x = Leaf(1, 2);
        Tensor y = x * 2;
        List<double[]> seen = [];
        using (y.RegisterHook(g => Noted(seen, g)))
        using (x.RegisterHook(g => Noted(seen, g)))
        {
            ((y * 3) + (y * 4) + x).Sum().Backward();
        }

        Assert.Equal([[7, 7], [15, 15]], seen);
        (x * 2).Sum().Backward();
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void WhatAHookReturnsFlowsOn()
    {
        Tensor x = Leaf(1, 2);
        Tensor y = x * 2;
        y.RegisterHook(g => g * 10);
        y.RegisterHook(g => g + 1);
        x.RegisterHook(g => g * -1);
        y.Sum().Backward();
        Assert.Equal([-22.0, -22], x.Grad!.ToArray<double>());
        Assert.Equal(-22, Autograd.Grad((x * 22).Sum(), x).ToArray<double>()[0]);
    }

    [Fact]
    public void AHookMayKeepItsGradient()
    {
        Tensor x = Leaf(1, 2);
        Tensor? kept = null;
        x.RegisterHook(g =>
        {
            kept = g;
            return null;
        });
        (x * 3).Sum().Backward();
        x.Grad!.FillInPlace(0);
        Assert.Equal([3.0, 3], kept!.ToArray<double>());
    }

    [Fact]
    public void AHooksReplacementIsDifferentiable()
    {
        Tensor x = Leaf(3);
        Tensor y = x * x;
        Tensor first;
        using (y.RegisterHook(g => g * y))
        {
            first = Autograd.Grad(y, x, createGraph: true);
        }

        Assert.Equal(54, first.Item());
        Assert.Equal(54, Autograd.Grad(first, x).Item());
    }

    [Fact]
    public void AfterAccumulationTheLeafHasItsGradient()
    {
        (Tensor a, Tensor b) = (Leaf(1), Leaf(2));
        a.Name = "a";
        List<string> order = [];
        void Note(Tensor leaf)
        {
            order.Add($"{leaf.Name} {leaf.Grad!.Item()} {b.Grad is null}");
            leaf.Grad = null;
        }

        // a's last use is the first to have its turn: its hook runs before the pass is over, so that an optimizer can free it.
        Tensor inner = b * 3;
        IDisposable hook = a.RegisterPostAccumulateGradHook(Note);
        (inner * a * a).Backward();
        Assert.Equal(["a 12 True"], order);
        Assert.Null(a.Grad);
        Assert.Equal(3, b.Grad!.Item());
        hook.Dispose();
        (a * 5).Backward();
        Assert.Equal(5, a.Grad!.Item());
    }

    [Fact]
    public void ARemovedHookEndsWithTheNextPass()
    {
        Tensor x = Leaf(1);
        List<int> calls = [];
        IDisposable? second = null;
        x.RegisterHook(g =>
        {
            calls.Add(1);
            second!.Dispose();
            return null;
        });
        second = x.RegisterHook(g =>
        {
            calls.Add(2);
            return null;
        });
        (x * 1).Backward();
        (x * 1).Backward();
        Assert.Equal([1, 2, 1], calls);
    }

    private static Tensor? Noted(List<double[]> seen, Tensor gradient)
    {
        seen.Add(gradient.ToArray<double>());
        return null;
    }

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
