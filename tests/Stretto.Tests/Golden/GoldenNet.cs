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

    /// <summary>Fills a module from the initial state.</summary>
    public T Load<T>(T module, string prefix = "state.") where T : Module
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        foreach ((string key, Tensor parameter) in module.Parameters())
        {
            using Tensor stored = _file.Read(prefix + key);
            parameter.CopyFrom(stored);
        }

        return module;
    }

    public T LoadBuffers<T>(T module) where T : Module
    {
        foreach ((string key, Tensor buffer) in module.Buffers())
        {
            using Tensor stored = _file.Read("state." + key);
            buffer.CopyFrom(stored);
        }

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

    /// <summary>Trains step by step and compares every loss and the final state.</summary>
    public void Train(Module module, Optimizer optimizer, double rate, JsonElement training, Func<int, Tensor> loss, Func<string, bool>? skip = null)
    {
        double[] losses = [.. training.GetProperty("loss").EnumerateArray().Select(GoldenFolder.Number)];
        for (int step = 0; step < losses.Length; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            optimizer.ZeroGradients();
            Tensor value = loss(step);
            Assert.True(Math.Abs(value.Item() - losses[step]) <= 1e-4 * Math.Abs(losses[step]), $"loss {step}: {value.Item()} instead of {losses[step]}");
            value.Backward();
            optimizer.Step(rate);
        }

        foreach ((string key, Tensor parameter) in module.Parameters())
        {
            if (skip?.Invoke(key) != true)
            {
                Near($"final.{key}", parameter, 1e-3);
            }
        }
    }

    /// <summary>Compares with a stored tensor, or with one row of it.</summary>
    public void Near(string key, Tensor actual, double relative, long? row = null)
    {
        Tensor stored = _file.Read(key);
        double[] expected = (row is { } k ? stored.Narrow(0, k, 1) : stored).ToArray<double>();
        double error = GoldenFolder.RelativeError(actual.ToArray<double>(), expected);
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        Assert.True(error <= relative || norm * error <= 1e-7, $"{name} {key}: relative error {error:g3}");
    }
}
