namespace Stretto.Nn;

/// <summary>A convolution over the last two dimensions of [n, channels, height, width].</summary>
public sealed class Conv2d : Module
{
    private readonly ConvolutionOptions _options;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Height and width of a kernel.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public Conv2d(long inputs, long outputs, (int Height, int Width) kernel, Device device, ConvolutionOptions? options = null, bool bias = true)
    {
        _options = options ?? ConvolutionOptions.Default;
        Weight = Register("weight", Tensor.Zeros([outputs, inputs / _options.Groups, kernel.Height, kernel.Width], device: device));
        Bias = bias ? Register("bias", Tensor.Zeros([outputs], device: device)) : null;
    }

    /// <summary>[outputs, inputs / groups, height, width].</summary>
    public Tensor Weight { get; }

    /// <summary>[outputs], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>[n, inputs, h, w] → [n, outputs, h', w'].</summary>
    public Tensor Forward(Tensor x) => Tensor.Conv2d(x, Weight, Bias, _options);
}

/// <summary>Steps one after the other, numbered as PyTorch numbers them; a step is a module's forward or a plain function.</summary>
public sealed class Sequential : Module
{
    private readonly List<Func<Tensor, Tensor>> _steps = [];

    /// <summary>Adds a module and how it is applied.</summary>
    public Sequential Add<T>(T module, Func<T, Tensor, Tensor> forward) where T : Module
    {
        Child(_steps.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);
        _steps.Add(x => forward(module, x));
        return this;
    }

    /// <summary>Adds a linear layer.</summary>
    public Sequential Add(Linear layer) => Add(layer, static (m, x) => m.Forward(x));

    /// <summary>Adds a function without parameters, such as an activation; it takes a number, too.</summary>
    public Sequential Add(Func<Tensor, Tensor> function)
    {
        _steps.Add(function);
        return this;
    }

    /// <summary>All steps in order.</summary>
    public Tensor Forward(Tensor x) => _steps.Aggregate(x, (value, step) => step(value));
}
