namespace Stretto;

/// <summary>Sums of products in index notation.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Multiplies operands along the dimensions that share a letter and sums over the letters that the result does not
    /// name, for example
    /// <c>thd,shd->hts</c>. A letter twice in one operand is its diagonal; <c>...</c> stands for dimensions that
    /// broadcast; without
    /// <c>-></c> the result has <c>...</c> and then the letters that occur once, in order.
    /// </summary>
    /// <exception cref="ArgumentException">The equation is malformed, or does not fit the operands.</exception>
    public static Tensor Einsum(string equation, params IReadOnlyList<Tensor> operands)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != operands.Count || operands.Count == 0)
        {
            throw new ArgumentException(
                $"einsum: '{equation}' names {terms.Length} operands, {operands.Count} are given");
        }

        // Labels are letters; the dimensions of an ellipsis are -1 (the last), -2 and so on.
        List<List<int>> labels = [];
        for (int i = 0; i < terms.Length; i++)
        {
            labels.Add(Labels(equation, terms[i], operands[i].Rank - terms[i].Count(char.IsAsciiLetter)));
            if (labels[i].Count != operands[i].Rank)
            {
                throw new ArgumentException(
                    $"einsum: '{terms[i]}' of '{equation}' does not name the dimensions of {operands[i].Describe()}");
            }
        }

        int broadcast = -labels.SelectMany(l => l).Append(0).Min();
        List<int> result = sides.Length == 2
            ? Labels(equation, sides[1], broadcast)
            : [.. Enumerable.Range(-broadcast, broadcast), .. labels.SelectMany(l => l).Where(l => l > 0)
                .GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()];
        if (result.Distinct().Count() != result.Count || result.Except(labels.SelectMany(l => l)).Any())
        {
            throw new ArgumentException(
                $"einsum: the result of '{equation}' names a dimension twice, or one that no operand has");
        }

        Tensor[] factors = new Tensor[operands.Count];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = Diagonals(equation, operands[i], labels[i]);
        }

        DropBroadcast(equation, factors, labels);
        (Tensor product, List<int> names) = (factors[0], labels[0]);
        for (int i = 1; i < factors.Length; i++)
        {
            HashSet<int> later = [.. result, .. labels.Skip(i + 1).SelectMany(l => l)];
            (product, names) = Contract(product, names, factors[i], labels[i], later);
        }

        product = SumExcept(product, names, [.. result]);
        return product.Permute([.. result.Select(l => names.IndexOf(l))]);
    }

    private static List<int> Labels(string equation, string term, int broadcast)
    {
        List<int> labels = [];
        bool ellipsis = false;
        for (int i = 0; i < term.Length; i++)
        {
            if (char.IsAsciiLetter(term[i]))
            {
                labels.Add(term[i]);
            }
            else if (!ellipsis && broadcast >= 0 && term.AsSpan(i).StartsWith("..."))
            {
                ellipsis = true;
                labels.AddRange(Enumerable.Range(-broadcast, broadcast));
                i += 2;
            }
            else
            {
                throw new ArgumentException($"einsum: '{term}' of '{equation}' is not letters and at most one '...', or names too many dimensions");
            }
        }

        return labels;
    }

    private static Tensor Diagonals(string equation, Tensor operand, List<int> labels)
    {
        for (int d = labels.Count - 1; d > 0; d--)
        {
            int first = labels.IndexOf(labels[d]);
            if (first == d)
            {
                continue;
            }

            if (operand.Shape[first] != operand.Shape[d])
            {
                throw new ArgumentException(
                    $"einsum: '{(char)labels[d]}' of '{equation}' has two sizes in {operand.Describe()}");
            }

            operand = operand.DiagonalOf(first, d);
            labels.RemoveAt(d);
        }

        return operand;
    }

    /// <summary>
    /// Takes dimensions of size 1 off where another operand has the dimension in full, and checks the sizes.
    /// </summary>
    private static void DropBroadcast(string equation, Tensor[] factors, List<List<int>> labels)
    {
        Dictionary<int, long> sizes = [];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < factors.Length; i++)
            {
                for (int d = labels[i].Count - 1; d >= 0; d--)
                {
                    int label = labels[i][d];
                    long size = factors[i].Shape[d];
                    long known = sizes.GetValueOrDefault(label, 1);
                    if (size != 1 && known != 1 && size != known)
                    {
                        throw new ArgumentException(
                            $"einsum: '{(label > 0 ? (char)label : "...")}' of '{equation}' has sizes {known} and {size}");
                    }

                    sizes[label] = size == 1 ? known : size;
                    if (pass == 1 && size == 1 && known != 1)
                    {
                        factors[i] = factors[i].Squeeze(d);
                        labels[i].RemoveAt(d);
                    }
                }
            }
        }
    }

    /// <summary>
    /// One batched matrix product: shared and kept dimensions are the batch, shared and dropped ones the depth.
    /// </summary>
    private static (Tensor Product, List<int> Labels) Contract(Tensor a, List<int> ofA, Tensor b, List<int> ofB, HashSet<int> keep)
    {
        a = SumExcept(a, ofA, [.. keep, .. ofB]);
        b = SumExcept(b, ofB, [.. keep, .. ofA]);
        List<int> batch = [.. ofA.Where(l => ofB.Contains(l) && keep.Contains(l))];
        List<int> depth = [.. ofA.Where(l => ofB.Contains(l) && !keep.Contains(l))];
        List<int> rows = [.. ofA.Where(l => !ofB.Contains(l))];
        List<int> columns = [.. ofB.Where(l => !ofA.Contains(l))];
        long[] Sizes(Tensor t, List<int> of, List<int> labels) => [.. labels.Select(l => t.Shape[of.IndexOf(l)])];
        (long[] batchSizes, long[] rowSizes, long[] columnSizes) =
            (Sizes(a, ofA, batch), Sizes(a, ofA, rows), Sizes(b, ofB, columns));
        (long count, long inner) = (CountOf(batchSizes), CountOf(Sizes(a, ofA, depth)));
        Tensor left = a.Permute([.. batch.Concat(rows).Concat(depth).Select(l => ofA.IndexOf(l))])
            .Reshape((long[])[count, CountOf(rowSizes), inner]);
        Tensor right = b.Permute([.. batch.Concat(depth).Concat(columns).Select(l => ofB.IndexOf(l))])
            .Reshape((long[])[count, inner, CountOf(columnSizes)]);
        Tensor product = MatMul(left, right).Reshape((long[])[.. batchSizes, .. rowSizes, .. columnSizes]);
        return (product, [.. batch, .. rows, .. columns]);
    }

    private static Tensor SumExcept(Tensor t, List<int> labels, HashSet<int> keep)
    {
        int[] dims = [.. Enumerable.Range(0, labels.Count).Where(d => !keep.Contains(labels[d]))];
        labels.RemoveAll(l => !keep.Contains(l));
        return dims.Length == 0 ? t : t.Sum(dims);
    }

    private static long CountOf(long[] sizes) => Shape.Create(sizes).Count;
}
