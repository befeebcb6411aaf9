using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Backends.Cpu;

/// <summary>Convolutions of float32 with at most three spatial dimensions; others take the composed default.</summary>
internal sealed unsafe partial class CpuBackend
{
    public override void Convolution(TensorView x, TensorView weight, TensorView y, ConvolutionGeometry geometry)
    {
        if (Convolvable(x, weight, y))
        {
            ConvolutionForward.Run(
                _pool, new ConvolutionShape(x.Shape, weight.Shape, y.Shape, geometry), x.As<float>(), weight.As<float>(), y.As<float>());
        }
        else
        {
            base.Convolution(x, weight, y, geometry);
        }
    }

    public override void ConvolutionInput(TensorView dy, TensorView weight, TensorView dx, ConvolutionGeometry geometry)
    {
        if (Convolvable(dy, weight, dx))
        {
            ConvolutionBackward.Input(
                _pool, new ConvolutionShape(dx.Shape, weight.Shape, dy.Shape, geometry), dy.As<float>(), weight.As<float>(), dx.As<float>());
        }
        else
        {
            base.ConvolutionInput(dy, weight, dx, geometry);
        }
    }

    public override void ConvolutionWeight(TensorView x, TensorView dy, TensorView dWeight, ConvolutionGeometry geometry)
    {
        if (Convolvable(x, dy, dWeight))
        {
            ConvolutionBackward.Weight(
                _pool, new ConvolutionShape(x.Shape, dWeight.Shape, dy.Shape, geometry), x.As<float>(), dy.As<float>(), dWeight.As<float>());
        }
        else
        {
            base.ConvolutionWeight(x, dy, dWeight, geometry);
        }
    }

    private static bool Convolvable(params ReadOnlySpan<TensorView> views)
    {
        foreach (TensorView view in views)
        {
            if (view.DType != DType.Float32 || !view.IsContiguous || view.Rank > 5 || view.Count == 0)
            {
                return false;
            }
        }

        return true;
    }
}
