namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Muon.</summary>
/// <param name="Momentum">Decay of the running gradient.</param>
/// <param name="Nesterov">Look ahead along it.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
/// <param name="MatchAdamW">Scale steps by 0.2 √max(rows, columns), the size that AdamW's have (Liu et al., Moonlight, 2025);
/// otherwise by √max(1, rows / columns).</param>
/// <param name="Coefficients">a, b and c of the iteration; null for Jordan's.</param>
/// <param name="Iterations">How many.</param>
/// <param name="Epsilon">The least norm that a gradient is divided by.</param>
public sealed record MuonOptions(
    double Momentum = 0.95, bool Nesterov = true, double WeightDecay = 0.1, bool MatchAdamW = true,
    (double A, double B, double C)? Coefficients = null, int Iterations = 5, double Epsilon = 1e-7);

/// <summary>
/// Momentum whose matrix is brought near to an orthogonal one before it is used. For matrices only. Jordan et al., Muon, 2024.
/// </summary>
public sealed class Muon : Optimizer
{
    private readonly MuonOptions _options;

    /// <param name="groups">Matrices; give vectors and embeddings to another method.</param>
    /// <param name="options">Its numbers.</param>
    /// <exception cref="ArgumentException">A parameter is not a matrix.</exception>
    public Muon(IReadOnlyList<ParameterGroup> groups, MuonOptions options)
        : base(groups, Zeros("momentum_buffer"))
    {
        _options = options;
        foreach ((string name, Tensor parameter) in groups.SelectMany(g => g.Parameters))
        {
            if (parameter.Rank != 2)
            {
                throw new ArgumentException($"Muon takes matrices; '{name}' is {parameter.Shape}: give it to AdamW");
            }
        }
    }

    /// <summary>
    /// Steps of X ← a X + (b A + c A²) X with A = X Xᵀ, from X = G / ‖G‖: singular values come close to 1.
    /// </summary>
    public static Tensor Orthogonalize(
        Tensor matrix, (double A, double B, double C)? coefficients = null, int iterations = 5, double epsilon = 1e-7)
    {
        (double a, double b, double c) = coefficients ?? (3.4445, -4.775, 2.0315);
        bool tall = matrix.Shape[0] > matrix.Shape[1];
        Tensor x = tall ? matrix.Transpose(0, 1) : matrix;
        x = x / Math.Max(Math.Sqrt(x.Backend.SumOfSquares(x.View)), epsilon);
        for (int i = 0; i < iterations; i++)
        {
            Tensor square = Tensor.MatMul(x, x.Transpose(0, 1));
            x = (x * a) + Tensor.MatMul((square * b) + (Tensor.MatMul(square, square) * c), x);
        }

        return tall ? x.Transpose(0, 1) : x;
    }

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        Tensor buffer = slot.Average("momentum_buffer", _options.Momentum, g);
        Tensor update = _options.Nesterov ? (g * (1 - _options.Momentum)) + (buffer * _options.Momentum) : buffer;
        (double rows, double columns) = (p.Shape[0], p.Shape[1]);
        double ratio = _options.MatchAdamW ? 0.2 * Math.Sqrt(Math.Max(rows, columns)) : Math.Sqrt(Math.Max(1, rows / columns));
        p.ScaleInPlace(1 - (rate * slot.Decay(_options.WeightDecay)));
        Tensor direction = Orthogonalize(update, _options.Coefficients, _options.Iterations, _options.Epsilon);
        p.CopyFrom(p - (direction * (rate * ratio)));
    }
}
