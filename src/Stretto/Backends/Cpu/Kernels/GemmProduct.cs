namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// C [M, N] (+)= A [M, K] · B [K, N]. A and B take any strides in elements; C's columns are contiguous.
/// </summary>
internal readonly unsafe struct GemmProduct<T>(long m, long n, long k) where T : unmanaged
{
    public long M { get; init; } = m;

    public long N { get; init; } = n;

    public long K { get; init; } = k;

    public T* A { get; init; }

    public long ARow { get; init; }

    public long AColumn { get; init; }

    public T* B { get; init; }

    public long BRow { get; init; }

    public long BColumn { get; init; }

    public T* C { get; init; }

    public long CRow { get; init; }

    public bool Accumulate { get; init; }

    /// <summary>What is done to C at the end; float32 only.</summary>
    public GemmEpilogue Epilogue { get; init; }

    /// <summary>The product as the transpose of C where C is one column: Cᵀ = Bᵀ · Aᵀ is one row.</summary>
    public GemmProduct<T> Transposed() => new(N, M, K)
    {
        A = B,
        ARow = BColumn,
        AColumn = BRow,
        B = A,
        BRow = AColumn,
        BColumn = ARow,
        C = C,
        CRow = M,
        Accumulate = Accumulate,
    };

    /// <summary>
    /// Rows of C from <paramref name="i"/>, columns from <paramref name="j"/>, products from <paramref name="k"/>.
    /// </summary>
    public GemmProduct<T> Slice(long i, long rows, long j, long columns, long k, long depth) => this with
    {
        M = rows,
        N = columns,
        K = depth,
        A = A + (i * ARow) + (k * AColumn),
        B = B + (k * BRow) + (j * BColumn),
        C = C + (i * CRow) + j,
        Accumulate = Accumulate || k > 0,
        Epilogue = k + depth == K ? Epilogue.At(i, j) : default,
    };

    /// <summary>K = 0: a sum of nothing.</summary>
    public void Clear()
    {
        for (long i = 0; i < M && !Accumulate; i++)
        {
            new Span<T>(C + (i * CRow), checked((int)N)).Clear();
        }

        Finish(0, M, 0, N);
    }

    /// <summary>The epilogue of some rows and columns of C.</summary>
    public void Finish(long i, long rows, long j, long columns)
    {
        if (!Epilogue.IsEmpty)
        {
            Epilogue.At(i, j).Apply((float*)(C + (i * CRow) + j), CRow, rows, columns);
        }
    }
}
