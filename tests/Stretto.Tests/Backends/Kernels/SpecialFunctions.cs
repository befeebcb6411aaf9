namespace Stretto.Tests.Backends.Kernels;

/// <summary>Functions .NET has not, in float64, by their definitions.</summary>
internal static class SpecialFunctions
{
    /// <summary>The Maclaurin series for small arguments, Lentz's continued fraction of erfc for large ones.</summary>
    public static double Erf(double x) =>
        Math.Abs(x) < 2.5 ? Series(x) : Math.Sign(x) * (1 - ErfComplement(Math.Abs(x)));

    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }

    /// <summary>e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))) for x ≥ 2.</summary>
    public static double ErfComplement(double x)
    {
        double fraction = x;
        for (int k = 120; k > 0; k--)
        {
            fraction = x + (k / 2.0 / fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
