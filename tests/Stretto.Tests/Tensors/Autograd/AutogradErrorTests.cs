namespace Stretto.Tests.Tensors;

/// <summary>Every mistake has a message that names what happened and what to do.</summary>
public sealed class AutogradErrorTests
{
    public static TheoryData<string, Action, string[]> Mistakes => new()
    {
        { "changed saved tensor", ChangedSaved, ["'scale' float32 [2]", "mul saved", "by add_", "version 1", "saved version 0", "Clone()"] },
        { "changed saved output", ChangedOutput, ["exp saved", "output 0 of exp", "by mul_"] },
        { "changed through a view", ChangedThroughView, ["square saved", "by fill_", "version 1"] },
        { "expanded", () => Tensor.From([1f]).Expand([3]).FillInPlace(0), ["fill_", "share one place", "Clone() it before writing"] },
        { "leaf", () => Leaf(1).AddInPlace(Tensor.From([1f])), ["add_", "a leaf that requires gradients", "NoGrad()"] },
        { "view of a leaf", () => Leaf(1, 2).Narrow(0, 0, 1).FillInPlace(0), ["fill_", "view of a leaf", "NoGrad()"] },
        { "random leaf", () => new Generator(1).Normal(Leaf(1)), ["normal_", "a leaf"] },
        { "view made without recording", WriteThroughUnrecordedView, ["copy_", "made inside GradientMode.NoGrad()", "Clone()"] },
        { "freed", Twice, ["mul was already freed", "retainGraph: true"] },
        { "freed by its scope", AfterScope, ["freed when its TensorScope ended", "Keep()"] },
        { "no path", () => Tensor.From([1f]).Backward(), ["backward", "does not depend", "RequiresGrad", "NoGrad"] },
        { "no path of an output", () => Autograd.Grad([Tensor.From([1f])], [Leaf(1)]), ["grad: output 0", "does not depend"] },
        { "input without gradients", () => Autograd.Grad([Leaf(1) * 2], [Tensor.From([1f])]), ["input 0", "does not require gradients"] },
        { "unused input", () => Autograd.Grad([Leaf(1) * 2], [Leaf(1)]), ["input 0", "allowUnused: true", "materializeGrads: true"] },
        { "not a single number", () => (Leaf(1, 2) * 2).Backward(), ["float32 [2] is not a single number", "pass the gradient"] },
        { "integers", () => Tensor.From([1L]).RequiresGrad = true, ["only floating-point"] },
        { "clearing a result", () => (Leaf(1) * 2).RequiresGrad = false, ["Detach()"] },
        { "hook without gradients", () => Tensor.From([1f]).RegisterHook(g => g), ["hook: float32 [1] does not depend"] },
        { "retain without gradients", () => Tensor.From([1f]).RetainGrad(), ["retain_grad"] },
        { "after-accumulation hook of a result", () => (Leaf(1) * 2).RegisterPostAccumulateGradHook(_ => { }), ["no leaf"] },
        { "hook of another shape", BadHook, ["a hook gave the gradient float32 [3]", "float32 [2]"] },
        { "gradient set without need", () => Tensor.From([1f]).Grad = Tensor.From([1f]), ["set RequiresGrad first"] },
    };

    public static TheoryData<string, Action, string[]> MisfitArguments => new()
    {
        { "seed of another shape", () => (Leaf(1, 2) * 2).Backward(Tensor.From([1f])), ["float32 [1]", "shape of float32 [2]"] },
        { "seed of another dtype", () => (Leaf(1, 2) * 2).Backward(Tensor.From([1.0, 2.0])), ["float64 [2]", "dtype", "To(dtype)"] },
        { "another number of seeds", () => Autograd.Grad([Leaf(1)], [Leaf(1)], []), ["0 gradients for 1 outputs"] },
        { "gradient of another shape", () => Leaf(1, 2).Grad = Tensor.From([1f]), ["float32 [1] does not have the shape"] },
        { "in place of another shape", () => Tensor.From([1f]).AddInPlace(Tensor.From([1f, 2f])), ["add_", "does not fit"] },
        { "floats into integers", () => Tensor.From([1L]).AddInPlace(Tensor.From([1f])), ["add_", "convert one"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void MistakesSayWhatToDo(string name, Action mistake, string[] words) =>
        Says(name, Assert.Throws<InvalidOperationException>(mistake).Message, words);

    [Theory]
    [MemberData(nameof(MisfitArguments), DisableDiscoveryEnumeration = true)]
    public void ArgumentsThatDoNotFitAreNamed(string name, Action mistake, string[] words) =>
        Says(name, Assert.Throws<ArgumentException>(mistake).Message, words);

    private static void Says(string name, string message, string[] words)
    {
        foreach (string word in words)
        {
            Assert.True(message.Contains(word, StringComparison.Ordinal), $"{name}: '{word}' is not in: {message}");
        }
    }

    private static void ChangedSaved()
    {
        Tensor scale = Tensor.From([3f, 4f]);
        scale.Name = "scale";
        Tensor y = (Leaf(1, 2) * scale).Sum();
        scale.AddInPlace(Tensor.From([1f, 1f]));
        y.Backward();
    }

    private static void ChangedOutput()
    {
        Tensor y = Leaf(1, 2).Exp();
        y.ScaleInPlace(2).Sum().Backward();
    }

    private static void ChangedThroughView()
    {
        Tensor x = Leaf(1, 2) * 1;
        Tensor y = x.Square();
        x.Narrow(0, 0, 1).FillInPlace(0);
        y.Sum().Backward();
    }

    private static void WriteThroughUnrecordedView()
    {
        Tensor x = Leaf(1, 2) * 1;
        Tensor view;
        using (GradientMode.NoGrad())
        {
            view = x.Narrow(0, 0, 1);
        }

        view.CopyFrom(Tensor.From([1f]));
    }

    private static void Twice()
    {
        Tensor x = Leaf(1, 2);
        Tensor y = (x * x).Sum();
        y.Backward();
        y.Backward();
    }

    private static void AfterScope()
    {
        Tensor y;
        using (TensorScope.Begin())
        {
            Tensor x = Leaf(1, 2);
            y = (x * x).Sum();
        }

        y.Backward(Tensor.Scalar(1));
    }

    private static void BadHook()
    {
        Tensor x = Leaf(1, 2);
        x.RegisterHook(_ => Tensor.Ones([3]));
        (x * 2).Sum().Backward();
    }

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
