using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Products of tiles with blocks of 64 keys, and the copies that bring their operands into shape. Whatever the tiles,
/// an element of a product takes its terms one by one in order, by fused multiply-add.
/// </summary>
internal static unsafe class FlashAttentionBlocks
{
    private const int Keys = FlashAttention.Keys;

    /// <summary>Head sizes in scratch memory are multiples of a pair of AVX2 registers.</summary>
    public static long Padded(long size) => (size + 15) / 16 * 16;

    /// <summary>Rows that one register tile takes.</summary>
    public static int Step<V>() where V : unmanaged, ILanes<V> => GemmTile.MaxRows<V, float>();

    /// <summary>
    /// Rows [rows, depth] as register tiles read them: <see cref="Step"/> rows side by side, column by column.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Pack<V>(float* from, long row, long rows, long depth, float* to) where V : unmanaged, ILanes<V>
    {
        int step = Step<V>();
        for (long r = 0; r < rows; r += step)
        {
            int count = (int)Math.Min(step, rows - r);
            GemmPack.Transpose(from + (r * row), row, 1, to + (r * depth), count, count, depth);
        }
    }

    /// <summary>
    /// C [rows, columns] (+)= A · B [depth, columns], where row r of A's column k is a[r + k · aStep], rows ≤ <see
    /// cref="Step"/>.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Packed<V>(
        int rows, float* a, long aStep, float* b, long bStep, float* c, long cRow, long depth, long columns,
        bool accumulate)
        where V : unmanaged, ILanes<V>
    {
        long panels = columns / (2 * V.Count);
        long done = panels * 2 * V.Count;
        if (panels > 0)
        {
            GemmTile.Packed<V, float>(rows, new(a, 1, aStep, b, bStep, c, cRow, depth, accumulate, panels));
        }

        if (done < columns)
        {
            GemmTile.Packed<Lanes256, float>(
                rows, new(a, 1, aStep, b + done, bStep, c + done, cRow, depth, accumulate, (columns - done + 15) / 16));
        }
    }

    /// <summary>
    /// C [rows, columns] += A [rows, depth] · B [depth, columns], where A is part of a block: its rows are 64 apart.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Block<V>(int rows, float* a, float* b, long bStep, float* c, long cRow, long depth, long columns)
        where V : unmanaged, ILanes<V>
    {
        long panels = columns / (2 * V.Count);
        long done = panels * 2 * V.Count;
        if (panels > 0)
        {
            GemmTile.Block<V>(rows, new(a, Keys, 1, b, bStep, c, cRow, depth, true, panels));
        }

        if (done < columns)
        {
            GemmTile.Block<Lanes256>(
                rows, new(a, Keys, 1, b + done, bStep, c + done, cRow, depth, true, (columns - done + 15) / 16));
        }
    }

    /// <summary>
    /// A block of keys or values as [size, 64]: in place where it lies so, else through the scratch tile.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static float* Across(in KvSlots from, int count, long size, float* tile)
    {
        if (from.Slot == 1 && from.Element == Keys)
        {
            return from.Data;
        }

        if (count < Keys)
        {
            new Span<float>(tile, checked((int)(size * Keys))).Clear();
        }

        GemmPack.Transpose(from.Data, from.Slot, from.Element, tile, Keys, count, size);
        return tile;
    }

    /// <summary>
    /// A block as rows of a padded size: in place for a few queries where nothing must be padded, else copied side by
    /// side.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static float* Along(in KvSlots from, int count, long size, bool few, float* tile, out long step)
    {
        long padded = Padded(size);
        if (size == padded && from.Element == 1 && (few || from.Slot == size))
        {
            step = from.Slot;
            return from.Data;
        }

        step = padded;
        CopyRows(from.Data, from.Slot, from.Element, count, size, tile, padded, 1);
        return tile;
    }

    /// <summary>Rows times a factor, their ends filled up with zeros.</summary>
    [MethodImpl(Compilation.Final)]
    public static void CopyRows(
        float* from, long row, long element, long rows, long size, float* to, long padded, float factor)
    {
        for (long r = 0; r < rows; r++, from += row, to += padded)
        {
            long j = 0;
            for (; element == 1 && j + Vector128<float>.Count <= size; j += Vector128<float>.Count)
            {
                (Vector128.Load(from + j) * factor).Store(to + j);
            }

            for (; j < size; j++)
            {
                to[j] = from[j * element] * factor;
            }

            new Span<float>(to + size, (int)(padded - size)).Clear();
        }
    }

    /// <summary>Elements one by one, at any distance.</summary>
    [MethodImpl(Compilation.Final)]
    public static void CopyElements(float* from, long fromStep, float* to, long toStep, long count)
    {
        for (long j = 0; j < count; j++)
        {
            to[j * toStep] = from[j * fromStep];
        }
    }

    /// <summary>
    /// The smallest low of each row and those behind it: lows fall where a branch of a tree ends, and register tiles need
    /// them to rise.
    /// </summary>
    public static void Starts(int* low, int* start, int rows)
    {
        int least = int.MaxValue;
        for (int r = rows - 1; r >= 0; r--)
        {
            start[r] = least = Math.Min(least, low[r]);
        }
    }

    /// <summary>Writes −∞ over the scores of a row that an explicit mask hides.</summary>
    [MethodImpl(Compilation.Final)]
    public static void Hide(float* scores, byte* seen, long step, int count)
    {
        int j = 0;
        for (; step == 1 && j + sizeof(ulong) <= count; j += sizeof(ulong))
        {
            // The long prefix that every node of a draft tree sees passes eight keys at a time.
            if (*(ulong*)(seen + j) != 0x0101010101010101)
            {
                HideEach(scores, seen, 1, j, j + sizeof(ulong));
            }
        }

        HideEach(scores, seen, step, j, count);
    }

    [MethodImpl(Compilation.Final)]
    private static void HideEach(float* scores, byte* seen, long step, int from, int to)
    {
        for (int j = from; j < to; j++)
        {
            scores[j] = seen[j * step] == 0 ? float.NegativeInfinity : scores[j];
        }
    }
}
