namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The gradients of <see cref="FlashAttention"/>: probabilities are computed again from the saved log-sum-exp, block by
/// block. With P = e^(score − lse) and D = Σ dO · O per row: dV += Pᵀ dO, dS = P (dO Vᵀ − D), dQ += dS K, dK += dSᵀ Q.
/// </summary>
/// <remarks>
/// The keys and the queries of a sequence are cut into the same number of chunks, and the work into as many rounds: in
/// round t, the part that owns key chunk c takes query chunk (c + t) mod chunks. So no two parts of a round add to the
/// same gradient, each gradient takes its terms in a fixed order whatever the number of threads, and no memory beyond
/// the gradients is needed to share one sequence.
/// </remarks>
internal static unsafe class FlashAttentionBackward
{
    /// <summary>Parts of a round that keep many threads busy.</summary>
    private const int PartsWanted = 32;

    private const int MaxChunks = 16;

    /// <summary>Keys that make a chunk worth the copies that each round repeats.</summary>
    private const int ChunkKeys = 128;

    /// <summary>Writes the gradients; those of the sinks are added to what is there.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="inputs">What the forward pass read; keys and values as rows.</param>
    /// <param name="output">What it wrote.</param>
    /// <param name="lse">[heads, tokens].</param>
    /// <param name="dOutput">The gradient of the output.</param>
    /// <param name="gradients">Where the gradients go; head elements contiguous.</param>
    /// <param name="path">The registers to use.</param>
    public static void Run(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput,
        in AttentionGradients gradients, GemmPath? path = null)
    {
        switch (path ?? Gemm.Widest)
        {
            case GemmPath.Avx512: Run<Lanes512>(pool, inputs, output, lse, dOutput, gradients); break;
            case GemmPath.Avx2: Run<Lanes256>(pool, inputs, output, lse, dOutput, gradients); break;
            default: Run<Lanes128>(pool, inputs, output, lse, dOutput, gradients); break;
        }
    }

    private static void Run<V>(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput,
        in AttentionGradients gradients)
        where V : unmanaged, ILanes<V>
    {
        long tokens = inputs.Queries.Size(0);
        using FlashAttentionScratch scratch = new(inputs.Heads * tokens);
        float* dots = scratch.Take(inputs.Heads * tokens);
        DotJob<V> products = new(inputs, output, lse, dOutput, gradients.Sinks, dots);
        pool.For(inputs.Heads, ref products);
        int chunks = Chunks(inputs);
        for (int round = 0; round < chunks; round++)
        {
            FlashAttentionBackwardPart<V> job = new(inputs, lse, dOutput, gradients, dots, chunks, round);
            pool.For(checked(inputs.Kv.Sequences * inputs.Kv.Heads * chunks), ref job);
        }
    }

    private static int Chunks(in AttentionInputs inputs)
    {
        int sequences = 0;
        int longest = 0;
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            sequences += inputs.Kv.Length(s) > 0 ? 1 : 0;
            longest = Math.Max(longest, inputs.Kv.Length(s));
        }

        long parts = Math.Max(1, (long)sequences * inputs.Kv.Heads);
        long wanted = Math.Min((PartsWanted + parts - 1) / parts, (longest + ChunkKeys - 1) / ChunkKeys);
        return (int)Math.Clamp(wanted, 1, MaxChunks);
    }

    /// <summary>D of every row of a head, and the gradient of its sink: no key gets what e^sink takes.</summary>
    private readonly struct DotJob<V>(
        AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, TensorView? dSinks, float* dots)
        : IParallelJob
        where V : unmanaged, ILanes<V>
    {
        private const int Together = 4;

        private readonly float* _dots = dots;

        public void Run(int head)
        {
            long tokens = inputs.Queries.Size(0);
            float sink = inputs.Sinks is { } sinks ? sinks.As<float>()[head * sinks.Stride(0)] : 0;
            double total = 0;
            for (long t = 0; t < tokens; t += Together)
            {
                float* row = _dots + (head * tokens) + t;
                int count = (int)Math.Min(Together, tokens - t);
                Dots(head, t, count, row);
                for (int i = 0; i < count && inputs.Sinks is not null; i++)
                {
                    float logSum = lse.As<float>()[(head * lse.Stride(0)) + ((t + i) * lse.Stride(1))];
                    total -= float.IsNegativeInfinity(logSum) ? 0 : Math.Exp((double)sink - logSum) * row[i];
                }
            }

            if (dSinks is { } target)
            {
                target.As<float>()[head * target.Stride(0)] += (float)total;
            }
        }

        /// <summary>
        /// In the order in which dO · V adds up, so that they cancel where a row sees one key: several rows at a time,
        /// because each addition waits for the one before.
        /// </summary>
        private void Dots(int head, long token, int count, float* to)
        {
            float* a = output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1));
            float* b = dOutput.As<float>() + (token * dOutput.Stride(0)) + (head * dOutput.Stride(1));
            long aRow = count == Together ? output.Stride(0) : 0;
            long bRow = count == Together ? dOutput.Stride(0) : 0;
            for (int i = 0; i < count; i += count == Together ? Together : 1)
            {
                V s0 = default, s1 = default, s2 = default, s3 = default;
                for (long j = 0; j < inputs.Kv.ValueSize; j++)
                {
                    s0 = V.MultiplyAdd(V.Create(a[j]), V.Create(b[j]), s0);
                    s1 = V.MultiplyAdd(V.Create(a[j + aRow]), V.Create(b[j + bRow]), s1);
                    s2 = V.MultiplyAdd(V.Create(a[j + (2 * aRow)]), V.Create(b[j + (2 * bRow)]), s2);
                    s3 = V.MultiplyAdd(V.Create(a[j + (3 * aRow)]), V.Create(b[j + (3 * bRow)]), s3);
                }

                to[i] = s0.MaxLane();
                if (count == Together)
                {
                    (to[1], to[2], to[3]) = (s1.MaxLane(), s2.MaxLane(), s3.MaxLane());
                }

                a += output.Stride(0);
                b += dOutput.Stride(0);
            }
        }
    }
}
