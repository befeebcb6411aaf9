using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>How a result is compared with the stored one: close, exact or bits, as the case asks.</summary>
internal static class GoldenComparison
{
    /// <summary>Checks one output: its dtype, its shape and its elements.</summary>
    public static void Check(
        string what, Tensor actual, Tensor expected, JsonElement spec, DType run, bool native, bool unrounded, HashSet<int> unspecified)
    {
        string kind = spec.GetProperty("compare").GetString()!;
        if (kind == "informative")
        {
            return;
        }

        if (spec.TryGetProperty("tol_rounded_result", out JsonElement rounded))
        {
            double allowed = actual.DType == DType.Float32 ? spec.GetProperty("tol_f32_result").GetDouble() : rounded.GetDouble();
            Near(what, actual, expected, _ => allowed, DType.Float32, unrounded: false);
            return;
        }

        DType dtype = expected.DType.IsFloatingPoint() && !native ? run : expected.DType;

        // Where the stored run was float64 throughout, places (of a maximum, for example) were written as numbers.
        bool places = !native && actual.DType == DType.Int64 && expected.DType.IsFloatingPoint()
            && !spec.GetProperty("differentiable").GetBoolean();
        if (actual.Shape != expected.Shape || (actual.DType != dtype && !places))
        {
            throw new InvalidOperationException(
                $"{what}: {actual.DType.Name()} {actual.Shape} instead of {dtype.Name()} {expected.Shape}");
        }

        if (!expected.DType.IsFloatingPoint())
        {
            Integers(what, actual.ToArray<long>(), expected.ToArray<long>(), unspecified);
        }
        else if (kind == "close")
        {
            Near(what, actual, expected, Limit(spec, "tol"), native ? DType.Float32 : run, unrounded, unspecified);
        }
        else
        {
            Same(what, actual.To(expected.DType).ToArray<double>(), expected.ToArray<double>(), kind == "bits", unspecified);
        }
    }

    /// <summary>The allowed difference at a stored value, for float32.</summary>
    public static Func<double, double>? Limit(JsonElement spec, string tolerance)
    {
        double? whole = spec.TryGetProperty(tolerance, out JsonElement t) ? t.GetDouble() : null;
        double? relative = spec.TryGetProperty("tol_relative", out JsonElement r) ? r.GetDouble() : null;
        double absolute = spec.TryGetProperty("tol_absolute", out JsonElement a) ? a.GetDouble() : 1.2e-38;
        return whole is null && relative is null
            ? null
            : b => Math.Min(whole ?? double.PositiveInfinity, relative is { } share ? (share * Math.Abs(b)) + absolute : double.PositiveInfinity);
    }

    /// <summary>
    /// Checks that elements are close. Float64 results are held to the rounding of the stored float32 figure, those
    /// of unrounded families to 1e-12 of the largest element.
    /// </summary>
    public static void Near(
        string what, Tensor actual, Tensor expected, Func<double, double>? limit, DType run, bool unrounded, HashSet<int>? unspecified = null)
    {
        double[] a = actual.ToArray<double>();
        double[] b = expected.ToArray<double>();
        Length(what, a.Length, b.Length);
        double largest = b.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < a.Length; i++)
        {
            double allowed = unrounded ? 1e-12 * largest : limit?.Invoke(b[i])
                ?? throw new InvalidOperationException($"{what}: the case gives no tolerance");
            allowed = run == DType.Float64 && !unrounded ? (1.2e-7 * Math.Abs(b[i])) + (1e-6 * allowed) : allowed;
            if (!a[i].Equals(b[i]) && !(Math.Abs(a[i] - b[i]) <= allowed && double.IsFinite(b[i])) && unspecified?.Contains(i) != true)
            {
                throw new InvalidOperationException($"{what}[{i}]: {a[i]} instead of {b[i]}, allowed {allowed:g3}");
            }
        }
    }

    private static void Same(string what, double[] a, double[] b, bool signOfZero, HashSet<int> unspecified)
    {
        Length(what, a.Length, b.Length);
        for (int i = 0; i < a.Length; i++)
        {
            bool same = a[i].Equals(b[i]) && (!signOfZero || a[i] != 0 || double.IsNegative(a[i]) == double.IsNegative(b[i]));
            if (!same && !unspecified.Contains(i))
            {
                throw new InvalidOperationException($"{what}[{i}]: {a[i]:r} instead of {b[i]:r}");
            }
        }
    }

    private static void Integers(string what, long[] a, long[] b, HashSet<int> unspecified)
    {
        Length(what, a.Length, b.Length);
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && !unspecified.Contains(i))
            {
                throw new InvalidOperationException($"{what}[{i}]: {a[i]} instead of {b[i]}");
            }
        }
    }

    private static void Length(string what, int actual, int expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{what}: {actual} elements instead of {expected}");
        }
    }
}
