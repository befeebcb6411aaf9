using System.IO.Enumeration;
using Stretto.Weights;

namespace Stretto.Nn;

/// <summary>
/// A part of a model: parameters, buffers and other modules, registered under the checkpoint's own names, so that loading needs no table.
/// </summary>
/// <remarks>
/// A derived class registers in its constructor, with <see cref="Child{T}"/>, <see cref="Register"/> and <see cref="RegisterBuffer"/>;
/// the order of registration is the order of the state dictionary. Nothing is found by reflection: what is not registered is not
/// trained, saved or moved. Parameters are leaves that require gradients and live as long as the module. A module is not synchronised:
/// any number of threads may run it, one may change it. docs/modules.md says what a derived class may rely on.
/// </remarks>
public abstract partial class Module
{
    private readonly OrderedDictionary<string, Module> _children = [];
    private readonly OrderedDictionary<string, Tensor> _parameters = [];
    private readonly OrderedDictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];

    /// <summary>Whether layers that behave differently in training (batch norm, dropout) do so; true at first.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>The number of parameters' elements; a shared parameter counts once.</summary>
    public long ParameterCount => Parameters().Sum(p => p.Value.Count);

    /// <summary>Sets <see cref="IsTraining"/> for this module and all parts.</summary>
    public void Train(bool training = true)
    {
        foreach ((_, Module module) in Modules())
        {
            module.IsTraining = training;
        }
    }

    /// <summary>Ends training mode: <c>Train(false)</c>.</summary>
    public void Eval() => Train(false);

    /// <summary>The parts that this module registered itself, by name.</summary>
    public IEnumerable<KeyValuePair<string, Module>> Children() => _children;

    /// <summary>This module under the name "" and every part below it under its full name, each once, parents first.</summary>
    public IReadOnlyList<KeyValuePair<string, Module>> Modules()
    {
        List<KeyValuePair<string, Module>> all = [];
        CollectModules("", all, []);
        return all;
    }

    /// <summary>Runs an action on every module of the tree, parts before the module that holds them.</summary>
    /// <returns>This module.</returns>
    public Module Apply(Action<Module> action)
    {
        foreach (Module child in _children.Values)
        {
            child.Apply(action);
        }

        action(this);
        return this;
    }

    /// <summary>Every parameter once, under its full name such as <c>model.layers.0.mlp.up_proj.weight</c>.</summary>
    /// <remarks>A parameter that two modules share has the name of the first in registration order.</remarks>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Parameters()
    {
        HashSet<Tensor> seen = [];
        return [.. Entries().Where(e => e.IsParameter && seen.Add(e.Tensor)).Select(e => new KeyValuePair<string, Tensor>(e.Name, e.Tensor))];
    }

    /// <summary>Every buffer once, under its full name: state that takes no gradients, such as running statistics.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers()
    {
        HashSet<Tensor> seen = [];
        return [.. Entries().Where(e => !e.IsParameter && seen.Add(e.Tensor)).Select(e => new KeyValuePair<string, Tensor>(e.Name, e.Tensor))];
    }

    /// <summary>Forgets every gradient, or sets it to zero and keeps its memory.</summary>
    public void ZeroGrad(bool setToNull = true)
    {
        foreach ((_, Tensor parameter) in Parameters())
        {
            if (parameter.Grad is { } gradient)
            {
                if (setToNull)
                {
                    parameter.Grad = null;
                    gradient.Dispose();
                }
                else
                {
                    gradient.FillInPlace(0);
                }
            }
        }
    }

    /// <summary>
    /// Stops gradients of the parameters whose full names match, and lets backends keep derived forms of them (a packed copy, say).
    /// Give an optimizer only what still trains, or its state of frozen parameters is memory for nothing.
    /// </summary>
    /// <param name="pattern">A name with * for any text and ? for one character: <c>"encoder.*"</c>; all when left out.</param>
    /// <returns>How many parameters match.</returns>
    public int Freeze(string pattern = "*") => SetFrozen(pattern, true);

    /// <summary>Lets the parameters whose full names match collect gradients again.</summary>
    /// <returns>How many parameters match.</returns>
    public int Unfreeze(string pattern = "*") => SetFrozen(pattern, false);

    /// <summary>
    /// Converts floating-point parameters and buffers (integer buffers keep their type) and moves all of them. The tensors stay the same
    /// objects: shared parameters stay shared and optimizers keep what they hold. Gradients are converted too; graphs end.
    /// </summary>
    /// <param name="dtype">A floating-point type, or null to keep each one's.</param>
    /// <param name="device">Where to, or null to stay.</param>
    /// <returns>This module.</returns>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public Module To(DType? dtype = null, Device? device = null)
    {
        if (dtype is { } type && !type.IsFloatingPoint())
        {
            throw new ArgumentException($"a module's parameters are floating-point numbers, they cannot become {type.Name()}");
        }

        foreach ((_, Tensor tensor) in Parameters().Concat(Buffers()))
        {
            Tensor? gradient = tensor.Grad;
            Convert(tensor, dtype, device);
            if (gradient is not null)
            {
                Convert(gradient, dtype, device);
            }
        }

        return this;
    }

    /// <summary>Draws first values for every parameter of the tree anew, each module its own before its parts.</summary>
    public virtual void Initialize(Generator generator)
    {
        ResetParameters(generator);
        foreach (Module child in _children.Values)
        {
            child.Initialize(generator);
        }
    }

    /// <summary>
    /// Draws first values for the parameters that this module registered itself. A layer overrides it and ends its constructor with
    /// <see cref="ResetParameters()"/>.
    /// </summary>
    protected virtual void ResetParameters(Generator generator)
    {
    }

    /// <summary>For the end of a constructor: first values from <see cref="Generator.Default"/>, unless <see cref="Init.Skip"/> is on.</summary>
    protected void ResetParameters()
    {
        if (!Init.Skipping)
        {
            ResetParameters(Generator.Default);
        }
    }

    /// <summary>Registers a part under a name and returns it. One module may be registered in several places; it is the same there.</summary>
    /// <exception cref="ArgumentException">The name is empty, holds an empty part between dots, or is taken in this module.</exception>
    protected T Child<T>(string name, T module) where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        if (module.Modules().Any(m => m.Value == this))
        {
            throw new ArgumentException($"{GetType().Name}: '{name}' would make the module a part of itself");
        }

        _children.Add(name, module);
        return module;
    }

    /// <summary>
    /// Registers a parameter under a name and returns it; from now on it requires gradients. Registering the parameter of another module
    /// ties the two: one tensor, one gradient, one entry of the state dictionary, under the first name.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or taken, or the tensor is the result of a recorded operation.</exception>
    protected Tensor Register(string name, Tensor parameter)
    {
        CheckName(name);
        if (!parameter.IsLeaf)
        {
            throw new ArgumentException(
                $"{GetType().Name}: '{name}' is the result of {parameter.Gradients!.Function!.Name}; a parameter is a leaf: Detach() it first");
        }

        parameter.Pin();
        parameter.Name ??= name;
        parameter.RequiresGrad = true;
        _parameters.Add(name, parameter);
        return parameter;
    }

    /// <summary>Registers state that takes no gradients, and returns it.</summary>
    /// <param name="name">Its name in this module.</param>
    /// <param name="buffer">The state.</param>
    /// <param name="persistent">Whether it belongs to the state dictionary and to files; what is computed from options does not.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    protected Tensor RegisterBuffer(string name, Tensor buffer, bool persistent = true)
    {
        CheckName(name);
        _buffers.Add(name, (buffer.Pin(), persistent));
        return buffer;
    }

    /// <summary>All parameters and buffers of the tree, shared ones under each of their names, in the order of the state dictionary.</summary>
    private IEnumerable<Entry> Entries(string prefix = "")
    {
        foreach ((string name, Tensor tensor) in _parameters)
        {
            yield return new Entry(prefix + name, tensor, true, true);
        }

        foreach ((string name, (Tensor tensor, bool persistent)) in _buffers)
        {
            yield return new Entry(prefix + name, tensor, false, persistent);
        }

        foreach ((string name, Module module) in _children)
        {
            foreach (Entry entry in module.Entries($"{prefix}{name}."))
            {
                yield return entry;
            }
        }
    }

    private void CollectModules(string name, List<KeyValuePair<string, Module>> all, HashSet<Module> seen)
    {
        if (!seen.Add(this))
        {
            return;
        }

        all.Add(new(name, this));
        foreach ((string child, Module module) in _children)
        {
            module.CollectModules(name.Length == 0 ? child : $"{name}.{child}", all, seen);
        }
    }

    private int SetFrozen(string pattern, bool frozen)
    {
        int count = 0;
        HashSet<Tensor> matched = [.. Entries().Where(e => e.IsParameter && FileSystemName.MatchesSimpleExpression(pattern, e.Name, false))
            .Select(e => e.Tensor)];
        foreach (Tensor parameter in matched)
        {
            parameter.RequiresGrad = !frozen;
            parameter.Storage.Frozen = frozen;
            count++;
        }

        return count;
    }

    private static void Convert(Tensor tensor, DType? dtype, Device? device)
    {
        DType type = tensor.DType.IsFloatingPoint() ? dtype ?? tensor.DType : tensor.DType;
        Device place = device ?? tensor.Device;
        if (type != tensor.DType || place != tensor.Device)
        {
            Tensor made = Tensor.Empty(tensor.Shape, type, place).Pin();
            made.Backend.Copy(tensor.View, made.View);
            tensor.Become(made);
        }
    }

    private void CheckName(string name)
    {
        if (name.Length == 0 || name.Split('.').Contains(""))
        {
            throw new ArgumentException($"{GetType().Name}: '{name}' is no name for a part: it must not be empty, nor begin or end with a dot");
        }

        if (_parameters.ContainsKey(name) || _buffers.ContainsKey(name) || _children.ContainsKey(name))
        {
            throw new ArgumentException($"{GetType().Name} has a part '{name}' already; every name is registered once");
        }
    }

    private readonly record struct Entry(string Name, Tensor Tensor, bool IsParameter, bool Persistent);
}
