using System.Globalization;
using System.Text;

namespace Stretto.Nn;

/// <summary>Text for people.</summary>
public abstract partial class Module
{
    /// <summary>What <see cref="ToString"/> shows between the brackets, in PyTorch's spelling: <c>in_features=2, bias=True</c>.</summary>
    protected virtual string Options => "";

    /// <summary>The tree of modules as PyTorch prints it.</summary>
    public override string ToString() => Write(m => m.Options);

    /// <summary>The same tree with the shape of each parameter and the number of elements below each module.</summary>
    public string Tree()
    {
        long trained = Parameters().Where(p => p.Value.RequiresGrad).Sum(p => p.Value.Count);
        return Write(m => string.Join(", ", m._parameters.Select(p => $"{p.Key} {p.Value.Shape}")))
            + $"\n{Grouped(ParameterCount)} parameters, {Grouped(trained)} of them trained";
    }

    /// <summary>Runs a forward and tells of every module in it what came out, and how much it holds.</summary>
    /// <param name="forward">The forward to watch, such as <c>() =&gt; model.Logits(model.Hidden(batch))</c>.</param>
    public ModuleSummary Summary(Action forward)
    {
        IReadOnlyList<KeyValuePair<string, Module>> modules = Modules();
        Dictionary<Module, string> outputs = [];
        List<IDisposable> hooks = [];
        try
        {
            foreach ((_, Module module) in modules)
            {
                hooks.Add(module.RegisterForwardHook((m, _, y) =>
                {
                    outputs[m] = string.Join(" ", y.Select(t => t.Shape.ToString()));
                    return null;
                }));
            }

            using TensorScope scope = TensorScope.Begin();
            using GradientMode.Restore off = GradientMode.NoGrad();
            forward();
        }
        finally
        {
            hooks.ForEach(h => h.Dispose());
        }

        HashSet<Tensor> seen = [];
        List<SummaryRow> rows = [];
        foreach ((string name, Module module) in modules)
        {
            // What a module shares with one above it was counted there.
            Tensor[] own = [.. module._parameters.Values.Where(seen.Add)];
            rows.Add(new SummaryRow(
                name, TypeName(module.GetType()), outputs.GetValueOrDefault(module, ""), own.Sum(t => t.Count),
                own.Sum(t => t.DType.ByteCount(t.Count)), own.Where(t => t.RequiresGrad).Sum(t => t.Count)));
        }

        long buffers = Buffers().Sum(b => b.Value.DType.ByteCount(b.Value.Count));
        return new ModuleSummary(rows, buffers);
    }

    /// <summary>For values in <see cref="Options"/>: as Python prints a number.</summary>
    protected static string Format(double value) => double.IsInteger(value) && Math.Abs(value) < 1e16
        ? value.ToString("F1", CultureInfo.InvariantCulture)
        : Math.Abs(value) is >= 1e-4 and < 1e16
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("0.################e-00", CultureInfo.InvariantCulture);

    /// <summary>For values in <see cref="Options"/>: as Python prints a tuple.</summary>
    protected static string Tuple<T>(IEnumerable<T> values)
    {
        string[] texts = [.. values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v}"))];
        return texts.Length == 1 ? $"({texts[0]},)" : $"({string.Join(", ", texts)})";
    }

    internal static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private string Write(Func<Module, string> options)
    {
        StringBuilder text = new(TypeName(GetType()));
        text.Append('(').Append(options(this));
        if (_children.Count > 0)
        {
            foreach ((string name, Module child) in _children)
            {
                text.Append("\n  (").Append(name).Append("): ").Append(child.Write(options).Replace("\n", "\n  ", StringComparison.Ordinal));
            }

            text.Append('\n');
        }

        return text.Append(')').ToString();
    }

    private static string TypeName(Type type) => type.Name.Split('`')[0];
}

/// <summary>One module in a <see cref="ModuleSummary"/>.</summary>
/// <param name="Name">Its full name; empty for the whole.</param>
/// <param name="Type">Its class.</param>
/// <param name="Output">The shapes that came out of its last run; empty where it did not run.</param>
/// <param name="Parameters">Elements of its own parameters, those of its parts and shared ones that were counted above left out.</param>
/// <param name="Bytes">Bytes of these.</param>
/// <param name="Trained">Elements of these that collect gradients.</param>
public sealed record SummaryRow(string Name, string Type, string Output, long Parameters, long Bytes, long Trained);

/// <summary>What each module of a tree gives and holds; <see cref="ToString"/> is a table.</summary>
/// <param name="Rows">Every module once, parents first.</param>
/// <param name="BufferBytes">Bytes of all buffers.</param>
public sealed record ModuleSummary(IReadOnlyList<SummaryRow> Rows, long BufferBytes)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string[][] cells =
        [
            ["Module", "Type", "Output shape", "Parameters", "Bytes"],
            .. Rows.Select(r => new[]
            {
                r.Name.Length == 0 ? "(whole)" : r.Name, r.Type, r.Output, Module.Grouped(r.Parameters), Module.Grouped(r.Bytes),
            }),
        ];
        int[] widths = [.. Enumerable.Range(0, 5).Select(c => cells.Max(row => row[c].Length))];
        StringBuilder text = new();
        foreach (string[] row in cells)
        {
            string line = string.Join("  ", row.Select((cell, c) => c < 3 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])));
            text.AppendLine(line.TrimEnd());
        }

        return text.Append(CultureInfo.InvariantCulture, $"{Rows.Sum(r => r.Parameters):N0} parameters ({Rows.Sum(r => r.Trained):N0} trained), ")
            .Append(CultureInfo.InvariantCulture, $"{Rows.Sum(r => r.Bytes):N0} bytes, buffers {BufferBytes:N0} bytes").ToString();
    }
}
