using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Stretto.Tests.Golden;
using Stretto.Training;

namespace Stretto.Tests.Docs;

/// <summary>The page that leads from PyTorch's names to ours, made from docs/torch-names.txt and the public members themselves.</summary>
internal static class TorchNames
{
    private static readonly Dictionary<string, Type[]> Types = new[] { typeof(Tensor).Assembly, typeof(Trainer).Assembly }
        .SelectMany(a => a.GetExportedTypes()).GroupBy(t => t.Name.Split('`')[0]).ToDictionary(g => g.Key, g => g.ToArray());

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Addition"] = "a + b",
        ["op_Subtraction"] = "a - b",
        ["op_Multiply"] = "a * b",
        ["op_Division"] = "a / b",
        ["op_Modulus"] = "a % b",
        ["op_UnaryNegation"] = "-a",
        ["op_LessThan"] = "a < b",
        ["op_LessThanOrEqual"] = "a <= b",
        ["op_GreaterThan"] = "a > b",
        ["op_GreaterThanOrEqual"] = "a >= b",
        ["op_BitwiseAnd"] = "a & b",
        ["op_BitwiseOr"] = "a | b",
        ["op_ExclusiveOr"] = "a ^ b",
        ["op_OnesComplement"] = "~a",
    };

    /// <summary>The page.</summary>
    public static string PageFile { get; } = Path.Combine(GoldenFolder.Repository, "docs", "for-pytorch-users.md");

    /// <summary>One row of the table, or the title of a section.</summary>
    public sealed record Row(string Torch, string[] Members, string Remark, string? Section);

    public static IEnumerable<Row> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(GoldenFolder.Repository, "docs", "torch-names.txt")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                yield return new("", [], "", line[3..]);
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                // A bar that is part of a name is written \|.
                string[] cells = [.. line.Replace("\\|", "\0").Split('|').Select(c => c.Trim().Replace('\0', '|'))];
                yield return cells.Length is 2 or 3
                    ? new(cells[0], cells[1].Split(", "), cells.Length == 3 ? cells[2] : "", null)
                    : throw new InvalidDataException($"docs/torch-names.txt: '{line}' is not: names | members | remark");
            }
        }
    }

    /// <summary>How a member is written in code: <c>x.Sum(dims, keepDims)</c>.</summary>
    /// <exception cref="InvalidDataException">There is no such public member.</exception>
    public static string Code(string member)
    {
        string[] parts = member.Split('.');
        bool made = member.StartsWith("new ", StringComparison.Ordinal);
        string typeName = made ? member[4..] : parts[0];
        Type type = Types.GetValueOrDefault(typeName) is [Type only]
            ? only
            : throw new InvalidDataException($"docs/torch-names.txt: there is not exactly one public type {typeName}");
        if (made)
        {
            ConstructorInfo constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).LastOrDefault()
                ?? throw new InvalidDataException($"docs/torch-names.txt: {typeName} has no public constructor");
            return $"new {typeName}({Names(constructor.GetParameters())})";
        }

        if (parts.Length == 1)
        {
            return typeName;
        }

        MemberInfo[] members = type.GetMember(
            parts[1], BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy);
        MemberInfo first = members.OrderBy(m => (m as MethodBase)?.GetParameters().Length ?? 0).LastOrDefault()
            ?? throw new InvalidDataException($"docs/torch-names.txt: {typeName} has no public member {parts[1]}");
        return first switch
        {
            MethodInfo m when Operators.TryGetValue(m.Name, out string? code) => code,
            MethodInfo m when m.IsDefined(typeof(ExtensionAttribute)) =>
                $"{Receiver(m.GetParameters()[0].ParameterType)}.{m.Name}({Names(m.GetParameters()[1..])})",
            MethodInfo m => $"{(m.IsStatic ? typeName : Receiver(type))}.{m.Name}({Names(m.GetParameters())})",
            PropertyInfo p when p.GetIndexParameters().Length > 0 => $"{Receiver(type)}[{Names(p.GetIndexParameters())}]",
            PropertyInfo p => $"{(p.GetMethod!.IsStatic ? typeName : Receiver(type))}.{p.Name}",
            _ => member,
        };
    }

    public static string Page()
    {
        StringBuilder page = new();
        page.Append("# For PyTorch users\n\n");
        page.Append("Methods of `Tensor` have PyTorch's names in .NET casing: `masked_fill` is `MaskedFill`. This page leads from one to the\n");
        page.Append("other; `x` is a tensor. What differs everywhere:\n\n");
        page.Append("- A list of dimensions is a list: `x.Sum([0, 2])`. A size is a `Shape`, written `[2, 3]`.\n");
        page.Append("- Several results are a tuple with names: `(Tensor values, Tensor indices) = x.Max(1);`.\n");
        page.Append("- A plain number next to a tensor promotes as in PyTorch (`Number` keeps whether it was an integer).\n");
        page.Append("- `==` compares handles; `x.Eq(y)` compares elements.\n");
        page.Append("- A `TensorScope` returns temporaries to the pool when it ends; without one the collector does.\n\n");
        page.Append("The table is made from [torch-names.txt](torch-names.txt) and the members themselves; a test fails when one of them is not there\n");
        page.Append("or the page is old. Make it anew with\n\n");
        page.Append("```bash\ndotnet run -c Release --project tests/Stretto.Tests -- -explicit only -method \"*.ForPyTorchUsersTests.Write\"\n```\n");
        foreach (Row row in Rows())
        {
            page.Append(row.Section is { } section
                ? $"\n## {section}\n\n| PyTorch | Stretto | |\n|---|---|---|\n"
                : $"| {Quoted(row.Torch.Split(", "))} | {Quoted(row.Members.Select(Code))} | {row.Remark} |\n");
        }

        return page.ToString();
    }

    /// <summary>Public methods of tensors and linear algebra that no row names.</summary>
    public static IEnumerable<string> Unnamed()
    {
        HashSet<string> named = [.. Rows().SelectMany(r => r.Members)];
        return new[] { typeof(Tensor), typeof(Linalg) }
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(m => !m.IsSpecialName).Select(m => $"{t.Name}.{m.Name}"))
            .Distinct().Where(m => !named.Contains(m)).Order(StringComparer.Ordinal);
    }

    private static string Receiver(Type type) => type == typeof(Tensor) ? "x" : char.ToLowerInvariant(type.Name[0]) + type.Name[1..];

    private static string Names(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p => p.Name));

    private static string Quoted(IEnumerable<string> names) =>
        string.Join(", ", names.Select(n => $"`{n.Replace("|", "\\|", StringComparison.Ordinal)}`"));
}
