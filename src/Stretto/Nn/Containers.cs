using System.Collections;
using System.Globalization;

namespace Stretto.Nn;

/// <summary>Layers one after the other, named "0", "1" and so on as PyTorch names them, or by the names they are given.</summary>
public sealed class Sequential : Layer, IReadOnlyList<Layer>
{
    private readonly List<Layer> _layers = [];

    /// <param name="layers">In order of computation; <c>new Lambda(...)</c> makes a function one.</param>
    public Sequential(params IReadOnlyList<Layer> layers)
    {
        foreach (Layer layer in layers)
        {
            Add(layer);
        }
    }

    /// <inheritdoc/>
    public int Count => _layers.Count;

    /// <inheritdoc/>
    public Layer this[int index] => _layers[index];

    /// <summary>Adds a layer under its number.</summary>
    public Sequential Add(Layer layer) => Add(_layers.Count.ToString(CultureInfo.InvariantCulture), layer);

    /// <summary>Adds a layer under a name.</summary>
    public Sequential Add(string name, Layer layer)
    {
        _layers.Add(Child(name, layer));
        return this;
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x)
    {
        foreach (Layer layer in _layers)
        {
            x = layer.Forward(x);
        }

        return x;
    }
}

/// <summary>Modules in a list, registered under their numbers; it has no forward of its own.</summary>
public sealed class ModuleList<T> : Module, IReadOnlyList<T> where T : Module
{
    private readonly List<T> _modules = [];

    /// <param name="modules">In order.</param>
    public ModuleList(params IEnumerable<T> modules)
    {
        foreach (T module in modules)
        {
            Add(module);
        }
    }

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public T this[int index] => _modules[index];

    /// <summary>Adds a module at the end.</summary>
    public void Add(T module) => _modules.Add(Child(_modules.Count.ToString(CultureInfo.InvariantCulture), module));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Modules by name; it has no forward of its own.</summary>
public sealed class ModuleDict<T> : Module, IEnumerable<KeyValuePair<string, T>> where T : Module
{
    private readonly OrderedDictionary<string, T> _modules = [];

    /// <summary>How many there are.</summary>
    public int Count => _modules.Count;

    /// <summary>A module by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public T this[string name] => _modules[name];

    /// <summary>Adds a module under a name without dots.</summary>
    public void Add(string name, T module) => _modules.Add(name, Child(name, module));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Parameters in a list, registered under their numbers.</summary>
public sealed class ParameterList : Module, IReadOnlyList<Tensor>
{
    private readonly List<Tensor> _tensors = [];

    /// <param name="parameters">In order.</param>
    public ParameterList(params IEnumerable<Tensor> parameters)
    {
        foreach (Tensor parameter in parameters)
        {
            Add(parameter);
        }
    }

    /// <inheritdoc/>
    public int Count => _tensors.Count;

    /// <inheritdoc/>
    public Tensor this[int index] => _tensors[index];

    /// <summary>Adds a parameter at the end.</summary>
    public void Add(Tensor parameter) => _tensors.Add(Register(_tensors.Count.ToString(CultureInfo.InvariantCulture), parameter));

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
