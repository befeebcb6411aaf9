using Stretto.Backends;

namespace Stretto.Tests.Backends;

/// <summary>What follows a product in the same pass, on the CPU against the composition of the reference.</summary>
public sealed class LinearTests
{
    public static TheoryData<int, int, int> Shapes => new() { { 1, 5, 3 }, { 7, 33, 70 }, { 40, 100, 600 }, { 300, 65, 9 }, { 3, 4, 0 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EpiloguesAreThoseOfTheReference(int rows, int columns, int depth)
    {
        foreach (UnaryOp? activation in new UnaryOp?[] { null, UnaryOp.Silu, UnaryOp.Gelu, UnaryOp.GeluTanh, UnaryOp.Sigmoid, UnaryOp.Tanh, UnaryOp.Relu })
        {
            for (int parts = 0; parts < 4; parts++)
            {
                float[] expected = Run(Device.Reference, rows, columns, depth, activation, parts, frozen: false);
                foreach (bool frozen in new[] { false, true })
                {
                    float[] actual = Run(Device.CpuWithThreads(2), rows, columns, depth, activation, parts, frozen);
                    for (int i = 0; i < expected.Length; i++)
                    {
                        Assert.Equal(expected[i], actual[i], 1e-4f);
                    }
                }
            }
        }
    }

    private static float[] Run(Device device, int rows, int columns, int depth, UnaryOp? activation, int parts, bool frozen)
    {
        using TensorScope scope = TensorScope.Begin();
        Generator random = new(3);
        Tensor Draw(params long[] shape) => random.Uniform(Tensor.Empty(Shape.Create(shape), device: device), -1, 1);
        (Tensor x, Tensor weight, Tensor bias, Tensor residual) = (Draw(rows, depth), Draw(columns, depth), Draw(columns), Draw(rows, columns));
        weight.Storage.Frozen = frozen;
        Tensor y = Tensor.Full([rows, columns], double.NaN, device: device);
        device.Backend.Linear(
            x.View, weight.Transpose(0, 1).View, parts % 2 == 1 ? bias.View : null, activation, parts >= 2 ? residual.View : null, y.View);
        return y.ToArray<float>();
    }
}
