using System.Text.Json;
using Stretto.Nn;
using Stretto.Training.Optimizers;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>One small network of train/run/nets: initial state in, outputs, gradients, losses and final state out.</summary>
internal sealed class GoldenNet(string name) : IDisposable
{
    private readonly SafeTensors _file = GoldenFolder.Tensors("train", "run", "nets", name + ".safetensors");
    private readonly Dictionary<string, Tensor> _inputs = [];

    public void Dispose() => _file.Dispose();

    public bool Has(string key) => _file.Entries.ContainsKey(key);

    public Tensor Read(string key) => _file.Read(key);

    /// <summary>An input; floating-point ones collect gradients.</summary>
    public Tensor In(string key)
    {
        Tensor tensor = _file.Read("in." + key);
        tensor.RequiresGrad = tensor.DType.IsFloatingPoint() && Has("grad.in." + key);
        return _inputs[key] = tensor;
    }

    /// <summary>Fills a module from the initial state: every parameter and buffer is there, and nothing else.</summary>
    public T Load<T>(T module) where T : Module
    {
        module.LoadStateDict(_file.Entries.Keys.Where(k => k.StartsWith("state.", StringComparison.Ordinal)).ToDictionary(k => k[6..], Read));
        return module;
    }

    public void Outputs(Module module, params (string Name, Tensor Value)[] outputs)
    {
        Tensor? loss = null;
        foreach ((string key, Tensor value) in outputs)
        {
            Near($"out.{key}", value, 1e-5);
            Tensor part = (value * _file.Read($"cotangent.{key}")).Sum();
            loss = loss is null ? part : loss + part;
        }

        loss!.Backward();
        Gradients(module);
        foreach ((string key, Tensor input) in _inputs)
        {
            if (Has($"grad.in.{key}"))
            {
                Near($"grad.in.{key}", input.Grad!, 1e-4);
            }
        }
    }

    public void Gradients(Module module)
    {
        foreach ((string key, Tensor parameter) in module.Parameters())
        {
            if (Has($"grad.{key}"))
            {
                Near($"grad.{key}", parameter.Grad!, 1e-4);
            }
        }
    }

    /// <summary>Trains step by step and compares the first gradients, every loss and the final state.</summary>
    /// <param name="module">The module.</param>
    /// <param name="training">What the file says of the run.</param>
    /// <param name="loss">The loss of a step.</param>
    /// <param name="skip">The part of the first dimension of a parameter that cannot matter, or null.</param>
    public void Train(Module module, JsonElement training, Func<int, Tensor> loss, Func<string, Tensor, (long From, long To)?>? skip = null)
    {
        (Optimizer optimizer, double rate) = Optimizer(training.GetProperty("optimizer").GetString()!, module);
        double[] losses = [.. training.GetProperty("loss").EnumerateArray().Select(GoldenFolder.Number)];
        for (int step = 0; step < losses.Length; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            module.ZeroGrad();
            Tensor value = loss(step);
            Assert.True(Math.Abs(value.Item() - losses[step]) <= 1e-4 * Math.Abs(losses[step]), $"loss {step}: {value.Item()} instead of {losses[step]}");
            value.Backward();
            if (step == 0)
            {
                Gradients(module);
            }

            optimizer.Step(rate);
        }

        foreach ((string key, Tensor value) in module.StateDict())
        {
            if (Has($"final.{key}") || module.Parameters().Any(p => p.Key == key))
            {
                (long from, long to) = skip?.Invoke(key, value) ?? (0, 0);
                Near($"final.{key}", value, 1e-3, skip: (from, to));
            }
        }
    }

    /// <summary>An optimizer from the words of a description, such as <c>SGD lr 0.3 momentum 0.9 weight_decay 1e-4</c>.</summary>
    private static (Optimizer Optimizer, double Rate) Optimizer(string text, Module module)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] Values(string key, params double[] missing) => Array.IndexOf(words, key) is var i and >= 0
            ? [.. words[i + 1].Split('/').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))]
            : missing;
        double Value(string key, double missing = 0) => Values(key, missing)[0];
        ParameterGroup[] groups = [new(module.Parameters())];
        double[] betas = Values("betas", 0.9, 0.999);
        Optimizer optimizer = words[0] switch
        {
            "SGD" => new Sgd(groups, new(
                Value("momentum"), Value("dampening"), text.Contains("nesterov", StringComparison.OrdinalIgnoreCase), Value("weight_decay"))),
            "Adam" => new Adam(groups, new(betas[0], betas[1], Value("eps", 1e-8), Value("weight_decay"))),
            "AdamW" => new AdamW(groups, new(betas[0], betas[1], Value("eps", 1e-8), Value("weight_decay", 0.01))),
            "RMSprop" => new RmsProp(groups, new(Value("alpha", 0.99), Value("eps", 1e-8), Value("momentum"), false, Value("weight_decay"))),
            string other => throw new NotSupportedException(other),
        };
        return (optimizer, Value("lr"));
    }

    /// <summary>Compares with a stored tensor, or with one row of it; rows From to To − 1 of the first dimension are left out.</summary>
    public void Near(string key, Tensor actual, double relative, long? row = null, (long From, long To) skip = default)
    {
        Tensor stored = _file.Read(key);
        Tensor wanted = row is { } k ? stored.Select(0, k) : stored;
        Assert.True(wanted.Shape == actual.Shape, $"{name} {key}: {actual.Shape} instead of {wanted.Shape}");
        double[] expected = wanted.ToArray<double>();
        double[] found = actual.ToArray<double>();
        long each = wanted.Rank == 0 ? 1 : wanted.Count / Math.Max(1, wanted.Shape[0]);
        for (long i = skip.From * each; i < skip.To * each; i++)
        {
            (expected[i], found[i]) = (0, 0);
        }

        double error = GoldenFolder.RelativeError(found, expected);
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        // A tensor whose truth is 0 (the key bias's gradient) has no relative error: what is left is rounding.
        Assert.True(error <= relative || norm * error <= 1e-7, $"{name} {key}: relative error {error:g3}");
    }
}
