using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Registers that a product of <typeparamref name="T"/> runs on.</summary>
internal interface ITileLanes<T> where T : unmanaged
{
    static abstract int Count { get; }

    /// <summary>One register tile.</summary>
    static abstract void Multiply<R, S>(in TileOperands<T> o) where R : struct, IRows where S : struct, IRowStride;
}

/// <summary>
/// What a tile does with a register <typeparamref name="X"/>. It is the bare vector: a struct around it makes the
/// compiler overwrite
/// the wrong operand of a fused multiply-add and then move the sum back, one move for each of them.
/// </summary>
internal unsafe interface IRegister<X, T> : ITileLanes<T> where X : unmanaged where T : unmanaged
{
    static abstract X Load(T* from);

    static abstract X Create(T value);

    /// <summary>a · b + c, rounded once where the hardware can.</summary>
    static abstract X MultiplyAdd(X a, X b, X c);

    static abstract void Store(X value, T* to);
}

/// <summary>16 lanes of float32.</summary>
internal readonly unsafe struct Single512 : IRegister<Vector512<float>, float>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<float> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector512<float>, Single512, float, R, S>(o);
}

/// <summary>8 lanes of float32.</summary>
internal readonly unsafe struct Single256 : IRegister<Vector256<float>, float>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<float> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector256<float>, Single256, float, R, S>(o);
}

/// <summary>4 lanes of float32.</summary>
internal readonly unsafe struct Single128 : IRegister<Vector128<float>, float>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? Vector128.FusedMultiplyAdd(a, b, c) : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<float> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector128<float>, Single128, float, R, S>(o);
}

/// <summary>8 lanes of float64.</summary>
internal readonly unsafe struct Double512 : IRegister<Vector512<double>, double>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(double* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Create(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<double> value, double* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<double> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector512<double>, Double512, double, R, S>(o);
}

/// <summary>4 lanes of float64.</summary>
internal readonly unsafe struct Double256 : IRegister<Vector256<double>, double>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(double* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Create(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<double> value, double* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<double> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector256<double>, Double256, double, R, S>(o);
}

/// <summary>2 lanes of float64.</summary>
internal readonly unsafe struct Double128 : IRegister<Vector128<double>, double>
{
    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Create(double value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        Fma.IsSupported || AdvSimd.Arm64.IsSupported ? Vector128.FusedMultiplyAdd(a, b, c) : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<R, S>(in TileOperands<double> o) where R : struct, IRows where S : struct, IRowStride =>
        GemmTile.Multiply<Vector128<double>, Double128, double, R, S>(o);
}
