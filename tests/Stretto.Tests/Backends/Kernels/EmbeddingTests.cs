using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

public sealed unsafe class EmbeddingTests
{
    private static readonly long[] Ids = [3, 0, 3, 10, 2, 3, 9, 0];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(200)]
    public void GatherAndItsGradient(int columns)
    {
        WorkerPool pool = new(4);
        using NativeRows table = new(11, columns, 0);
        using NativeRows dTable = new(11, columns, 0);
        using NativeRows y = new(Ids.Length, columns, 0);
        using NativeRows dy = new(Ids.Length, columns, 2);
        for (int row = 0; row < 11; row++)
        {
            Noise.Fill(table.Row(row), (ulong)row + 5);
            dTable.Row(row).Fill(1);
        }

        for (int t = 0; t < Ids.Length; t++)
        {
            Noise.Fill(dy.Row(t), (ulong)t + 50);
        }

        fixed (long* ids = Ids)
        {
            Embedding.Gather(pool, (byte*)table.Data, 11, columns * sizeof(float), ids, Ids.Length, (byte*)y.Data);
            Embedding.ScatterAdd(pool, dy.Data, dy.Stride, ids, Ids.Length, dTable.Data, 11, columns, ignored: 10);
        }

        y.AssertGapsIntact();
        dTable.AssertGapsIntact();
        for (int t = 0; t < Ids.Length; t++)
        {
            Assert.Equal(table.Row(Ids[t]).ToArray(), y.Row(t).ToArray());
        }

        for (int row = 0; row < 11; row++)
        {
            for (int c = 0; c < columns; c++)
            {
                float sum = 1;
                for (int t = 0; t < Ids.Length; t++)
                {
                    sum += Ids[t] == row && row != 10 ? dy.Row(t)[c] : 0;
                }

                Assert.Equal(sum, dTable.Row(row)[c]);
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    public void AnIndexOutsideTheTableIsRefused(long id)
    {
        fixed (float* data = new float[64])
        fixed (long* first = new[] { id })
        {
            float* table = data;
            long* ids = first;
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                Embedding.Gather(new(1), (byte*)table, 11, 4, ids, 1, (byte*)(table + 32)));
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                Embedding.ScatterAdd(new(1), table + 32, 1, ids, 1, table, 11, 1));
        }
    }
}
