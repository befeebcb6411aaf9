using System.Diagnostics;
using Stretto.Backends;

namespace Stretto.Bench;

/// <summary>Passes every operation on to another backend and adds up the time of each kind, in seconds.</summary>
internal sealed class TimedBackend(Backend inner) : Backend
{
    private readonly Dictionary<string, (double Seconds, long Calls)> _times = [];

    public override string Name => inner.Name;

    public IReadOnlyDictionary<string, (double Seconds, long Calls)> Times => _times;

    public void Reset() => _times.Clear();

    public override void Fill(TensorView destination, double value)
    {
        using Timing timing = new(_times, nameof(Fill));
        inner.Fill(destination, value);
    }

    public override void Arange(TensorView destination, double start, double step)
    {
        using Timing timing = new(_times, nameof(Arange));
        inner.Arange(destination, start, step);
    }

    public override void Copy(TensorView source, TensorView destination)
    {
        using Timing timing = new(_times, nameof(Copy));
        inner.Copy(source, destination);
    }

    public override void Unary(UnaryOp op, TensorView x, TensorView destination)
    {
        using Timing timing = new(_times, $"Unary {op}");
        inner.Unary(op, x, destination);
    }

    public override void Binary(BinaryOp op, TensorView a, TensorView b, TensorView destination)
    {
        using Timing timing = new(_times, $"Binary {op}");
        inner.Binary(op, a, b, destination);
    }

    public override void Where(TensorView condition, TensorView a, TensorView b, TensorView destination)
    {
        using Timing timing = new(_times, nameof(Where));
        inner.Where(condition, a, b, destination);
    }

    public override void Reduce(ReduceOp op, TensorView source, TensorView destination)
    {
        using Timing timing = new(_times, $"Reduce {op}");
        inner.Reduce(op, source, destination);
    }

    public override void ArgReduce(bool largest, TensorView source, TensorView destination, int dim)
    {
        using Timing timing = new(_times, nameof(ArgReduce));
        inner.ArgReduce(largest, source, destination, dim);
    }

    public override void Scan(ReduceOp op, TensorView source, TensorView destination, int dim)
    {
        using Timing timing = new(_times, nameof(Scan));
        inner.Scan(op, source, destination, dim);
    }

    public override void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate)
    {
        using Timing timing = new(_times, nameof(MatMul));
        inner.MatMul(a, b, destination, accumulate);
    }

    public override void Gather(TensorView source, TensorView index, TensorView destination, int dim)
    {
        using Timing timing = new(_times, nameof(Gather));
        inner.Gather(source, index, destination, dim);
    }

    public override void Scatter(ScatterOp op, TensorView index, TensorView source, TensorView destination, int dim)
    {
        using Timing timing = new(_times, nameof(Scatter));
        inner.Scatter(op, index, source, destination, dim);
    }

    public override void Sort(TensorView source, TensorView values, TensorView indices, int dim, bool descending)
    {
        using Timing timing = new(_times, nameof(Sort));
        inner.Sort(source, values, indices, dim, descending);
    }

    public override void Random(Distribution distribution, TensorView destination, ulong seed, ulong counter)
    {
        using Timing timing = new(_times, nameof(Random));
        inner.Random(distribution, destination, seed, counter);
    }

    public override void RmsNorm(TensorView x, TensorView? weight, TensorView y, TensorView inverse, double epsilon)
    {
        using Timing timing = new(_times, nameof(RmsNorm));
        inner.RmsNorm(x, weight, y, inverse, epsilon);
    }

    public override void RmsNormBackward(
        TensorView x, TensorView? weight, TensorView inverse, TensorView dy, TensorView dx, TensorView? dWeight)
    {
        using Timing timing = new(_times, nameof(RmsNormBackward));
        inner.RmsNormBackward(x, weight, inverse, dy, dx, dWeight);
    }

    public override void Linear(TensorView x, TensorView weight, TensorView? bias, UnaryOp? activation, TensorView? residual, TensorView y)
    {
        using Timing timing = new(_times, nameof(Linear));
        inner.Linear(x, weight, bias, activation, residual, y);
    }

    public override void SwiGlu(TensorView gate, TensorView up, TensorView y)
    {
        using Timing timing = new(_times, nameof(SwiGlu));
        inner.SwiGlu(gate, up, y);
    }

    public override void SwiGluBackward(TensorView gate, TensorView up, TensorView dy, TensorView dGate, TensorView dUp)
    {
        using Timing timing = new(_times, nameof(SwiGluBackward));
        inner.SwiGluBackward(gate, up, dy, dGate, dUp);
    }

    public override void Softmax(TensorView x, TensorView y, bool logarithm)
    {
        using Timing timing = new(_times, nameof(Softmax));
        inner.Softmax(x, y, logarithm);
    }

    public override void SoftmaxBackward(TensorView y, TensorView dy, TensorView dx, bool logarithm)
    {
        using Timing timing = new(_times, nameof(SoftmaxBackward));
        inner.SoftmaxBackward(y, dy, dx, logarithm);
    }

    public override void Rotary(TensorView x, TensorView cos, TensorView sin, TensorView y, bool interleaved, bool inverse)
    {
        using Timing timing = new(_times, nameof(Rotary));
        inner.Rotary(x, cos, sin, y, interleaved, inverse);
    }

    public override void Embedding(TensorView table, TensorView ids, TensorView rows)
    {
        using Timing timing = new(_times, nameof(Embedding));
        inner.Embedding(table, ids, rows);
    }

    public override void EmbeddingBackward(TensorView ids, TensorView dRows, TensorView dTable)
    {
        using Timing timing = new(_times, nameof(EmbeddingBackward));
        inner.EmbeddingBackward(ids, dRows, dTable);
    }

    public override void CrossEntropy(TensorView logits, TensorView targets, TensorView loss, TensorView lse, CrossEntropyOptions options)
    {
        using Timing timing = new(_times, nameof(CrossEntropy));
        inner.CrossEntropy(logits, targets, loss, lse, options);
    }

    public override void CrossEntropyBackward(
        TensorView logits, TensorView targets, TensorView lse, double factor, TensorView dLogits, CrossEntropyOptions options)
    {
        using Timing timing = new(_times, nameof(CrossEntropyBackward));
        inner.CrossEntropyBackward(logits, targets, lse, factor, dLogits, options);
    }

    public override void AdamW(TensorView parameter, TensorView gradient, TensorView first, TensorView second, in AdamWStep step)
    {
        using Timing timing = new(_times, nameof(AdamW));
        inner.AdamW(parameter, gradient, first, second, in step);
    }

    public override double SumOfSquares(TensorView x)
    {
        using Timing timing = new(_times, nameof(SumOfSquares));
        return inner.SumOfSquares(x);
    }

    public override void BinaryScalar(BinaryOp op, TensorView x, double number, TensorView destination)
    {
        using Timing timing = new(_times, $"BinaryScalar {op}");
        inner.BinaryScalar(op, x, number, destination);
    }

    public override void Attention(in AttentionInputs inputs, TensorView output, TensorView? lse)
    {
        using Timing timing = new(_times, nameof(Attention));
        inner.Attention(in inputs, output, lse);
    }

    public override void AttentionBackward(
        in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        using Timing timing = new(_times, nameof(AttentionBackward));
        inner.AttentionBackward(in inputs, output, lse, dOutput, in gradients);
    }

    public override void AppendToPages(
        TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages, ReadOnlySpan<long> slots)
    {
        using Timing timing = new(_times, nameof(AppendToPages));
        inner.AppendToPages(keys, values, keyPages, valuePages, slots);
    }

    public override long Solve(TensorView a, TensorView b, TensorView x)
    {
        using Timing timing = new(_times, nameof(Solve));
        return inner.Solve(a, b, x);
    }

    public override void SolveTriangular(TensorView a, TensorView b, TensorView x, bool upper, bool unit)
    {
        using Timing timing = new(_times, nameof(SolveTriangular));
        inner.SolveTriangular(a, b, x, upper, unit);
    }

    public override long Cholesky(TensorView a, TensorView l)
    {
        using Timing timing = new(_times, nameof(Cholesky));
        return inner.Cholesky(a, l);
    }

    public override void LogDeterminant(TensorView a, TensorView sign, TensorView logarithm)
    {
        using Timing timing = new(_times, nameof(LogDeterminant));
        inner.LogDeterminant(a, sign, logarithm);
    }

    public override void Determinant(TensorView a, TensorView determinant)
    {
        using Timing timing = new(_times, nameof(Determinant));
        inner.Determinant(a, determinant);
    }

    public override void Cofactors(TensorView a, TensorView cofactors)
    {
        using Timing timing = new(_times, nameof(Cofactors));
        inner.Cofactors(a, cofactors);
    }

    public override void Convolution(TensorView x, TensorView weight, TensorView y, ConvolutionGeometry geometry)
    {
        using Timing timing = new(_times, nameof(Convolution));
        inner.Convolution(x, weight, y, geometry);
    }

    public override void ConvolutionInput(TensorView dy, TensorView weight, TensorView dx, ConvolutionGeometry geometry)
    {
        using Timing timing = new(_times, nameof(ConvolutionInput));
        inner.ConvolutionInput(dy, weight, dx, geometry);
    }

    public override void ConvolutionWeight(TensorView x, TensorView dy, TensorView dWeight, ConvolutionGeometry geometry)
    {
        using Timing timing = new(_times, nameof(ConvolutionWeight));
        inner.ConvolutionWeight(x, dy, dWeight, geometry);
    }

    private readonly ref struct Timing(Dictionary<string, (double Seconds, long Calls)> times, string kind)
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose()
        {
            (double seconds, long calls) = times.GetValueOrDefault(kind);
            times[kind] = (seconds + Stopwatch.GetElapsedTime(_start).TotalSeconds, calls + 1);
        }
    }
}
