using System.Diagnostics;
using System.Reflection;

namespace Stretto.Tests.Tensors;

/// <summary>Every dtype against every other: creation, casts, views, printing, promotion; and what a debugger sees.</summary>
public sealed class DTypeTests
{
    private static readonly DType[] All = Enum.GetValues<DType>();

    public static TheoryData<DType> Types() => [.. All];

    public static TheoryData<DType, DType> Pairs() => new MatrixTheoryData<DType, DType>(All, All);

    [Theory]
    [MemberData(nameof(Types))]
    public void Creation(DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Device device in new[] { Device.Cpu, Device.Reference })
        {
            Assert.Equal([0.0, 0, 0], Tensor.Zeros([3], dtype, device).ToArray<double>());
            Assert.Equal([1.0, 1], Tensor.Ones([2], dtype, device).ToArray<double>());
            Assert.Equal(1, Tensor.Scalar(1, dtype, device).Item());
            double two = dtype == DType.Bool ? 1 : 2;
            Assert.Equal([two, two], Tensor.Full([2], 2, dtype, device).ToArray<double>());
            Assert.Equal([0, 1, two], Tensor.Arange(0, 3, 1, dtype, device).ToArray<double>());
            Assert.Equal((0L, dtype), (Tensor.Empty([0], dtype, device).Count, Tensor.Empty([0], dtype, device).DType));
            Assert.Equal(dtype, DTypes.Parse(dtype.Name()));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Casts(DType from, DType to)
    {
        using TensorScope scope = TensorScope.Begin();
        bool negative = from != DType.UInt8 && (to != DType.UInt8);
        double[] values = from == DType.Bool ? [0, 1]
            : from.IsFloatingPoint() ? (negative ? [0, 1, 2.5, 96, -1.5] : [0, 1, 2.5, 96])
            : negative ? [0, 1, 2, 96, -3] : [0, 1, 2, 96];
        double[] expected = [.. values.Select(v => to == DType.Bool ? (v != 0 ? 1 : 0) : to.IsFloatingPoint() ? v : Math.Truncate(v))];
        foreach (Device device in new[] { Device.Cpu, Device.Reference })
        {
            Tensor source = Tensor.From(values, device).To(from);
            Tensor cast = source.To(to);
            Assert.Equal((from, to), (source.DType, cast.DType));
            Assert.Equal(expected, cast.ToArray<double>());
            Tensor pairs = Tensor.Stack([source, source], 1)[.., 1];
            Assert.Equal(expected, pairs.To(to).ToArray<double>());
            Assert.Equal(from == to, cast.SharesStorageWith(source));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ViewsAlias(DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Zeros([2, 3], dtype);
        Tensor[] views = [x.Transpose(0, 1), x.Narrow(1, 0, 2), x.Reshape(6), x.Unsqueeze(0), x[1], x.Detach()];
        foreach (Tensor view in views)
        {
            Assert.True(view.SharesStorageWith(x));
            Assert.Equal(x.StorageId, view.StorageId);
        }

        Assert.Equal((7, 3L), (x.References, x[1].StorageOffset));
        x.Narrow(0, 1, 1).FillInPlace(1);
        Assert.Equal(1, x.Version);
        Assert.Equal([0.0, 0, 0, 1, 1, 1], x.ToArray<double>());
        Assert.Equal([0.0, 1, 0, 1, 0, 1], views[0].ToArray<double>());
        Assert.Equal((3L, 1L), (views[0].Strides[1], views[0].Strides[0]));
        Assert.NotEqual(x.StorageId, x.Clone().StorageId);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Printing(DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        string text = Tensor.From([1f, 0, 2]).To(dtype).ToString();
        string suffix = dtype is DType.Float32 or DType.Int64 or DType.Bool ? "" : $", dtype={dtype.Name()}";
        string values = dtype == DType.Bool ? " True, False,  True" : dtype.IsFloatingPoint() ? "1., 0., 2." : "1, 0, 2";
        Assert.Equal($"tensor([{values}]{suffix})", text);
        Assert.Equal(dtype == DType.Float32 ? "tensor([])" : $"tensor([], dtype={dtype.Name()})", Tensor.Empty([0], dtype).ToString());
    }

    // The order of PyTorch's promotion lattice; the two 8-bit floats meet the others in float32, as halves of two kinds do.
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Promotion(DType a, DType b)
    {
        DType expected = a == b ? a
            : Broadcasting.Category(a) != Broadcasting.Category(b) ? (Broadcasting.Category(a) > Broadcasting.Category(b) ? a : b)
            : a.IsFloatingPoint() ? (a == DType.Float64 || b == DType.Float64 ? DType.Float64 : DType.Float32)
            : a.Size() == b.Size() ? DType.Int16
            : a.Size() > b.Size() ? a : b;
        Assert.Equal(expected, Broadcasting.Promote(a, b));
        Assert.Equal(expected, Broadcasting.Promote(b, a));
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(expected, (Tensor.Ones([2], a) * Tensor.Ones([2], b)).DType);
    }

    [Fact]
    public void ADebuggerShowsValuesWhereTheyAreFew()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1f, 2.5f]);
        x.RequiresGrad = true;
        Assert.Equal("float32 [2], requires grad {1, 2.5}", Debugged(x));
        Assert.Equal("float32 [2], from mul {2, 5}", Debugged(x * 2));
        Assert.Equal("int64 [9]", Debugged(Tensor.Arange(0, 9)));
        Tensor gone = Tensor.Ones([1]);
        gone.Dispose();
        Assert.Equal("float32 [1] (disposed)", Debugged(gone));

        static string Debugged(Tensor tensor)
        {
            string shown = typeof(Tensor).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value;
            string property = shown.Trim('{', '}').Split(',')[0];
            return (string)typeof(Tensor).GetProperty(property, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(tensor)!;
        }
    }
}
