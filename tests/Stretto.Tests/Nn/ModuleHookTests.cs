using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>Hooks around forward and backward.</summary>
public sealed class ModuleHookTests
{
    [Fact]
    public void ForwardHooksSeeAndReplaceUntilDisposed()
    {
        Lambda layer = new(x => x * 2);
        List<string> order = [];
        using IDisposable pre = layer.RegisterForwardPreHook((m, x) =>
        {
            Assert.Same(layer, m);
            order.Add("pre");
            return [x[0]! + 1];
        });
        IDisposable post = layer.RegisterForwardHook((_, x, y) =>
        {
            order.Add($"post {x[0]!.Item()} {y[0].Item()}");
            return [y[0] * 10];
        });
        Assert.Equal(80, layer.Forward(Tensor.Scalar(3)).Item());
        Assert.Equal(["pre", "post 4 8"], order);
        post.Dispose();
        post.Dispose();
        Assert.Equal(8, layer.Forward(Tensor.Scalar(3)).Item());
    }

    [Fact]
    public void AHookInsideAnotherModuleIsSeen()
    {
        Sequential model = new(new Relu(), new Sequential(new Tanh()));
        int calls = 0;
        foreach ((_, Module part) in model.Modules())
        {
            part.RegisterForwardHook((_, _, _) =>
            {
                calls++;
                return null;
            });
        }

        model.Forward(Tensor.Ones([1]));
        Assert.Equal(4, calls);
    }

    [Fact]
    public void AHookMayRemoveItselfAndMustReturnAsManyTensors()
    {
        Identity layer = new();
        IDisposable? once = null;
        int calls = 0;
        once = layer.RegisterForwardHook((_, _, _) =>
        {
            calls++;
            once!.Dispose();
            return null;
        });
        layer.Forward(Tensor.Ones([1]));
        layer.Forward(Tensor.Ones([1]));
        Assert.Equal(1, calls);
        layer.RegisterForwardHook((_, _, _) => []);
        Assert.Contains("0 tensors for 1", Assert.Throws<InvalidOperationException>(() => layer.Forward(Tensor.Ones([1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BackwardHooksSeeBothSidesAndReplaceTheInputs()
    {
        Bilinear layer = new(2, 2, 1, bias: false);
        Init.Ones(layer.Weight);
        Tensor a = Tensor.From([1f, 2], [1, 2]);
        Tensor b = Tensor.From([3f, 4], [1, 2]);
        (a.RequiresGrad, b.RequiresGrad) = (true, true);
        List<double[]> seen = [];
        layer.RegisterBackwardHook((_, inputs, outputs) =>
        {
            seen.AddRange(inputs.Concat(outputs).Select(t => t!.ToArray<double>()));
            return [inputs[0]! * 100, null];
        });
        (layer.Forward(a, b) * 5).Sum().Backward();
        Assert.Equal([[35, 35], [15, 15], [5]], seen);
        Assert.Equal([3500f, 3500], a.Grad!.ToArray<float>());
        Assert.Null(b.Grad);
        Assert.Equal([15f, 20, 30, 40], layer.Weight.Grad!.ToArray<float>());
    }

    [Fact]
    public void BackwardHooksRunWhereNoInputTakesAGradient()
    {
        Lstm lstm = new(2, 3);
        int calls = 0;
        lstm.RegisterBackwardHook((_, inputs, outputs) =>
        {
            calls++;
            Assert.Equal(3, inputs.Count);
            Assert.All(inputs, Assert.Null);
            Assert.Equal([true, false, false], outputs.Select(t => t is not null));
            return null;
        });
        lstm.Forward(Tensor.Ones([4, 1, 2])).Output.Sum().Backward();
        Assert.Equal(1, calls);
        Assert.NotNull(lstm.Parameters()[0].Value.Grad);
        using (GradientMode.NoGrad())
        {
            lstm.Forward(Tensor.Ones([4, 1, 2]));
        }
    }

    [Fact]
    public void HooksDoNotChangeGradientsAndAllowSecondOnes()
    {
        Tensor x = Tensor.From([0.5f, -1]);
        x.RequiresGrad = true;
        Lambda cube = new(t => t * t * t);
        cube.RegisterBackwardHook((_, _, _) => null);
        Tensor first = Autograd.Grad([cube.Forward(x).Sum()], [x], createGraph: true)[0]!;
        Assert.Equal([0.75, 3], first.ToArray<double>());
        Assert.Equal([3, -6], Autograd.Grad([first.Sum()], [x])[0]!.ToArray<double>());
    }
}
