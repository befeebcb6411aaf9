namespace Stretto.Backends.Reference;

/// <summary>
/// One square matrix as L · U after exchanging rows and columns so that each pivot is the largest number left. Golub
/// and Van Loan,
/// Matrix Computations, 3.4.8.
/// </summary>
internal sealed class PivotedLu
{
    private readonly double[,] _lu;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int _rank;
    private readonly int _n;

    /// <param name="matrix">Overwritten.</param>
    public PivotedLu(double[,] matrix)
    {
        _lu = matrix;
        _n = matrix.GetLength(0);
        _rows = [.. Enumerable.Range(0, _n)];
        _columns = [.. Enumerable.Range(0, _n)];
        Sign = 1;
        while (_rank < _n && Pivot(_rank))
        {
            Eliminate(_rank++);
        }
    }

    public bool Singular => _rank < _n;

    /// <summary>The sign of the exchanges.</summary>
    public int Sign { get; private set; }

    /// <summary>The numbers whose product with the sign is the determinant.</summary>
    public IEnumerable<double> Pivots => Enumerable.Range(0, _n).Select(i => _lu[i, i]);

    public double Determinant => Pivots.Aggregate((double)Sign, (product, pivot) => product * pivot);

    /// <summary>The solution for one right-hand side.</summary>
    public double[] Solve(double[] b)
    {
        double[] y = new double[_n];
        for (int i = 0; i < _n; i++)
        {
            y[i] = b[_rows[i]];
            for (int k = 0; k < i; k++)
            {
                y[i] -= _lu[i, k] * y[k];
            }
        }

        BackSubstitute(y, _n);
        double[] x = new double[_n];
        for (int i = 0; i < _n; i++)
        {
            x[_columns[i]] = y[i];
        }

        return x;
    }

    /// <summary>
    /// Derivatives of the determinant. The adjugate of U needs no division by its last pivot, the only one that may be
    /// 0.
    /// </summary>
    public double[,] Cofactors()
    {
        double[,] result = new double[_n, _n];
        if (_rank < _n - 1 || _n == 0)
        {
            return result;
        }

        int last = _n - 1;
        double leading = Pivots.Take(last).Aggregate((double)Sign, (product, pivot) => product * pivot);
        double[,] adjugate = new double[_n, _n];
        for (int j = 0; j < _n; j++)
        {
            double[] column = new double[_n];
            for (int i = 0; i < last; i++)
            {
                column[i] = j == last ? -leading * _lu[i, last] : i == j ? leading * _lu[last, last] : 0;
            }

            BackSubstitute(column, last);
            column[last] = j == last ? leading : 0;
            for (int i = 0; i < _n; i++)
            {
                adjugate[i, j] = column[i];
            }
        }

        for (int i = 0; i < _n; i++)
        {
            // Times the inverse of L, from the right; then back to the order before the exchanges.
            for (int j = last; j >= 0; j--)
            {
                for (int k = j + 1; k < _n; k++)
                {
                    adjugate[i, j] -= adjugate[i, k] * _lu[k, j];
                }

                result[_rows[j], _columns[i]] = adjugate[i, j];
            }
        }

        return result;
    }

    private void BackSubstitute(double[] y, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < count; k++)
            {
                y[i] -= _lu[i, k] * y[k];
            }

            y[i] /= _lu[i, i];
        }
    }

    private bool Pivot(int step)
    {
        (int row, int column) = (step, step);
        for (int i = step; i < _n; i++)
        {
            for (int j = step; j < _n; j++)
            {
                if (Math.Abs(_lu[i, j]) > Math.Abs(_lu[row, column]))
                {
                    (row, column) = (i, j);
                }
            }
        }

        if (_lu[row, column] == 0)
        {
            return false;
        }

        for (int k = 0; k < _n; k++)
        {
            (_lu[step, k], _lu[row, k]) = (_lu[row, k], _lu[step, k]);
        }

        for (int k = 0; k < _n; k++)
        {
            (_lu[k, step], _lu[k, column]) = (_lu[k, column], _lu[k, step]);
        }

        (_rows[step], _rows[row]) = (_rows[row], _rows[step]);
        (_columns[step], _columns[column]) = (_columns[column], _columns[step]);
        Sign = (row != step) == (column != step) ? Sign : -Sign;
        return true;
    }

    private void Eliminate(int step)
    {
        for (int i = step + 1; i < _n; i++)
        {
            double factor = _lu[i, step] /= _lu[step, step];
            for (int j = step + 1; j < _n; j++)
            {
                _lu[i, j] -= factor * _lu[step, j];
            }
        }
    }
}
