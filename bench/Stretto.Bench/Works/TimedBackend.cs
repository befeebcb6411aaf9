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
        double began = Clock();
        inner.Fill(destination, value);
        Stop(nameof(Fill), began);
    }

    public override void Arange(TensorView destination, double start, double step)
    {
        double began = Clock();
        inner.Arange(destination, start, step);
        Stop(nameof(Arange), began);
    }

    public override void Copy(TensorView source, TensorView destination)
    {
        double began = Clock();
        inner.Copy(source, destination);
        Stop(nameof(Copy), began);
    }

    public override void Unary(UnaryOp op, TensorView x, TensorView destination)
    {
        double began = Clock();
        inner.Unary(op, x, destination);
        Stop($"Unary {op}", began);
    }

    public override void Binary(BinaryOp op, TensorView a, TensorView b, TensorView destination)
    {
        double began = Clock();
        inner.Binary(op, a, b, destination);
        Stop($"Binary {op}", began);
    }

    public override void Where(TensorView condition, TensorView a, TensorView b, TensorView destination)
    {
        double began = Clock();
        inner.Where(condition, a, b, destination);
        Stop(nameof(Where), began);
    }

    public override void Reduce(ReduceOp op, TensorView source, TensorView destination)
    {
        double began = Clock();
        inner.Reduce(op, source, destination);
        Stop($"Reduce {op}", began);
    }

    public override void ArgReduce(bool largest, TensorView source, TensorView destination, int dim)
    {
        double began = Clock();
        inner.ArgReduce(largest, source, destination, dim);
        Stop(nameof(ArgReduce), began);
    }

    public override void Scan(ReduceOp op, TensorView source, TensorView destination, int dim)
    {
        double began = Clock();
        inner.Scan(op, source, destination, dim);
        Stop(nameof(Scan), began);
    }

    public override void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate)
    {
        double began = Clock();
        inner.MatMul(a, b, destination, accumulate);
        Stop(nameof(MatMul), began);
    }

    public override void Gather(TensorView source, TensorView index, TensorView destination, int dim)
    {
        double began = Clock();
        inner.Gather(source, index, destination, dim);
        Stop(nameof(Gather), began);
    }

    public override void Scatter(ScatterOp op, TensorView index, TensorView source, TensorView destination, int dim)
    {
        double began = Clock();
        inner.Scatter(op, index, source, destination, dim);
        Stop(nameof(Scatter), began);
    }

    public override void Sort(TensorView source, TensorView values, TensorView indices, int dim, bool descending)
    {
        double began = Clock();
        inner.Sort(source, values, indices, dim, descending);
        Stop(nameof(Sort), began);
    }

    public override void Random(Distribution distribution, TensorView destination, ulong seed, ulong counter)
    {
        double began = Clock();
        inner.Random(distribution, destination, seed, counter);
        Stop(nameof(Random), began);
    }

    public override void RmsNorm(TensorView x, TensorView? weight, TensorView y, TensorView inverse, double epsilon)
    {
        double began = Clock();
        inner.RmsNorm(x, weight, y, inverse, epsilon);
        Stop(nameof(RmsNorm), began);
    }

    public override void RmsNormBackward(
        TensorView x, TensorView? weight, TensorView inverse, TensorView dy, TensorView dx, TensorView? dWeight)
    {
        double began = Clock();
        inner.RmsNormBackward(x, weight, inverse, dy, dx, dWeight);
        Stop(nameof(RmsNormBackward), began);
    }

    public override void Linear(TensorView x, TensorView weight, TensorView? bias, UnaryOp? activation, TensorView? residual, TensorView y)
    {
        double began = Clock();
        inner.Linear(x, weight, bias, activation, residual, y);
        Stop(nameof(Linear), began);
    }

    public override void SwiGlu(TensorView gate, TensorView up, TensorView y)
    {
        double began = Clock();
        inner.SwiGlu(gate, up, y);
        Stop(nameof(SwiGlu), began);
    }

    public override void SwiGluBackward(TensorView gate, TensorView up, TensorView dy, TensorView dGate, TensorView dUp)
    {
        double began = Clock();
        inner.SwiGluBackward(gate, up, dy, dGate, dUp);
        Stop(nameof(SwiGluBackward), began);
    }

    public override void Softmax(TensorView x, TensorView y, bool logarithm)
    {
        double began = Clock();
        inner.Softmax(x, y, logarithm);
        Stop(nameof(Softmax), began);
    }

    public override void SoftmaxBackward(TensorView y, TensorView dy, TensorView dx, bool logarithm)
    {
        double began = Clock();
        inner.SoftmaxBackward(y, dy, dx, logarithm);
        Stop(nameof(SoftmaxBackward), began);
    }

    public override void Rotary(TensorView x, TensorView cos, TensorView sin, TensorView y, bool interleaved, bool inverse)
    {
        double began = Clock();
        inner.Rotary(x, cos, sin, y, interleaved, inverse);
        Stop(nameof(Rotary), began);
    }

    public override void Embedding(TensorView table, TensorView ids, TensorView rows)
    {
        double began = Clock();
        inner.Embedding(table, ids, rows);
        Stop(nameof(Embedding), began);
    }

    public override void EmbeddingBackward(TensorView ids, TensorView dRows, TensorView dTable)
    {
        double began = Clock();
        inner.EmbeddingBackward(ids, dRows, dTable);
        Stop(nameof(EmbeddingBackward), began);
    }

    public override void CrossEntropy(TensorView logits, TensorView targets, TensorView loss, TensorView lse, CrossEntropyOptions options)
    {
        double began = Clock();
        inner.CrossEntropy(logits, targets, loss, lse, options);
        Stop(nameof(CrossEntropy), began);
    }

    public override void CrossEntropyBackward(
        TensorView logits, TensorView targets, TensorView lse, double factor, TensorView dLogits, CrossEntropyOptions options)
    {
        double began = Clock();
        inner.CrossEntropyBackward(logits, targets, lse, factor, dLogits, options);
        Stop(nameof(CrossEntropyBackward), began);
    }

    public override void AdamW(TensorView parameter, TensorView gradient, TensorView first, TensorView second, in AdamWStep step)
    {
        double began = Clock();
        inner.AdamW(parameter, gradient, first, second, in step);
        Stop(nameof(AdamW), began);
    }

    public override double SumOfSquares(TensorView x)
    {
        double began = Clock();
        double result = inner.SumOfSquares(x);
        Stop(nameof(SumOfSquares), began);
        return result;
    }

    public override void BinaryScalar(BinaryOp op, TensorView x, double number, TensorView destination)
    {
        double began = Clock();
        inner.BinaryScalar(op, x, number, destination);
        Stop($"BinaryScalar {op}", began);
    }

    public override void Attention(in AttentionInputs inputs, TensorView output, TensorView? lse)
    {
        double began = Clock();
        inner.Attention(in inputs, output, lse);
        Stop(nameof(Attention), began);
    }

    public override void AttentionBackward(
        in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        double began = Clock();
        inner.AttentionBackward(in inputs, output, lse, dOutput, in gradients);
        Stop(nameof(AttentionBackward), began);
    }

    public override void AppendToPages(
        TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages, ReadOnlySpan<long> slots)
    {
        double began = Clock();
        inner.AppendToPages(keys, values, keyPages, valuePages, slots);
        Stop(nameof(AppendToPages), began);
    }

    public override long Solve(TensorView a, TensorView b, TensorView x)
    {
        double began = Clock();
        long result = inner.Solve(a, b, x);
        Stop(nameof(Solve), began);
        return result;
    }

    public override void SolveTriangular(TensorView a, TensorView b, TensorView x, bool upper, bool unit)
    {
        double began = Clock();
        inner.SolveTriangular(a, b, x, upper, unit);
        Stop(nameof(SolveTriangular), began);
    }

    public override long Cholesky(TensorView a, TensorView l)
    {
        double began = Clock();
        long result = inner.Cholesky(a, l);
        Stop(nameof(Cholesky), began);
        return result;
    }

    public override void LogDeterminant(TensorView a, TensorView sign, TensorView logarithm)
    {
        double began = Clock();
        inner.LogDeterminant(a, sign, logarithm);
        Stop(nameof(LogDeterminant), began);
    }

    public override void Determinant(TensorView a, TensorView determinant)
    {
        double began = Clock();
        inner.Determinant(a, determinant);
        Stop(nameof(Determinant), began);
    }

    public override void Cofactors(TensorView a, TensorView cofactors)
    {
        double began = Clock();
        inner.Cofactors(a, cofactors);
        Stop(nameof(Cofactors), began);
    }

    public override void Convolution(TensorView x, TensorView weight, TensorView y, ConvolutionGeometry geometry)
    {
        double began = Clock();
        inner.Convolution(x, weight, y, geometry);
        Stop(nameof(Convolution), began);
    }

    public override void ConvolutionInput(TensorView dy, TensorView weight, TensorView dx, ConvolutionGeometry geometry)
    {
        double began = Clock();
        inner.ConvolutionInput(dy, weight, dx, geometry);
        Stop(nameof(ConvolutionInput), began);
    }

    public override void ConvolutionWeight(TensorView x, TensorView dy, TensorView dWeight, ConvolutionGeometry geometry)
    {
        double began = Clock();
        inner.ConvolutionWeight(x, dy, dWeight, geometry);
        Stop(nameof(ConvolutionWeight), began);
    }

    private static double Clock() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private void Stop(string kind, double began)
    {
        (double seconds, long calls) = _times.GetValueOrDefault(kind);
        _times[kind] = (seconds + Clock() - began, calls + 1);
    }
}
