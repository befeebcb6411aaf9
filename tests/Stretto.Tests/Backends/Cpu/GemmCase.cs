using System.Runtime.InteropServices;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Cpu;

/// <summary>
/// One product. Bit 0 of the layout transposes A, bit 1 B; sparse operands have a gap after every element and row.
/// </summary>
internal sealed record GemmCase(int M, int N, int K, int Layout, bool Sparse, bool Accumulate, int Pool, int Seed);

/// <summary>Operands in native memory whose surroundings are checked for writes.</summary>
internal sealed unsafe class GemmOperandsF32 : IDisposable
{
    private const float Guard = 12345.5f;

    private readonly GemmCase _case;
    private readonly float* _a;
    private readonly float* _b;
    private readonly long _step;

    public GemmOperandsF32(GemmCase sample)
    {
        _case = sample;
        _step = sample.Sparse ? 3 : 1;
        _a = Allocate(sample.M, sample.K, sample.Seed, _step);
        _b = Allocate(sample.K, sample.N, sample.Seed + 1, _step);
    }

    private (long Row, long Column) A => Strides(_case.M, _case.K, (_case.Layout & 1) != 0);

    private (long Row, long Column) B => Strides(_case.K, _case.N, (_case.Layout & 2) != 0);

    public void SetA(int i, int k, float value) => _a[(i * A.Row) + (k * A.Column)] = value;

    public float[] Multiply(WorkerPool pool, GemmPath path, bool packed) => Multiply(pool, path, packed, 0, _case.M);

    /// <summary>Some rows of the product, row after row.</summary>
    public float[] Multiply(WorkerPool pool, GemmPath path, bool packed, int first, int rows)
    {
        int n = _case.N;
        int stride = n + 3;
        float[] c = new float[(rows * stride) + 1];
        Array.Fill(c, Guard);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < n; j++)
            {
                c[(i * stride) + j] = Initial(first + i, j);
            }
        }

        fixed (float* pc = c)
        {
            GemmProduct<float> p = new(rows, n, _case.K)
            {
                A = _a + (first * A.Row),
                ARow = A.Row,
                AColumn = A.Column,
                B = _b,
                BRow = B.Row,
                BColumn = B.Column,
                C = pc,
                CRow = stride,
                Accumulate = _case.Accumulate,
            };
            if (packed)
            {
                using PackedMatrix matrix = new(pool, _b, B.Row, B.Column, _case.K, n, path);
                Gemm.Run(pool, rows, p.A, p.ARow, p.AColumn, matrix, pc, stride, p.Accumulate);
            }
            else
            {
                Gemm.Run(pool, p, path);
            }
        }

        float[] result = new float[rows * n];
        for (int i = 0; i < rows; i++)
        {
            c.AsSpan(i * stride, n).CopyTo(result.AsSpan(i * n));
            Assert.Equal(-1, c.AsSpan((i * stride) + n, 3).IndexOfAnyExcept(Guard));
        }

        return result;
    }

    /// <summary>Compares products with the sum in float64.</summary>
    public void Verify(params float[][] products)
    {
        ((long aRow, long aColumn), (long bRow, long bColumn)) = (A, B);
        for (int i = 0; i < _case.M; i++)
        {
            for (int j = 0; j < _case.N; j++)
            {
                double sum = _case.Accumulate ? Initial(i, j) : 0;
                for (int k = 0; k < _case.K; k++)
                {
                    sum += (double)_a[(i * aRow) + (k * aColumn)] * _b[(k * bRow) + (j * bColumn)];
                }

                foreach (float[] c in products)
                {
                    float value = c[(i * _case.N) + j];
                    bool near = Math.Abs(sum - value) <= 1e-6 * (2 + _case.K);
                    Assert.True(near, $"{_case}: C[{i}, {j}] = {value}, expected {sum}");
                }
            }
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_a);
        NativeMemory.Free(_b);
    }

    private static float Initial(int i, int j) => (((i * 7) + (j * 3)) % 16 / 8f) - 1;

    private static float* Allocate(int rows, int columns, int seed, long step)
    {
        long count = Math.Max(1, rows * columns * step * step);
        float* data = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
        GemmTests.Values((int)count, seed).CopyTo(new Span<float>(data, (int)count));
        return data;
    }

    private (long Row, long Column) Strides(long rows, long columns, bool transposed) =>
        transposed ? (_step, rows * _step * _step) : (columns * _step * _step, _step);
}
