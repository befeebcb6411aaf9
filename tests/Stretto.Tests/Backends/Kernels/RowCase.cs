using Stretto.Backends.Cpu;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>What a kernel gets: row operands [rows, n], column operands [n], and results of both kinds.</summary>
internal sealed unsafe class Operands(
    long rows, long n, NativeRows[] inputs, NativeRows[] columns, NativeRows[] outputs, NativeRows[] columnOutputs)
{
    public long Rows => rows;

    public long N => n;

    public float* In(int i) => inputs[i].Data;

    public long InStride => inputs[0].Stride;

    public float* Column(int i) => columns[i].Data;

    public float* Out(int i) => outputs[i].Data;

    public long OutStride => outputs[0].Stride;

    public float* ColumnOut(int i) => columnOutputs[i].Data;
}

internal delegate void RowKernel(WorkerPool pool, Operands o);

/// <summary>One row's results from its inputs and the columns, in float64.</summary>
internal delegate double[][] RowFunction(double[][] inputs, double[][] columns);

/// <summary>A kernel and what it means.</summary>
/// <param name="Name">Shown by the test.</param>
/// <param name="Inputs">Row operands.</param>
/// <param name="Columns">Column operands.</param>
/// <param name="Meaning">The value of one row.</param>
/// <param name="Forward">Computes it.</param>
internal sealed record RowCase(string Name, int Inputs, int Columns, RowFunction Meaning, RowKernel Forward)
{
    /// <summary>
    /// Computes the gradients of Σ dy · value; dy is one more row operand after the inputs. Row outputs are the
    /// gradients of the row operands, column outputs those of the columns.
    /// </summary>
    public RowKernel? Backward { get; init; }

    /// <summary>The kernel takes flat arrays: rows without gaps.</summary>
    public bool Flat { get; init; }

    /// <summary>Results whose rows are one number wide, in order.</summary>
    public bool Scalar { get; init; }

    public int Outputs { get; init; } = 1;

    /// <summary>Results that sum over rows: column outputs instead of row outputs.</summary>
    public int ColumnOutputs { get; init; }

    public Func<float, float> Input { get; init; } = v => v;

    public double Tolerance { get; init; } = 2e-6;

    public override string ToString() => Name;
}
