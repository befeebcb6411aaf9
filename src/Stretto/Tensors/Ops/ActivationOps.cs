using Stretto.Backends;

namespace Stretto;

/// <summary>The activations of neural networks, element by element. Slopes at corners are those of PyTorch.</summary>
public sealed partial class Tensor
{
    /// <summary>min(max(x, 0), 6); the slope at both corners is 0.</summary>
    public Tensor Relu6() => Choose(Against(BinaryOp.LessOrEqual, 0), 0, Choose(Against(BinaryOp.GreaterOrEqual, 6), 6, this));

    /// <summary>x where positive, else x · <paramref name="negativeSlope"/>.</summary>
    public Tensor LeakyRelu(double negativeSlope = 0.01) => Choose(Against(BinaryOp.Greater, 0), this, this * negativeSlope);

    /// <summary>x where positive, else alpha · (eˣ − 1). Clevert et al., 2015.</summary>
    public Tensor Elu(double alpha = 1) => ScaledElu(alpha, 1, 1);

    /// <summary>The self-normalising ELU. Klambauer et al., 2017.</summary>
    public Tensor Selu() => ScaledElu(1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1);

    /// <summary>x where positive, else alpha · (e^(x / alpha) − 1). Barron, 2017.</summary>
    /// <exception cref="ArgumentException">alpha is 0.</exception>
    public Tensor Celu(double alpha = 1) =>
        alpha != 0 ? ScaledElu(alpha, 1, 1 / alpha) : throw new ArgumentException("celu: alpha must not be 0");

    /// <summary>x · Φ(x), Φ the distribution of a normal variable. Hendrycks and Gimpel, 2016.</summary>
    /// <param name="approximateTanh">The approximation by tanh instead of the error function.</param>
    public Tensor Gelu(bool approximateTanh = false) => Record(
        "gelu", FloatMap(approximateTanh ? UnaryOp.GeluTanh : UnaryOp.Gelu), [this], [this],
        (f, g) => [!GradientMode.Enabled
            ? Pairwise("gelu", approximateTanh ? BinaryOp.GeluTanhSlope : BinaryOp.GeluSlope, g, f.Saved(0))
            : g * (approximateTanh ? GeluTanhSlopeOf(f.Saved(0)) : GeluSlopeOf(f.Saved(0)))]);

    /// <summary>x · sigmoid(1.702 x).</summary>
    public Tensor QuickGelu() => this * (this * 1.702).Sigmoid();

    /// <summary>log(1 + e^(beta · x)) / beta; x itself where beta · x is above the threshold.</summary>
    /// <exception cref="ArgumentException">beta is 0.</exception>
    public Tensor Softplus(double beta = 1, double threshold = 20)
    {
        if (beta == 0)
        {
            throw new ArgumentException("softplus: beta must not be 0");
        }

        Tensor scaled = beta == 1 ? this : this * beta;
        Tensor smooth = (scaled * -1).LogSigmoid() * (-1 / beta);
        return Choose(scaled.Against(BinaryOp.Greater, threshold), this, smooth);
    }

    /// <summary>log sigmoid(x), without its overflow.</summary>
    public Tensor LogSigmoid()
    {
        Tensor x = AsFloating();
        Tensor rest = x.Map(UnaryOp.Abs).Map(UnaryOp.Negate).Map(UnaryOp.Exp).Map(UnaryOp.Log1p);
        Tensor least = x.Map(UnaryOp.Negate).Map(UnaryOp.Relu).Map(UnaryOp.Negate);
        return Record(
            "logsigmoid", Pairwise("logsigmoid", BinaryOp.Subtract, least, rest), [this], [this], (f, g) => [g * (-f.Saved(0)).Sigmoid()]);
    }

    /// <summary>x · tanh(softplus(x)). Misra, 2019.</summary>
    public Tensor Mish() => this * Softplus().Tanh();

    /// <summary>x · relu6(x + 3) / 6. Howard et al., MobileNetV3, 2019.</summary>
    public Tensor Hardswish()
    {
        Tensor high = Against(BinaryOp.GreaterOrEqual, 3);
        Tensor low = Against(BinaryOp.LessOrEqual, -3);
        return Choose(high, this, Choose(low, this * 0, this * (this + 3) / 6));
    }

    /// <summary>relu6(x + 3) / 6.</summary>
    public Tensor Hardsigmoid() => (this + 3).Relu6() / 6;

    /// <summary>gelu(gate) · up, GELU by tanh. Shazeer, 2020.</summary>
    public static Tensor GegluTanh(Tensor gate, Tensor up) => gate.Gelu(approximateTanh: true) * up;

    private Tensor ScaledElu(double alpha, double scale, double inputScale)
    {
        Tensor positive = Against(BinaryOp.Greater, 0);
        Tensor negative = Choose(positive, 0, this);
        Tensor exponential = (inputScale == 1 ? negative : negative * inputScale).Expm1() * (alpha * scale);
        return Choose(positive, scale == 1 ? this : this * scale, exponential);
    }

    private static Tensor GeluSlopeOf(Tensor x) =>
        ((x * Math.Sqrt(0.5)).Erf() * 0.5) + 0.5 + (x * (x.Square() * -0.5).Exp() * (1 / Math.Sqrt(2 * Math.PI)));

    private static Tensor GeluTanhSlopeOf(Tensor x)
    {
        double factor = Math.Sqrt(2 / Math.PI);
        Tensor square = x.Square();
        Tensor tanh = (x * (1 + (square * 0.044715)) * factor).Tanh();
        return ((1 + tanh) * 0.5) + (x * 0.5 * (1 - tanh.Square()) * (1 + (square * (3 * 0.044715))) * factor);
    }
}
