using Stretto.Weights;

namespace Stretto.Nn;

/// <summary>
/// A part of a model: parameters and other modules, registered under the checkpoint's own names, so that loading needs no table.
/// </summary>
/// <remarks>
/// A derived class registers in its constructor, with <see cref="Child{T}"/> and <see cref="Register"/>, in the order of the
/// computation. Parameters are float32 leaves that require gradients and live as long as the module.
/// </remarks>
public abstract class Module
{
    private readonly List<(string Name, Module Module)> _children = [];
    private readonly List<(string Name, Tensor Tensor)> _parameters = [];
    private readonly List<(string Name, Tensor Tensor)> _buffers = [];

    /// <summary>Whether layers that behave differently in training (batch norm, dropout) do so; true at first.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Sets <see cref="IsTraining"/> for this module and all parts.</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach ((_, Module child) in _children)
        {
            child.Train(training);
        }
    }

    /// <summary>Every buffer under its full name: state that is saved and takes no gradients, such as running statistics.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers()
    {
        List<KeyValuePair<string, Tensor>> all = [.. _buffers.Select(b => new KeyValuePair<string, Tensor>(b.Name, b.Tensor))];
        foreach ((string name, Module child) in _children)
        {
            all.AddRange(child.Buffers().Select(b => new KeyValuePair<string, Tensor>($"{name}.{b.Key}", b.Value)));
        }

        return all;
    }

    /// <summary>Every parameter once, under its full name such as <c>model.layers.0.mlp.up_proj.weight</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Parameters()
    {
        List<KeyValuePair<string, Tensor>> all = [];
        Collect("", all, []);
        return all;
    }

    /// <summary>The number of parameters' elements.</summary>
    public long ParameterCount
    {
        get
        {
            long count = 0;
            foreach ((_, Tensor tensor) in Parameters())
            {
                count += tensor.Count;
            }

            return count;
        }
    }

    /// <summary>Stops gradients of all parameters and lets backends keep derived forms of them: the model is used, not trained.</summary>
    public void Freeze()
    {
        foreach ((_, Tensor tensor) in Parameters())
        {
            tensor.RequiresGrad = false;
            tensor.Storage.Frozen = true;
        }
    }

    /// <summary>Reads every parameter by its name, converted to the parameter's dtype; other tensors of the file are left alone.</summary>
    /// <exception cref="ModelFormatException">A parameter is missing, or its shape differs.</exception>
    public void Load(IWeightSource source)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        foreach ((string name, Tensor tensor) in Parameters())
        {
            if (!source.Entries.TryGetValue(name, out WeightEntry? entry))
            {
                throw new ModelFormatException(source.Path, $"tensor '{name}'", "the file does not hold it; the configuration does not belong to these weights");
            }

            if (entry.Shape != tensor.Shape)
            {
                throw new ModelFormatException(
                    source.Path, $"tensor '{name}'", $"its shape is {entry.Shape}, the configuration asks for {tensor.Shape}");
            }

            using Tensor stored = source.Read(name, tensor.Device);
            tensor.CopyFrom(stored);
        }
    }

    /// <summary>Registers a part under a name and returns it.</summary>
    protected T Child<T>(string name, T module) where T : Module
    {
        _children.Add((name, module));
        return module;
    }

    /// <summary>Registers a parameter under a name and returns it; from now on it requires gradients.</summary>
    protected Tensor Register(string name, Tensor parameter)
    {
        parameter.Pin();
        parameter.Name ??= name;
        parameter.RequiresGrad = true;
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Registers state that is saved and takes no gradients, and returns it.</summary>
    protected Tensor RegisterBuffer(string name, Tensor buffer)
    {
        _buffers.Add((name, buffer.Pin()));
        return buffer;
    }

    private void Collect(string prefix, List<KeyValuePair<string, Tensor>> all, HashSet<Tensor> seen)
    {
        foreach ((string name, Tensor tensor) in _parameters)
        {
            if (seen.Add(tensor))
            {
                all.Add(new(prefix + name, tensor));
            }
        }

        foreach ((string name, Module module) in _children)
        {
            module.Collect(prefix + name + ".", all, seen);
        }
    }
}
