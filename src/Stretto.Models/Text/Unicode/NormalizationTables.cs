using System.Globalization;

namespace Stretto.Models.Text;

/// <summary>
/// Decompositions, compositions and combining classes, read once from the embedded <c>normalization.txt</c>.
/// </summary>
internal sealed class NormalizationTables
{
    private static readonly Lazy<NormalizationTables> Loaded = new(() => new NormalizationTables());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatibility = [];
    private readonly Dictionary<(int First, int Second), int> _composed = [];
    private readonly Dictionary<int, byte> _classes = [];
    private readonly bool[] _mayChange = new bool[0x110000 >> 3];

    private NormalizationTables()
    {
        using Stream stream = typeof(NormalizationTables).Assembly.GetManifestResourceStream("normalization.txt")
            ?? throw new InvalidOperationException("the resource normalization.txt is missing from the assembly");
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                Add(line.Split(' '));
            }
        }
    }

    public static NormalizationTables Instance => Loaded.Value;

    public int[]? Canonical(int scalar) => _canonical.GetValueOrDefault(scalar);

    public int[]? Compatibility(int scalar) => _compatibility.GetValueOrDefault(scalar);

    public bool Compose(int first, int second, out int scalar) => _composed.TryGetValue((first, second), out scalar);

    public int Class(int scalar) => scalar < 0x300 ? 0 : _classes.GetValueOrDefault(scalar);

    /// <summary>
    /// False where composing normalization surely leaves text of such characters alone (blocks of eight code points).
    /// </summary>
    public bool MayChange(int scalar) => _mayChange[scalar >> 3];

    private void Add(string[] fields)
    {
        if (fields[0] == "c")
        {
            byte combining = byte.Parse(fields[3], CultureInfo.InvariantCulture);
            for (int scalar = Hex(fields[1]); scalar <= Hex(fields[2]); scalar++)
            {
                _classes[scalar] = combining;
                _mayChange[scalar >> 3] = true;
            }

            return;
        }

        int from = Hex(fields[1]);
        int[] to = [.. fields.Skip(2).Select(Hex)];
        (fields[0] == "k" ? _compatibility : _canonical)[from] = to;
        if (fields[0] == "d")
        {
            _composed[(to[0], to[1])] = from;
            _mayChange[to[1] >> 3] = true;
        }
        else
        {
            _mayChange[from >> 3] = true;
        }
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
