using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>Half-precision operands: output 0 is the truth of the exact operands, output 1 for information.</summary>
internal sealed partial class GoldenCase
{
    private bool IsHalf => Outputs[0].TryGetProperty("tol_f32_result", out _);

    private bool CheckHalf(Tensor[] outputs)
    {
        if (!IsHalf)
        {
            return false;
        }

        JsonElement truth = Outputs[0];
        string tolerance = outputs[0].DType.Size() == 2 ? "tol_rounded_result" : "tol_f32_result";
        double[] actual = outputs[0].ToArray<double>();
        Tensor stored = Read("out/0");
        double[] expected = stored.ToArray<double>();
        if (outputs.Length != 1 || outputs[0].Shape != stored.Shape || outputs[0].DType is not (DType.Float16 or DType.BFloat16 or DType.Float32))
        {
            throw new InvalidOperationException($"out/0: {outputs[0].DType.Name()} {outputs[0].Shape} instead of {stored.Shape}");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(actual[i] - expected[i]) <= truth.GetProperty(tolerance).GetDouble()))
            {
                throw new InvalidOperationException($"out/0[{i}]: {actual[i]} instead of {expected[i]}, {tolerance} {truth.GetProperty(tolerance)}");
            }
        }

        return true;
    }
}
