using Stretto.Backends;

namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Adafactor as PyTorch has it.</summary>
/// <param name="Beta2Decay">β₂ of step t is 1 − t^decay.</param>
/// <param name="Epsilon1">Least row variance; its square the least variance.</param>
/// <param name="Epsilon2">Least size of a parameter that scales its step.</param>
/// <param name="Clip">Largest root mean square of an update.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
public sealed record AdafactorOptions(
    double Beta2Decay = -0.8, double Epsilon1 = 1.1920928955078125e-07, double Epsilon2 = 1e-3, double Clip = 1, double WeightDecay = 0);

/// <summary>
/// Adam's second moment of a matrix kept as one number a row and one a column; steps relative to the parameter's size.
/// Shazeer and Stern, Adafactor, 2018, in PyTorch's form.
/// </summary>
public sealed class Adafactor : Optimizer
{
    private readonly AdafactorOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Adafactor(IReadOnlyList<ParameterGroup> groups, AdafactorOptions options)
        : base(groups, FactoredState("row_var", "col_var", "variance")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        double beta2 = 1 - Math.Pow(slot.Steps, _options.Beta2Decay);
        double step = Math.Max(_options.Epsilon2, RootMeanSquare(p)) * Math.Min(rate, 1 / Math.Sqrt(slot.Steps));
        p.ScaleInPlace(1 - (rate * slot.Decay(_options.WeightDecay)));
        Tensor variance;
        if (p.Rank >= 2)
        {
            Tensor rows = slot.Average("row_var", beta2, g.Square().Mean([-1], keepDims: true));
            Tensor columns = slot.Average("col_var", beta2, g.Square().Mean([-2], keepDims: true));
            variance = rows * columns / AtLeast(rows.Mean([-2], keepDims: true), _options.Epsilon1);
        }
        else
        {
            variance = slot.Average("variance", beta2, g.Square());
        }

        Tensor update = g / AtLeast(variance, _options.Epsilon1 * _options.Epsilon1).Sqrt();
        p.CopyFrom(p - (update * (step / Math.Max(1, RootMeanSquare(update) / _options.Clip))));
    }

    internal static Func<Tensor, IEnumerable<KeyValuePair<string, Tensor>>> FactoredState(string row, string column, string whole) => p =>
        p.Rank >= 2
            ?
            [
                new(row, Tensor.Zeros([.. p.Shape.Sizes[..^1], 1], p.DType, p.Device)),
                new(column, Tensor.Zeros([.. p.Shape.Sizes[..^2], 1, p.Shape[-1]], p.DType, p.Device)),
            ]
            : [new(whole, Tensor.Zeros(p.Shape, p.DType, p.Device))];

    internal static double RootMeanSquare(Tensor x) => Math.Sqrt(x.Backend.SumOfSquares(x.View) / Math.Max(1, x.Count));

    private static Tensor AtLeast(Tensor x, double least) =>
        Tensor.Pairwise("max", BinaryOp.Maximum, x, Tensor.Scalar(least, x.DType, x.Device));
}
