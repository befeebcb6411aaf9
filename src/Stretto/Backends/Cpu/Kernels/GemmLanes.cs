using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>What a matrix product asks of a register of <typeparamref name="T"/>.</summary>
internal unsafe interface IMultiplyLanes<V, T> where V : unmanaged, IMultiplyLanes<V, T> where T : unmanaged
{
    static abstract int Count { get; }

    static abstract V Load(T* from);

    static abstract V Create(T value);

    /// <summary>a · b + c, rounded once where the hardware can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    void Store(T* to);
}

/// <summary>8 float64 lanes.</summary>
internal readonly unsafe struct DoubleLanes512(Vector512<double> value) : IMultiplyLanes<DoubleLanes512, double>
{
    private readonly Vector512<double> _v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 Load(double* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 Create(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 MultiplyAdd(DoubleLanes512 a, DoubleLanes512 b, DoubleLanes512 c) =>
        new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _v.Store(to);
}

/// <summary>4 float64 lanes.</summary>
internal readonly unsafe struct DoubleLanes256(Vector256<double> value) : IMultiplyLanes<DoubleLanes256, double>
{
    private readonly Vector256<double> _v = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Load(double* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Create(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 MultiplyAdd(DoubleLanes256 a, DoubleLanes256 b, DoubleLanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _v.Store(to);
}

/// <summary>2 float64 lanes.</summary>
internal readonly unsafe struct DoubleLanes128(Vector128<double> value) : IMultiplyLanes<DoubleLanes128, double>
{
    private readonly Vector128<double> _v = value;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Load(double* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Create(double value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 MultiplyAdd(DoubleLanes128 a, DoubleLanes128 b, DoubleLanes128 c) =>
        new(Fma.IsSupported || AdvSimd.Arm64.IsSupported
            ? Vector128.FusedMultiplyAdd(a._v, b._v, c._v)
            : (a._v * b._v) + c._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _v.Store(to);
}
