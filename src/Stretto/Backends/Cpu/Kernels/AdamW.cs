using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// One step of AdamW in one pass over memory, in PyTorch's order: decay, moments, then the update with ε outside
/// the root. Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
/// </summary>
internal static unsafe class AdamW
{
    /// <summary>Updates parameters and both moments in place.</summary>
    public static void Step(
        WorkerPool pool, float* parameters, float* gradients, float* first, float* second, long n, in AdamWStep step) =>
        Elementwise.Run(pool, n, 7, new Update(
            parameters, gradients, first, second,
            decay: (float)(1 - (step.LearningRate * step.WeightDecay)),
            oneMinusBeta1: (float)(1 - step.Beta1),
            (float)step.Beta2,
            oneMinusBeta2: (float)(1 - step.Beta2),
            (float)step.Epsilon,
            minusStepSize: (float)(-step.LearningRate / step.BiasCorrection1),
            root: (float)Math.Sqrt(step.BiasCorrection2),
            (float)step.GradientScale));

    private readonly struct Update(
        float* parameters, float* gradients, float* first, float* second, float decay, float oneMinusBeta1,
        float beta2, float oneMinusBeta2, float epsilon, float minusStepSize, float root, float scale) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V g = V.Load(gradients + i, count) * V.Create(scale);
            V m = V.Load(first + i, count);
            m = V.MultiplyAdd(g - m, V.Create(oneMinusBeta1), m);
            V v = V.MultiplyAdd(g * V.Create(oneMinusBeta2), g, V.Load(second + i, count) * V.Create(beta2));
            m.Store(first + i, count);
            v.Store(second + i, count);
            V denominator = (V.Sqrt(v) / V.Create(root)) + V.Create(epsilon);
            V p = V.Load(parameters + i, count) * V.Create(decay);
            V.MultiplyAdd(V.Create(minusStepSize), m / denominator, p).Store(parameters + i, count);
        }
    }
}
