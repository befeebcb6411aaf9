namespace Stretto.Backends.Reference;

/// <summary>Decompositions, one matrix at a time, in float64.</summary>
internal unsafe partial class ReferenceBackend
{
    public override long Solve(TensorView a, TensorView b, TensorView x)
    {
        long singular = -1;
        for (long m = a.Size(0) - 1; m >= 0; m--)
        {
            PivotedLu lu = new(Matrix(a, m));
            if (lu.Singular)
            {
                singular = m;
                continue;
            }

            for (long column = 0; column < b.Size(2); column++)
            {
                double[] result = lu.Solve(Column(b, m, column));
                for (int i = 0; i < result.Length; i++)
                {
                    Write(x, At(x, m, i, column), result[i]);
                }
            }
        }

        return singular;
    }

    public override void SolveTriangular(TensorView a, TensorView b, TensorView x, bool upper, bool unit)
    {
        int n = (int)a.Size(1);
        for (long m = 0; m < a.Size(0); m++)
        {
            double[,] matrix = Matrix(a, m);
            for (long column = 0; column < b.Size(2); column++)
            {
                double[] y = Column(b, m, column);
                for (int step = 0; step < n; step++)
                {
                    int i = upper ? n - 1 - step : step;
                    for (int k = upper ? i + 1 : 0; k < (upper ? n : i); k++)
                    {
                        y[i] -= matrix[i, k] * y[k];
                    }

                    y[i] /= unit ? 1 : matrix[i, i];
                    Write(x, At(x, m, i, column), y[i]);
                }
            }
        }
    }

    public override long Cholesky(TensorView a, TensorView l)
    {
        long indefinite = -1;
        int n = (int)a.Size(1);
        for (long m = a.Size(0) - 1; m >= 0; m--)
        {
            double[,] factor = Matrix(a, m);
            for (int j = 0; j < n; j++)
            {
                for (int i = j; i < n; i++)
                {
                    for (int k = 0; k < j; k++)
                    {
                        factor[i, j] -= factor[i, k] * factor[j, k];
                    }

                    indefinite = i == j && !(factor[j, j] > 0) ? m : indefinite;
                    factor[i, j] = i == j ? Math.Sqrt(factor[j, j]) : factor[i, j] / factor[j, j];
                    Write(l, At(l, m, i, j), factor[i, j]);
                    Write(l, At(l, m, j, i), i == j ? factor[i, j] : 0);
                }
            }
        }

        return indefinite;
    }

    public override void LogDeterminant(TensorView a, TensorView sign, TensorView logarithm)
    {
        for (long m = 0; m < a.Size(0); m++)
        {
            PivotedLu lu = new(Matrix(a, m));
            (double s, double log) = (lu.Sign, 0);
            foreach (double pivot in lu.Pivots)
            {
                s = double.IsNaN(pivot) ? pivot : s * (lu.Singular ? 0 : Math.Sign(pivot));
                log += Math.Log(Math.Abs(pivot));
            }

            Write(sign, m * sign.Stride(0), s);
            Write(logarithm, m * logarithm.Stride(0), lu.Singular ? double.NegativeInfinity : log);
        }
    }

    public override void Determinant(TensorView a, TensorView determinant)
    {
        for (long m = 0; m < a.Size(0); m++)
        {
            Write(determinant, m * determinant.Stride(0), new PivotedLu(Matrix(a, m)).Determinant);
        }
    }

    public override void Cofactors(TensorView a, TensorView cofactors)
    {
        for (long m = 0; m < a.Size(0); m++)
        {
            double[,] result = new PivotedLu(Matrix(a, m)).Cofactors();
            for (int i = 0; i < result.GetLength(0); i++)
            {
                for (int j = 0; j < result.GetLength(1); j++)
                {
                    Write(cofactors, At(cofactors, m, i, j), result[i, j]);
                }
            }
        }
    }

    private static long At(TensorView view, long matrix, long row, long column) =>
        (matrix * view.Stride(0)) + (row * view.Stride(1)) + (column * view.Stride(2));

    private static double[,] Matrix(TensorView view, long matrix)
    {
        double[,] result = new double[view.Size(1), view.Size(2)];
        for (int i = 0; i < view.Size(1); i++)
        {
            for (int j = 0; j < view.Size(2); j++)
            {
                result[i, j] = Read(view, At(view, matrix, i, j));
            }
        }

        return result;
    }

    private static double[] Column(TensorView view, long matrix, long column)
    {
        double[] result = new double[view.Size(1)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Read(view, At(view, matrix, i, column));
        }

        return result;
    }
}
