using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Tests.Nn;

/// <summary>State dictionaries and files, in and out.</summary>
public sealed class ModuleStateTests
{
    [Fact]
    public void AStateGoesOutAndIn()
    {
        Sequential from = Model();
        from.Forward(Tensor.From([1f, 2, 3, 4, 5, 6], [3, 2]));
        Sequential to = Model();
        LoadReport report = to.LoadStateDict(from.StateDict());
        Assert.Empty(report.Missing);
        Assert.Empty(report.Unexpected);
        AssertSame(from, to);
    }

    [Fact]
    public void TheStateSharesMemoryAndTakesNoGradient()
    {
        Linear layer = new(2, 2);
        Tensor weight = layer.StateDict()["weight"];
        Assert.True(weight.SharesStorageWith(layer.Weight));
        Assert.False(weight.RequiresGrad);
        using (TensorScope.Begin())
        {
            weight = layer.StateDict()["weight"];
        }

        Assert.Equal(layer.Weight.ToArray<float>(), weight.ToArray<float>());
    }

    [Fact]
    public void StrictNamesEverythingThatDoesNotFit()
    {
        Sequential model = Model();
        float[] before = model.StateDict()["0.weight"].ToArray<float>();
        OrderedDictionary<string, Tensor> state = Model().StateDict();
        state.Remove("0.bias");
        state["9.weight"] = Tensor.Ones([1]);
        state["1.weight"] = Tensor.Ones([7]);
        state["1.num_batches_tracked"] = Tensor.Ones(Shape.Scalar);
        string message = Assert.Throws<ArgumentException>(() => model.LoadStateDict(state)).Message;
        Assert.Contains("'0.bias' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'9.weight' is unexpected", message, StringComparison.Ordinal);
        Assert.Contains("'1.weight': its shape is [7], the module asks for [3]", message, StringComparison.Ordinal);
        Assert.Contains("'1.num_batches_tracked': its type is float32 [], the module asks for int64 []", message, StringComparison.Ordinal);
        Assert.Equal(before, model.StateDict()["0.weight"].ToArray<float>());
    }

    [Fact]
    public void LooseReportsNamesButNotShapes()
    {
        Sequential model = Model();
        OrderedDictionary<string, Tensor> state = Model().StateDict();
        state.Remove("0.bias");
        state["extra"] = Tensor.Ones([1]);
        LoadReport report = model.LoadStateDict(state, strict: false);
        Assert.Equal(["0.bias"], report.Missing);
        Assert.Equal(["extra"], report.Unexpected);
        state["0.weight"] = Tensor.Ones([1]);
        Assert.Throws<ArgumentException>(() => model.LoadStateDict(state, strict: false));
    }

    [Fact]
    public void APrefixPicksAPart()
    {
        Linear layer = new(2, 3);
        Sequential whole = new(layer, new Relu());
        Dictionary<string, Tensor> state = whole.StateDict("model.").ToDictionary();
        Linear other = new(2, 3);
        other.LoadStateDict(state, prefix: "model.0.");
        AssertSame(layer, other);
        Assert.Contains("'model.weight' is missing", Assert.Throws<ArgumentException>(() =>
            other.LoadStateDict(state, prefix: "model.")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FloatingTypesAreConverted()
    {
        Linear layer = new(1, 1, bias: false);
        layer.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Tensor.Full([1, 1], 0.5, DType.BFloat16) });
        Assert.Equal((0.5, DType.Float32), (layer.Weight.Item(), layer.Weight.DType));
    }

    [Fact]
    public void AFileHoldsBuffersThatPersist()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.safetensors");
        try
        {
            Sequential model = Model();
            model.Forward(Tensor.From([1f, 2, 3, 4, 5, 6], [3, 2]));
            model.Save(path);
            using SafeTensors file = new(path);
            Assert.Equal(model.StateDict().Keys.Order(), file.Entries.Keys.Order());
            Sequential loaded = Model();
            loaded.Load(file, strict: true);
            AssertSame(model, loaded);
            ModelFormatException missing = Assert.Throws<ModelFormatException>(() => new Sequential(new Linear(2, 3), new Linear(3, 3)).Load(file));
            Assert.Contains("1.weight", missing.Message, StringComparison.Ordinal);
            Assert.Contains("unexpected", Assert.Throws<ModelFormatException>(() =>
                new Sequential(new Linear(2, 3)).Load(file, strict: true)).Message, StringComparison.Ordinal);
            new Sequential(new Linear(2, 3)).Load(file);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Sequential Model() => new(new Linear(2, 3), new BatchNorm1d(3));

    private static void AssertSame(Module a, Module b)
    {
        foreach (((string name, Tensor x), (string other, Tensor y)) in a.StateDict().Zip(b.StateDict()))
        {
            Assert.Equal(name, other);
            Assert.Equal(x.ToArray<double>(), y.ToArray<double>());
        }
    }
}
