namespace Stretto.Nn;

/// <summary>How wide a layer is, for the scale of its first values.</summary>
public enum FanMode
{
    /// <summary>By its inputs: activations keep their variance on the way forward.</summary>
    FanIn,

    /// <summary>By its outputs: gradients keep theirs on the way back.</summary>
    FanOut,
}

/// <summary>What follows a layer, for the gain of its first values.</summary>
public enum Nonlinearity
{
    /// <summary>Nothing; also convolutions and sigmoids: gain 1.</summary>
    Linear,

    /// <summary>Gain 1.</summary>
    Sigmoid,

    /// <summary>Gain 5/3.</summary>
    Tanh,

    /// <summary>Gain √2.</summary>
    Relu,

    /// <summary>Gain √(2 / (1 + slope²)).</summary>
    LeakyRelu,

    /// <summary>Gain 3/4.</summary>
    Selu,
}

/// <summary>
/// First values of parameters: each overwrites its tensor and returns it, outside any graph. Numbers come from the generator that is
/// given, else from <see cref="Generator.Default"/>; the same seed gives the same numbers on every device and number of threads.
/// </summary>
public static class Init
{
    [ThreadStatic]
    private static int s_skipping;

    internal static bool Skipping => s_skipping > 0;

    /// <summary>
    /// Until the result is disposed, constructors on this thread draw nothing: parameters start as zeros (norms as ones). For models that
    /// are about to be loaded or initialised.
    /// </summary>
    public static IDisposable Skip() => new SkipBlock();

    /// <summary>Uniform in [low, high).</summary>
    public static Tensor Uniform(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        return (generator ?? Generator.Default).Uniform(tensor, low, high);
    }

    /// <summary>Normal numbers.</summary>
    public static Tensor Normal(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        return (generator ?? Generator.Default).Normal(tensor, mean, std);
    }

    /// <summary>Normal numbers between two bounds, which are values and not multiples of the deviation.</summary>
    public static Tensor TruncatedNormal(
        Tensor tensor, double mean = 0, double std = 1, double low = -2, double high = 2, Generator? generator = null)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        return (generator ?? Generator.Default).TruncatedNormal(tensor, mean, std, low, high);
    }

    /// <summary>One number everywhere.</summary>
    public static Tensor Constant(Tensor tensor, double value)
    {
        tensor.MarkWritten("an initialiser");
        tensor.Backend.Fill(tensor.View, value);
        return tensor;
    }

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Tensor tensor) => Constant(tensor, 0);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Tensor tensor) => Constant(tensor, 1);

    /// <summary>A matrix with ones on its diagonal.</summary>
    /// <exception cref="ArgumentException">Not a matrix.</exception>
    public static Tensor Eye(Tensor tensor)
    {
        if (tensor.Rank != 2)
        {
            throw new ArgumentException($"eye: {tensor.Describe()} is not a matrix");
        }

        double[] values = new double[tensor.Count];
        for (long i = 0; i < Math.Min(tensor.Shape[0], tensor.Shape[1]); i++)
        {
            values[(i * tensor.Shape[1]) + i] = 1;
        }

        return Fill(tensor, values);
    }

    /// <summary>A convolution's weight [out, in / groups, ...] that hands each channel on: 1 in the middle of its own kernel.</summary>
    /// <exception cref="ArgumentException">Not 3 to 5 dimensions, or the groups do not divide the outputs.</exception>
    public static Tensor Dirac(Tensor tensor, int groups = 1)
    {
        if (tensor.Rank is < 3 or > 5 || groups < 1 || tensor.Shape[0] % groups != 0)
        {
            throw new ArgumentException($"dirac: {tensor.Describe()} with {groups} groups is no weight of a convolution");
        }

        double[] values = new double[tensor.Count];
        long kernel = 1;
        long middle = 0;
        for (int d = 2; d < tensor.Rank; d++)
        {
            middle = (middle * tensor.Shape[d]) + (tensor.Shape[d] / 2);
            kernel *= tensor.Shape[d];
        }

        long perGroup = tensor.Shape[0] / groups;
        for (long g = 0; g < groups; g++)
        {
            for (long c = 0; c < Math.Min(perGroup, tensor.Shape[1]); c++)
            {
                values[((((g * perGroup) + c) * tensor.Shape[1]) + c) * kernel + middle] = 1;
            }
        }

        return Fill(tensor, values);
    }

    /// <summary>Uniform with variance 2 · gain² / (fan in + fan out). Glorot and Bengio, 2010.</summary>
    public static Tensor XavierUniform(Tensor tensor, double gain = 1, Generator? generator = null)
    {
        double limit = Math.Sqrt(3) * XavierDeviation(tensor, gain);
        return Uniform(tensor, -limit, limit, generator);
    }

    /// <summary>Normal with variance 2 · gain² / (fan in + fan out). Glorot and Bengio, 2010.</summary>
    public static Tensor XavierNormal(Tensor tensor, double gain = 1, Generator? generator = null) =>
        Normal(tensor, 0, XavierDeviation(tensor, gain), generator);

    /// <summary>Uniform with variance gain² / fan. He et al., Delving Deep into Rectifiers, 2015.</summary>
    /// <param name="tensor">The weight.</param>
    /// <param name="a">The slope of leaky ReLU.</param>
    /// <param name="mode">Which fan.</param>
    /// <param name="nonlinearity">What follows.</param>
    /// <param name="generator">Where the numbers come from.</param>
    public static Tensor KaimingUniform(
        Tensor tensor, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu,
        Generator? generator = null)
    {
        double limit = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
        return Uniform(tensor, -limit, limit, generator);
    }

    /// <summary>Normal with variance gain² / fan; arguments as in <see cref="KaimingUniform"/>.</summary>
    public static Tensor KaimingNormal(
        Tensor tensor, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu,
        Generator? generator = null) =>
        Normal(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity), generator);

    /// <summary>
    /// Rows (or columns, whichever are fewer) of length gain at right angles, the first dimension against all others. Saxe et al., 2014.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
    public static Tensor Orthogonal(Tensor tensor, double gain = 1, Generator? generator = null)
    {
        if (tensor.Rank < 2)
        {
            throw new ArgumentException($"orthogonal: {tensor.Describe()} has fewer than two dimensions");
        }

        long rows = tensor.Shape[0];
        long columns = rows == 0 ? 0 : tensor.Count / rows;
        (long few, long many) = (Math.Min(rows, columns), Math.Max(rows, columns));
        using Tensor drawn = Normal(Tensor.Empty([few, many], DType.Float64, tensor.Device), generator: generator);
        double[] q = drawn.ToArray<double>();
        for (long i = 0; i < few; i++)
        {
            Span<double> row = q.AsSpan((int)(i * many), (int)many);
            // Twice is enough: what the first round leaves by rounding, the second takes.
            for (long j = 0; j < 2 * i; j++)
            {
                ReadOnlySpan<double> other = q.AsSpan((int)(j % i * many), (int)many);
                double along = System.Numerics.Tensors.TensorPrimitives.Dot<double>(row, other);
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(other, -along, row, row);
            }

            System.Numerics.Tensors.TensorPrimitives.Divide(row, System.Numerics.Tensors.TensorPrimitives.Norm<double>(row), row);
        }

        double[] values = new double[tensor.Count];
        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < columns; j++)
            {
                values[(i * columns) + j] = gain * (rows <= columns ? q[(i * many) + j] : q[(j * many) + i]);
            }
        }

        return Fill(tensor, values);
    }

    /// <summary>A matrix of normal numbers in which a share of every column is 0. Martens, 2010.</summary>
    /// <exception cref="ArgumentException">Not a matrix, or the share is outside 0..1.</exception>
    public static Tensor Sparse(Tensor tensor, double sparsity, double std = 0.01, Generator? generator = null)
    {
        if (tensor.Rank != 2 || sparsity is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"sparse: {tensor.Describe()} with a share of {sparsity}: a matrix and a share from 0 to 1 are needed");
        }

        generator ??= Generator.Default;
        (long rows, long columns) = (tensor.Shape[0], tensor.Shape[1]);
        double[] values = Normal(tensor, 0, std, generator).ToArray<double>();
        long zeros = (long)Math.Ceiling(sparsity * rows);
        long[] order = new long[rows];
        for (long column = 0; column < columns; column++)
        {
            for (long i = 0; i < rows; i++)
            {
                order[i] = i;
            }

            for (long i = 0; i < zeros; i++)
            {
                long other = i + generator.NextInt(rows - i);
                (order[i], order[other]) = (order[other], order[i]);
                values[(order[i] * columns) + column] = 0;
            }
        }

        return Fill(tensor, values);
    }

    /// <summary>The factor that keeps variances through a nonlinearity.</summary>
    /// <param name="nonlinearity">Which.</param>
    /// <param name="slope">Of leaky ReLU.</param>
    public static double Gain(Nonlinearity nonlinearity, double slope = 0.01) => nonlinearity switch
    {
        Nonlinearity.Tanh => 5.0 / 3,
        Nonlinearity.Relu => Math.Sqrt(2),
        Nonlinearity.LeakyRelu => Math.Sqrt(2 / (1 + (slope * slope))),
        Nonlinearity.Selu => 0.75,
        _ => 1,
    };

    /// <summary>Inputs and outputs of a weight [out, in, kernel...]: one of its values meets so many.</summary>
    /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
    public static (long In, long Out) Fans(Tensor tensor)
    {
        if (tensor.Rank < 2)
        {
            throw new ArgumentException($"fans: {tensor.Describe()} has fewer than two dimensions, so no inputs and outputs");
        }

        long kernel = 1;
        for (int d = 2; d < tensor.Rank; d++)
        {
            kernel *= tensor.Shape[d];
        }

        return (tensor.Shape[1] * kernel, tensor.Shape[0] * kernel);
    }

    private static double XavierDeviation(Tensor tensor, double gain)
    {
        (long inputs, long outputs) = Fans(tensor);
        return gain * Math.Sqrt(2.0 / (inputs + outputs));
    }

    private static double KaimingDeviation(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity)
    {
        (long inputs, long outputs) = Fans(tensor);
        return Gain(nonlinearity, a) / Math.Sqrt(Math.Max(1, mode == FanMode.FanIn ? inputs : outputs));
    }

    private static Tensor Fill(Tensor tensor, double[] values)
    {
        using Tensor source = Tensor.From(values, tensor.Shape, tensor.Device);
        tensor.MarkWritten("an initialiser");
        tensor.Backend.Copy(source.View, tensor.View);
        return tensor;
    }

    private sealed class SkipBlock : IDisposable
    {
        private bool _ended;

        public SkipBlock() => s_skipping++;

        public void Dispose()
        {
            s_skipping -= _ended ? 0 : 1;
            _ended = true;
        }
    }
}
