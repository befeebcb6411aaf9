namespace Stretto.Nn;

/// <summary>max(x, 0).</summary>
public sealed class Relu : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Relu();
}

/// <summary>x between 0 and 6. Krizhevsky, 2010.</summary>
public sealed class Relu6 : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Relu6();
}

/// <summary>x where positive, else x · slope. Maas et al., 2013.</summary>
public sealed class LeakyRelu(double negativeSlope = 0.01) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"negative_slope={Format(negativeSlope)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.LeakyRelu(negativeSlope);
}

/// <summary>x where positive, else alpha · (eˣ − 1). Clevert et al., 2015.</summary>
public sealed class Elu(double alpha = 1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"alpha={Format(alpha)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Elu(alpha);
}

/// <summary>The self-normalising ELU. Klambauer et al., 2017.</summary>
public sealed class Selu : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Selu();
}

/// <summary>x where positive, else alpha · (e^(x / alpha) − 1). Barron, 2017.</summary>
public sealed class Celu(double alpha = 1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"alpha={Format(alpha)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Celu(alpha);
}

/// <summary>x · Φ(x), or its form by tanh. Hendrycks and Gimpel, 2016.</summary>
public sealed class Gelu(bool approximateTanh = false) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"approximate='{(approximateTanh ? "tanh" : "none")}'";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Gelu(approximateTanh);
}

/// <summary>x · sigmoid(x). Elfwing et al., 2017.</summary>
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Silu();
}

/// <summary>x · tanh(softplus(x)). Misra, 2019.</summary>
public sealed class Mish : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Mish();
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Sigmoid();
}

/// <summary>log sigmoid(x).</summary>
public sealed class LogSigmoid : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.LogSigmoid();
}

/// <summary>relu6(x + 3) / 6.</summary>
public sealed class Hardsigmoid : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Hardsigmoid();
}

/// <summary>x · relu6(x + 3) / 6. Howard et al., 2019.</summary>
public sealed class Hardswish : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Hardswish();
}

/// <summary>The hyperbolic tangent.</summary>
public sealed class Tanh : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Tanh();
}

/// <summary>x between two bounds.</summary>
public sealed class Hardtanh(double minVal = -1, double maxVal = 1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"min_val={Format(minVal)}, max_val={Format(maxVal)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Hardtanh(minVal, maxVal);
}

/// <summary>x − tanh x.</summary>
public sealed class Tanhshrink : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Tanhshrink();
}

/// <summary>log(1 + e^(beta · x)) / beta.</summary>
public sealed class Softplus(double beta = 1, double threshold = 20) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"beta={Format(beta)}, threshold={Format(threshold)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Softplus(beta, threshold);
}

/// <summary>x / (1 + |x|).</summary>
public sealed class Softsign : Layer
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Softsign();
}

/// <summary>x moved towards 0 by lambda.</summary>
public sealed class Softshrink(double lambda = 0.5) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"{Format(lambda)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Softshrink(lambda);
}

/// <summary>x where |x| is above lambda, else 0.</summary>
public sealed class Hardshrink(double lambda = 0.5) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"{Format(lambda)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Hardshrink(lambda);
}

/// <summary>x where above the threshold, else a value.</summary>
public sealed class Threshold(double threshold, double value) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"threshold={Format(threshold)}, value={Format(value)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Threshold(threshold, value);
}

/// <summary>The first half times the sigmoid of the second. Dauphin et al., 2017.</summary>
public sealed class Glu(int dim = -1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"dim={dim}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Glu(dim);
}

/// <summary>Shares that sum to 1 along a dimension.</summary>
public sealed class Softmax(int dim = -1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"dim={dim}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Softmax(dim);
}

/// <summary>The logarithm of softmax.</summary>
public sealed class LogSoftmax(int dim = -1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"dim={dim}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.LogSoftmax(dim);
}

/// <summary>x where positive, else x · a learnt slope. He et al., Delving Deep into Rectifiers, 2015.</summary>
public sealed class Prelu : Layer
{
    private readonly double _init;

    /// <param name="numParameters">1, or one a channel.</param>
    /// <param name="init">The first slope.</param>
    /// <param name="device">Where the parameter lives.</param>
    /// <param name="dtype">Type of the parameter.</param>
    public Prelu(long numParameters = 1, double init = 0.25, Device? device = null, DType dtype = DType.Float32)
    {
        _init = init;
        Weight = Register("weight", Tensor.Full([numParameters], init, dtype, device));
    }

    /// <summary>[1] or [channels].</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    protected override string Options => $"num_parameters={Weight.Count}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Prelu(Weight);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => Init.Constant(Weight, _init);
}
