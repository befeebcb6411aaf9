namespace Stretto.Nn;

/// <summary>
/// A module from one tensor to one tensor. Callers use <see cref="Forward"/>, which runs the hooks; a derived class writes
/// <see cref="ForwardCore"/>, so hooks cannot be passed by.
/// </summary>
public abstract class Layer : Module
{
    /// <summary>Computes, with the hooks around it.</summary>
    public Tensor Forward(Tensor x) => HasHooks ? Hooked(x, ForwardCore) : ForwardCore(x);

    /// <summary>Runs on zeros of this shape and tells of every module what came out, and how much it holds.</summary>
    public ModuleSummary Summary(Shape input, DType dtype = DType.Float32) => Summary(() =>
    {
        Device? device = Parameters() is [var first, ..] ? first.Value.Device : null;
        Forward(Tensor.Zeros(input, dtype, device));
    });

    /// <summary>
    /// What the layer computes. It must not write to its input, should leave no state behind but registered buffers, and calls its parts
    /// by their <see cref="Forward"/>.
    /// </summary>
    protected abstract Tensor ForwardCore(Tensor x);
}

/// <summary>A function as a layer: <c>new Lambda(x =&gt; x.Square())</c>. It has no parameters.</summary>
public sealed class Lambda(Func<Tensor, Tensor> function) : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => function(x);
}

/// <summary>The input itself.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x;
}
