using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// One round of the backward pass; a part is a chunk of the keys of one head of one sequence, and the queries that it
/// meets.
/// </summary>
internal readonly unsafe struct FlashAttentionBackwardPart<V>(
    AttentionInputs inputs, TensorView lse, TensorView dOutput, AttentionGradients gradients, float* dots, int chunks,
    int round)
    : IParallelJob
    where V : unmanaged, ILanes<V>
{
    private const int Keys = FlashAttention.Keys;

    /// <summary>Queries whose copies stay in cache while blocks of keys pass.</summary>
    private const int Group = 192;

    /// <summary>Queries of a tile of scores: whole register tiles of every width.</summary>
    private const int Tile = 96;

    private readonly float* _dots = dots;

    [MethodImpl(Compilation.Final)]
    public void Run(int part)
    {
        int chunk = part % chunks;
        int kvHead = part / chunks % inputs.Kv.Heads;
        int sequence = part / chunks / inputs.Kv.Heads;
        int keys = inputs.Kv.Length(sequence);
        int queries = inputs.QueryOffsets[sequence + 1] - inputs.QueryOffsets[sequence];
        (int keyFrom, int keyTo) = Chunk(keys, chunk);
        (int from, int to) = Chunk(queries, (chunk + round) % chunks);
        if (keyFrom >= keyTo)
        {
            return;
        }

        if (round == 0)
        {
            Clear(gradients.Keys, sequence, kvHead, keyFrom, keyTo);
            Clear(gradients.Values, sequence, kvHead, keyFrom, keyTo);
        }

        if (from >= to)
        {
            return;
        }

        (long seenFrom, long seenTo) = inputs.Visible(sequence, from, to);
        if (seenTo <= keyFrom || seenFrom >= keyTo)
        {
            return;
        }

        Buffers buffers = new(Math.Min(Group, to - from), inputs.Kv.KeySize, inputs.Kv.ValueSize);
        using FlashAttentionScratch scratch = new(buffers.Floats);
        buffers.Take(scratch);
        for (int head = kvHead * inputs.Group; head < (kvHead + 1) * inputs.Group; head++)
        {
            for (int first = from; first < to; first += Group)
            {
                Queries some = new(sequence, head, first, Math.Min(Group, to - first));
                Prepare(some, buffers);
                (seenFrom, seenTo) = inputs.Visible(sequence, first, first + some.Count);
                for (long block = Math.Max(keyFrom, seenFrom / Keys * Keys); block < Math.Min(keyTo, seenTo); block += Keys)
                {
                    Meet(some, kvHead, block, (int)Math.Min(Keys, keys - block), buffers);
                }
            }
        }
    }

    /// <summary>Chunks are whole blocks, so that the last ones of a short sequence may be empty.</summary>
    private (int From, int To) Chunk(int length, int chunk)
    {
        long size = (((long)length + chunks - 1) / chunks + Keys - 1) / Keys * Keys;
        return ((int)Math.Min(length, chunk * size), (int)Math.Min(length, (chunk + 1) * size));
    }

    [MethodImpl(Compilation.Final)]
    private void Prepare(Queries some, in Buffers b)
    {
        long size = inputs.Kv.KeySize;
        long valueSize = inputs.Kv.ValueSize;
        long token = inputs.QueryOffsets[some.Sequence] + some.First;
        TensorView q = inputs.Queries;
        float* rows = q.As<float>() + (token * q.Stride(0)) + (some.Head * q.Stride(1));

        // The scores have the bits of the forward pass, whose log-sum-exp they meet.
        float factor = FlashAttentionSoftmax.QueryFactor(inputs.Options);
        FlashAttentionBlocks.CopyRows(rows, q.Stride(0), 1, some.Count, size, b.Queries, b.Padded, factor);
        FlashAttentionBlocks.Pack<V>(b.Queries, b.Padded, some.Count, size, b.QueriesPacked);
        FlashAttentionBlocks.CopyRows(
            rows, q.Stride(0), 1, some.Count, size, b.Queries, b.Padded, (float)inputs.Options.Scale);
        FlashAttentionBlocks.CopyRows(
            dOutput.As<float>() + (token * dOutput.Stride(0)) + (some.Head * dOutput.Stride(1)), dOutput.Stride(0), 1,
            some.Count, valueSize, b.DOut, b.PaddedValue, 1);
        FlashAttentionBlocks.Pack<V>(b.DOut, b.PaddedValue, some.Count, valueSize, b.DOutPacked);
        for (int i = 0; i < some.Count; i++)
        {
            (long low, long high) = inputs.Visible(some.Sequence, some.First + i);
            double logSum = lse.As<float>()[(some.Head * lse.Stride(0)) + ((token + i) * lse.Stride(1))];
            b.LogSums[i] = (float)(logSum * FlashAttentionSoftmax.Log2E);
            (b.Low[i], b.High[i]) = ((int)Math.Min(low, int.MaxValue), (int)high);
        }

        FlashAttentionBlocks.Starts(b.Low, b.Start, some.Count);
    }

    [MethodImpl(Compilation.Final)]
    private void Meet(Queries some, int kvHead, long block, int count, in Buffers b)
    {
        long size = inputs.Kv.KeySize;
        long valueSize = inputs.Kv.ValueSize;
        KvSlots k = inputs.Kv.KeySlots(some.Sequence, kvHead, block);
        KvSlots v = inputs.Kv.ValueSlots(some.Sequence, kvHead, block);
        float* keysAcross = FlashAttentionBlocks.Across(k, count, size, b.KeysAcross);
        float* valuesAcross = FlashAttentionBlocks.Across(v, count, valueSize, b.ValuesAcross);
        FlashAttentionBlocks.CopyRows(
            k.Data, k.Slot, k.Element, count, size, b.KeysAlong, b.Padded, (float)inputs.Options.Scale);
        Sums dKeys = new(
            Rows(gradients.Keys, some.Sequence, kvHead, block), gradients.Keys.Stride(0), count, size, b.Padded,
            b.DKeys);
        Sums dValues = new(
            Rows(gradients.Values, some.Sequence, kvHead, block), gradients.Values.Stride(0), count, valueSize,
            b.PaddedValue, b.DValues);
        for (int first = 0; first < some.Count; first += Tile)
        {
            int rows = Math.Min(Tile, some.Count - first);
            (int low, int high) = Columns(b, first, first + rows, block);
            if (low < high)
            {
                Score(some, b, first, rows, block, count, keysAcross, valuesAcross);
                AddToKeys(b, first, rows, block, count, dKeys, dValues);
                AddToQueries(some, b, first, rows, block);
            }
        }

        dKeys.Store();
        dValues.Store();
    }

    /// <summary>P and dS of a tile; a register tile of queries computes the columns that one of them sees.</summary>
    [MethodImpl(Compilation.Final)]
    private void Score(
        Queries some, in Buffers b, int first, int rows, long block, int count, float* keysAcross, float* valuesAcross)
    {
        int step = FlashAttentionBlocks.Step<V>();
        long size = inputs.Kv.KeySize;
        long valueSize = inputs.Kv.ValueSize;
        for (int r = 0; r < rows; r += step)
        {
            int together = Math.Min(step, rows - r);
            (_, int high) = Columns(b, first + r, first + r + together, block);
            long columns = (high + (2 * V.Count) - 1) / (2 * V.Count) * (2 * V.Count);
            FlashAttentionBlocks.Packed<V>(
                together, b.QueriesPacked + ((first + r) * size), together, keysAcross, Keys, b.P + (r * Keys), Keys,
                size, columns, false);
            FlashAttentionBlocks.Packed<V>(
                together, b.DOutPacked + ((first + r) * valueSize), together, valuesAcross, Keys,
                b.DScores + (r * Keys), Keys, valueSize, columns, false);
        }

        long token = inputs.QueryOffsets[some.Sequence] + some.First + first;
        long maskColumn = inputs.Mask is null ? 0 : inputs.MaskColumn(some.Sequence) + block;
        for (int r = 0; r < rows; r++)
        {
            float logSum = b.LogSums[first + r];
            int low = (int)Math.Clamp(b.Low[first + r] - block, 0, Keys);
            int high = (int)Math.Clamp(b.High[first + r] - block, 0, count);
            if (inputs.Mask is { } mask && low < high)
            {
                byte* seen = mask.Data + ((token + r) * mask.Stride(0)) + (maskColumn * mask.Stride(1));
                FlashAttentionBlocks.Hide(b.P + (r * Keys), seen, mask.Stride(1), high);
            }

            for (int j = low; j < high && inputs.Branches(some.Sequence); j++)
            {
                if (inputs.Hides(some.Sequence, some.First + first + r, block + j))
                {
                    b.P[(r * Keys) + j] = float.NegativeInfinity;
                }
            }

            if (float.IsNegativeInfinity(logSum) || low >= high)
            {
                (low, high) = (0, 0);
            }

            FlashAttentionSoftmax.Slopes<V>(
                b.P + (r * Keys), b.DScores + (r * Keys), low, high, logSum,
                _dots[(some.Head * inputs.Queries.Size(0)) + token + r],
                (float)inputs.Options.SoftCap);
        }
    }

    /// <summary>dV += Pᵀ dO and dK += dSᵀ Q, each few keys over the queries that see one of them.</summary>
    [MethodImpl(Compilation.Final)]
    private static void AddToKeys(
        in Buffers b, int first, int rows, long block, int count, in Sums dKeys, in Sums dValues)
    {
        int step = FlashAttentionBlocks.Step<V>();
        int from = 0;
        int to = 0;
        for (int j = 0; j < count; j += step)
        {
            int together = Math.Min(step, count - j);
            while (from < rows && b.High[first + from] <= block + j)
            {
                from++;
            }

            while (to < rows && b.Start[first + to] < block + j + together)
            {
                to++;
            }

            if (from < to)
            {
                FlashAttentionBlocks.Packed<V>(
                    together, b.P + (from * Keys) + j, Keys, b.DOut + ((first + from) * b.PaddedValue), b.PaddedValue,
                    dValues.Data + (j * dValues.Row), dValues.Row, to - from, b.PaddedValue, true);
                FlashAttentionBlocks.Packed<V>(
                    together, b.DScores + (from * Keys) + j, Keys, b.Queries + ((first + from) * b.Padded), b.Padded,
                    dKeys.Data + (j * dKeys.Row), dKeys.Row, to - from, b.Padded, true);
            }
        }
    }

    /// <summary>dQ += dS K.</summary>
    [MethodImpl(Compilation.Final)]
    private void AddToQueries(Queries some, in Buffers b, int first, int rows, long block)
    {
        int step = FlashAttentionBlocks.Step<V>();
        TensorView dq = gradients.Queries;
        float* target = dq.As<float>() + ((inputs.QueryOffsets[some.Sequence] + some.First + first) * dq.Stride(0))
            + (some.Head * dq.Stride(1));
        Sums sums = new(target, dq.Stride(0), rows, inputs.Kv.KeySize, b.Padded, b.DQueries);
        for (int r = 0; r < rows; r += step)
        {
            int together = Math.Min(step, rows - r);
            (int low, int high) = Columns(b, first + r, first + r + together, block);
            if (low < high)
            {
                FlashAttentionBlocks.Block<V>(
                    together, b.DScores + (r * Keys) + low, b.KeysAlong + (low * b.Padded), b.Padded,
                    sums.Data + (r * sums.Row), sums.Row, high - low, b.Padded);
            }
        }

        sums.Store();
    }

    /// <summary>The columns of a block that one of the queries sees.</summary>
    private static (int Low, int High) Columns(in Buffers b, int from, int to, long block) => (
        (int)Math.Clamp(b.Start[from] - block, 0, Keys), (int)Math.Clamp(b.High[to - 1] - block, 0, Keys));

    private float* Rows(TensorView gradient, int sequence, int head, long first) =>
        gradient.As<float>() + ((inputs.Kv.FirstRow(sequence) + first) * gradient.Stride(0))
        + (head * gradient.Stride(1));

    private void Clear(TensorView gradient, int sequence, int head, int from, int to)
    {
        for (int r = from; r < to; r++)
        {
            new Span<float>(Rows(gradient, sequence, head, r), (int)gradient.Size(2)).Clear();
        }
    }

    /// <summary>Some queries of one head.</summary>
    private readonly record struct Queries(int Sequence, int Head, int First, int Count);

    /// <summary>
    /// Rows of a gradient to add to: in place where whole registers fit, else a padded copy that is stored at the end.
    /// </summary>
    private readonly struct Sums
    {
        private readonly float* _rows;
        private readonly long _step;
        private readonly int _count;
        private readonly long _size;

        public Sums(float* rows, long step, int count, long size, long padded, float* copy)
        {
            _rows = rows;
            _step = step;
            _count = count;
            _size = size;
            Data = size == padded ? rows : copy;
            Row = size == padded ? step : padded;
            if (size != padded)
            {
                FlashAttentionBlocks.CopyRows(rows, step, 1, count, size, copy, padded, 1);
            }
        }

        public readonly float* Data;
        public readonly long Row;

        public void Store()
        {
            for (int r = 0; Data != _rows && r < _count; r++)
            {
                new Span<float>(Data + (r * Row), (int)_size).CopyTo(new Span<float>(_rows + (r * _step), (int)_size));
            }
        }
    }

    /// <summary>
    /// The pieces of scratch memory of one part. Low and high are each query's visible keys, start the smallest low of a
    /// query and those behind it; log-sums are in powers of two.
    /// </summary>
    private struct Buffers(long rows, long size, long valueSize)
    {
        public float* Queries, QueriesPacked, DOut, DOutPacked, P, DScores;
        public float* KeysAcross, ValuesAcross, KeysAlong, DKeys, DValues, DQueries;
        public int* Low, High, Start;
        public float* LogSums;
        public readonly long Padded = FlashAttentionBlocks.Padded(size);
        public readonly long PaddedValue = FlashAttentionBlocks.Padded(valueSize);

        public readonly long Floats =>
            (4 * FlashAttentionScratch.Size(rows)) + (((2 * rows) + (4 * Keys) + Tile) * Padded)
            + (((2 * rows) + (3 * Keys)) * PaddedValue) + (2 * Tile * Keys);

        public void Take(FlashAttentionScratch scratch)
        {
            Low = scratch.Take<int>(rows);
            High = scratch.Take<int>(rows);
            Start = scratch.Take<int>(rows);
            LogSums = scratch.Take(rows);
            Queries = scratch.Take(rows * Padded);
            QueriesPacked = scratch.Take(rows * Padded);
            DOut = scratch.Take(rows * PaddedValue);
            DOutPacked = scratch.Take(rows * PaddedValue);
            P = scratch.Take(Tile * Keys);
            DScores = scratch.Take(Tile * Keys);
            KeysAcross = scratch.Take(Keys * Padded);
            ValuesAcross = scratch.Take(Keys * PaddedValue);
            KeysAlong = scratch.Take(Keys * Padded);
            DKeys = scratch.Take(Keys * Padded);
            DValues = scratch.Take(Keys * PaddedValue);
            DQueries = scratch.Take(Tile * Padded);
        }
    }
}
