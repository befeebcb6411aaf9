using Stretto.Backends;

namespace Stretto.Tests.Backends;

/// <summary>The convolution kernels of the CPU against the reference's composition, over random shapes and options.</summary>
public sealed class ConvolutionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Kernels_agree_with_the_reference(int seed)
    {
        Random random = new(seed);
        int rank = 1 + (seed % 3);
        int groups = random.Next(1, 4);
        (int images, int channels, int outputs) = (random.Next(1, 4), groups * random.Next(1, 7), groups * random.Next(1, 20));
        long[] kernel = Draw(1, 4), stride = Draw(1, 4), padding = Draw(0, 4), dilation = Draw(1, 3);
        long[] places = Draw(1, rank == 1 ? 90 : 12);
        long[] size = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            long reach = ((places[d] - 1) * stride[d]) + (dilation[d] * (kernel[d] - 1)) + 1;
            size[d] = Math.Max(1, reach - (2 * padding[d]) + random.Next(0, (int)stride[d]));
        }

        ConvolutionGeometry geometry = new(stride, padding, dilation, groups);
        Shape x = Shape.Create([images, channels, .. size]);
        Shape w = Shape.Create([outputs, channels / groups, .. kernel]);
        Shape y = Shape.Create([images, outputs, .. places]);
        Compare(x, w, y, (backend, a, b, result) => backend.Convolution(a, b, result, geometry));
        Compare(y, w, x, (backend, a, b, result) => backend.ConvolutionInput(a, b, result, geometry));
        Compare(x, y, w, (backend, a, b, result) => backend.ConvolutionWeight(a, b, result, geometry));

        long[] Draw(int least, int below) => [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(least, below))];
    }

    private delegate void Operation(Backend backend, TensorView a, TensorView b, TensorView result);

    private static void Compare(Shape a, Shape b, Shape result, Operation operation)
    {
        using TensorScope scope = TensorScope.Begin();
        float[] expected = Run(Device.Reference, a, b, result, operation);
        foreach (int threads in new[] { 1, 3 })
        {
            float[] actual = Run(Device.CpuWithThreads(threads), a, b, result, operation);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[i] - actual[i]) <= 1e-4f * Math.Max(1, Math.Abs(expected[i])),
                    $"{a} and {b} to {result}, {threads} threads: element {i} is {actual[i]}, the reference {expected[i]}");
            }
        }
    }

    private static float[] Run(Device device, Shape a, Shape b, Shape result, Operation operation)
    {
        Tensor x = Fill(a, 1, device);
        Tensor w = Fill(b, 2, device);
        Tensor y = Tensor.Full(result, double.NaN, device: device); // every element must be written
        operation(device.Backend, x.View, w.View, y.View);
        return y.ToArray<float>();
    }

    private static Tensor Fill(Shape shape, int seed, Device device)
    {
        Random random = new(seed);
        float[] values = [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.NextSingle() - 0.5f)];
        return Tensor.From(values, shape, device);
    }
}
