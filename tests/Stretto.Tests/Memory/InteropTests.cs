using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Stretto.Tests.Memory;

/// <summary>The edge to .NET's spans, memories and tensors: the same memory on both sides, for as long as it is promised.</summary>
[Collection(Alone.Name)]
public sealed class InteropTests
{
    [Fact]
    public void ATensorSpanIsTheSameMemory()
    {
        using Tensor x = Tensor.From([0f, 1, 2, 3, 4, 5], [2, 3]);
        TensorSpan<float> span = x.AsTensorSpan<float>();
        span[1, 2] = 50;
        Assert.Equal(50, x[1, 2].Item());
        x.FillInPlace(7);
        Assert.Equal(7, span[0, 1]);
        Assert.Equal<nint>([2, 3], span.Lengths.ToArray());
    }

    [Fact]
    public void StridesAreKept()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Arange(0, 24, 1, DType.Int32).Reshape(2, 3, 4);
        Tensor view = x.Transpose(0, 2).Narrow(0, 1, 2);
        TensorSpan<int> span = view.AsTensorSpan<int>();
        Assert.Equal<nint>([2, 3, 2], span.Lengths.ToArray());
        Assert.Equal<nint>([1, 4, 12], span.Strides.ToArray());
        Assert.Equal((1, 2 + 4 + 12), (span[0, 0, 0], span[1, 1, 1]));
        int[] flat = new int[12];
        span.FlattenTo(flat);
        Assert.Equal(view.ToArray<int>(), flat);
        Assert.Equal(6, Tensor.Scalar(6, DType.Float64).AsTensorSpan<double>()[0]);
        Assert.Equal([6.0], Tensor.Scalar(6, DType.Float64).ToTensor<double>().ToArray());
        Assert.True(Tensor.Zeros([2, 0]).AsTensorSpan<float>().IsEmpty);
    }

    [Fact]
    public void LengthsBeyondAnIntAreKept()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor wide = Tensor.From([42f]).Expand([3_000_000_000]);
        TensorSpan<float> span = wide.AsTensorSpan<float>();
        long last = 2_999_999_999;
        Assert.Equal(last + 1, (long)span.FlattenedLength);
        Assert.Equal(42, span[(nint)last]);
    }

    [Fact]
    public void ANetTensorIsAliasedWithItsStrides()
    {
        float[] array = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        Tensor<float> net = System.Numerics.Tensors.Tensor.Create(array, [3, 2], [4, 2]);
        using Tensor x = Tensor.FromTensor(net);
        Assert.Equal([0.0, 2, 4, 6, 8, 10], x.ToArray<double>());
        Assert.Equal([4L, 2], x.Strides);
        x.AddInPlace(Tensor.Full([3, 2], 100));
        Assert.Equal((104f, 5f, 110f), (array[4], array[5], net[2, 1]));
        net[0, 0] = -1;
        Assert.Equal(-1, x[0, 0].Item());
        Tensor<float> copy = x.ToTensor<float>();
        Assert.Equal(x.ToArray<float>(), copy.ToArray());
        Assert.Equal<nint>([3, 2], copy.Lengths.ToArray());
        copy[0, 0] = 9;
        Assert.Equal(-1, array[0]);
        Assert.Equal([-1L, 102], x.ToTensor<long>()[..1, ..].ToArray());
    }

    [Fact]
    public void MemoryOfTheCallerIsAliasedAndLetGo()
    {
        WeakReference array = Borrow();
        long before = Alone.LiveBytes();
        Assert.False(array.IsAlive);
        Assert.Equal(before, MemoryStats.Now.LiveBytes);
        Assert.Throws<ArgumentException>(() => Tensor.FromMemory<float>(new float[3], [2, 2]));
        Assert.Equal(0, Tensor.FromMemory<float>(Memory<float>.Empty, [0, 4]).Count);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Borrow()
        {
            double[] values = [1, 2, 3, 4, 5];
            long live = MemoryStats.Now.LiveBytes;
            Tensor x = Tensor.FromMemory(values.AsMemory(1), [2, 2]);
            Assert.Equal(live, MemoryStats.Now.LiveBytes);
            GC.Collect();
            x.FillInPlace(8);
            Assert.Equal([1, 8, 8, 8, 8], values);
            values[4] = 3;
            Assert.Equal(3, x[1, 1].Item());
            x.Dispose();
            return new WeakReference(values);
        }
    }

    [Fact]
    public void AMemoryKeepsTheStorage()
    {
        long before = Alone.LiveBytes();
        Hold(before);
        Assert.Equal(before, Alone.LiveBytes());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Hold(long before)
        {
            Tensor x = Tensor.Full([1000], 5);
            Memory<float> memory = x.AsMemory<float>();
            Assert.Equal(2, x.References);
            x.Dispose();
            Assert.True(Alone.LiveBytes() > before);
            using Tensor other = Tensor.Full([1000], 9);
            Assert.Equal(-1, memory.Span.IndexOfAnyExcept(5f));
            using System.Buffers.MemoryHandle pinned = memory[10..].Pin();
            GC.KeepAlive(memory);
        }
    }

    [Fact]
    public void AfterDisposeEveryWayInSaysWhatHappened()
    {
        Tensor x = Tensor.Ones([1]);
        x.Dispose();
        x.Dispose();
        Action[] ways =
        [
            () => x.AsSpan<float>(), () => x.AsMemory<float>(), () => x.AsTensorSpan<float>(), () => x.ToTensor<float>(),
            () => x.ToArray<float>(), () => x.Item(), () => x.Detach(), () => x.Unsqueeze(0), () => _ = x + x, () => x.FillInPlace(1),
        ];
        foreach (Action way in ways)
        {
            ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(way);
            Assert.Contains("float32 [1] was given back", error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("disposed", x.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheWrongTypeOrLayoutSaysWhatToCall()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2, 3]);
        Fails(() => x.AsSpan<double>(), "To(DType.Float64)");
        Fails(() => x.AsTensorSpan<int>(), "To(DType.Int32)");
        Fails(() => x.Transpose(0, 1).AsSpan<float>(), "Contiguous()");
        Fails(() => x.Transpose(0, 1).AsMemory<float>(), "AsTensorSpan()");
        Assert.Throws<ArgumentException>(() => x.AsSpan<decimal>());

        static void Fails(Action action, string words) =>
            Assert.Contains(words, Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);
    }
}
