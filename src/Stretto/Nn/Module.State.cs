using Stretto.Weights;

namespace Stretto.Nn;

/// <summary>What a state that was loaded had too little or too much.</summary>
/// <param name="Missing">Names that the module has and the state has not.</param>
/// <param name="Unexpected">Names that the state has and the module has not.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);

/// <summary>State in and out.</summary>
public abstract partial class Module
{
    /// <summary>
    /// Parameters and persistent buffers under their full names: of each module its parameters, its buffers, then its parts, each in
    /// order of registration. A shared parameter is there once, under its first name.
    /// </summary>
    /// <remarks>The tensors share the module's memory and take no gradients; <c>Clone()</c> keeps a state as it is now.</remarks>
    /// <param name="prefix">Put before each name, such as <c>"model."</c>.</param>
    public OrderedDictionary<string, Tensor> StateDict(string prefix = "")
    {
        OrderedDictionary<string, Tensor> state = [];
        HashSet<Tensor> seen = [];
        foreach (Entry entry in Entries(prefix))
        {
            if (entry.Persistent && seen.Add(entry.Tensor))
            {
                state.Add(entry.Name, entry.Tensor.Detach().Pin());
            }
        }

        return state;
    }

    /// <summary>
    /// Copies a state into this module. Floating-point types are converted into each other. Either everything fits, or nothing changes.
    /// </summary>
    /// <param name="state">Tensors by name; PyTorch's further names of a shared parameter are understood.</param>
    /// <param name="strict">Whether missing and unexpected names are an error; otherwise they are reported and left alone.</param>
    /// <param name="prefix">What stands before each name in the state; names without it are not looked at.</param>
    /// <exception cref="ArgumentException">A shape or a kind of number differs, or, when strict, names are missing or unexpected.</exception>
    public LoadReport LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true, string prefix = "")
    {
        (List<(Tensor To, string From)> pairs, LoadReport report) = Match(
            state.ToDictionary(e => e.Key, e => (e.Value.DType, e.Value.Shape)), strict, prefix,
            problems => new ArgumentException($"{GetType().Name}: the state does not fit:{Lines(problems)}"));
        foreach ((Tensor to, string from) in pairs)
        {
            to.MarkWritten("load_state_dict");
            to.Backend.Copy(state[from].View, to.View);
        }

        return report;
    }

    /// <summary>Reads every parameter and persistent buffer by its name, converted to its dtype.</summary>
    /// <param name="source">The file or folder.</param>
    /// <param name="strict">Whether other tensors in the file are an error, too.</param>
    /// <exception cref="ModelFormatException">Something is missing, or a shape or a kind of number differs; nothing was changed.</exception>
    public void Load(IWeightSource source, bool strict = false)
    {
        (List<(Tensor To, string From)> pairs, LoadReport report) = Match(
            source.Entries.ToDictionary(e => e.Key, e => (e.Value.DType, e.Value.Shape)), strict, "",
            problems => new ModelFormatException(
                source.Path, "", problems[0] + (problems.Count > 1 ? $"; and {problems.Count - 1} more" : "")));
        if (report.Missing.Count > 0)
        {
            throw new ModelFormatException(
                source.Path, $"tensor '{report.Missing[0]}'", "the file does not hold it; the configuration does not belong to these weights");
        }

        foreach ((Tensor to, string from) in pairs)
        {
            using Tensor stored = source.Read(from, to.Device);
            to.MarkWritten("load_state_dict");
            to.Backend.Copy(stored.View, to.View);
        }
    }

    /// <summary>Writes <see cref="StateDict"/> to a safetensors file, whole or not at all.</summary>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensorsWriter.Write(path, [.. StateDict()], metadata);

    private (List<(Tensor To, string From)> Pairs, LoadReport Report) Match(
        Dictionary<string, (DType DType, Shape Shape)> state, bool strict, string prefix, Func<IReadOnlyList<string>, Exception> error)
    {
        List<(Tensor, string)> pairs = [];
        List<string> problems = [];
        List<string> missing = [];
        HashSet<string> known = [];
        foreach (IGrouping<Tensor, Entry> names in Entries(prefix).Where(e => e.Persistent).GroupBy(e => e.Tensor))
        {
            (Tensor tensor, string? found) = (names.Key, null);
            foreach (string name in names.Select(n => n.Name))
            {
                known.Add(name);
                found ??= state.ContainsKey(name) ? name : null;
            }

            if (found is null)
            {
                missing.Add(names.First().Name);
            }
            else if (Difference(tensor, state[found]) is { } difference)
            {
                problems.Add($"'{found}': {difference}");
            }
            else
            {
                pairs.Add((tensor, found));
            }
        }

        string[] unexpected = [.. state.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(k))];
        if (strict)
        {
            problems.AddRange(missing.Select(m => $"'{m}' is missing"));
            problems.AddRange(unexpected.Select(u => $"'{u}' is unexpected"));
        }

        return problems.Count == 0 ? (pairs, new LoadReport(missing, unexpected)) : throw error(problems);
    }

    private static string? Difference(Tensor tensor, (DType DType, Shape Shape) stored) =>
        stored.Shape != tensor.Shape ? $"its shape is {stored.Shape}, the module asks for {tensor.Shape}"
        : stored.DType != tensor.DType && !(stored.DType.IsFloatingPoint() && tensor.DType.IsFloatingPoint())
            ? $"its type is {stored.DType.Name()} {stored.Shape}, the module asks for {tensor.DType.Name()} {tensor.Shape}"
        : null;

    private static string Lines(IReadOnlyList<string> problems) => string.Concat(problems.Select(p => $"\n  {p}"));
}
