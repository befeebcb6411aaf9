namespace Stretto.Models.Text;

internal enum PatternOp
{
    /// <summary>Take one character of the set.</summary>
    One,

    /// <summary>Take as many characters of the set as there are, giving them back one by one.</summary>
    Star,

    /// <summary>Take as many as there are and give none back.</summary>
    StarPossessive,

    /// <summary>Try the next instruction, then the target.</summary>
    Split,
    Jump,

    /// <summary>Match the instructions up to the target apart, then go on at the target.</summary>
    LookAhead,
    NotLookAhead,
    LookBehind,
    NotLookBehind,
    Atomic,
    Anchor,
    Match,
}

internal readonly record struct PatternInstruction(
    PatternOp Op, ScalarSet? Set = null, int Target = 0, AnchorKind Anchor = 0);

/// <summary>
/// Compiles a parsed pattern to instructions of a backtracking machine. Counted repeats are written out.
/// </summary>
internal sealed class PatternProgram
{
    private const int MaxInstructions = 8192;
    private readonly List<PatternInstruction> _code = [];

    private PatternProgram()
    {
    }

    public static PatternInstruction[] Compile(PatternNode node)
    {
        PatternProgram program = new();
        program.Emit(node);
        program.Add(new PatternInstruction(PatternOp.Match));
        return [.. program._code];
    }

    private int Add(PatternInstruction instruction)
    {
        if (_code.Count >= MaxInstructions)
        {
            throw new FormatException($"the pattern needs more than {MaxInstructions} steps");
        }

        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Patch(int index) => _code[index] = _code[index] with { Target = _code.Count };

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new PatternInstruction(PatternOp.One, one.Set));
                break;
            case PatternNode.Sequence sequence:
                sequence.Items.ForEach(Emit);
                break;
            case PatternNode.Choice choice:
                EmitChoice(choice);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case PatternNode.Anchor anchor:
                Add(new PatternInstruction(PatternOp.Anchor, Anchor: anchor.Kind));
                break;
            case PatternNode.Atomic atomic:
                EmitApart(PatternOp.Atomic, atomic.Item);
                break;
            case PatternNode.Look { Ahead: true } look:
                EmitApart(look.Negated ? PatternOp.NotLookAhead : PatternOp.LookAhead, look.Item);
                break;
            case PatternNode.Look look:
                PatternOp op = look.Negated ? PatternOp.NotLookBehind : PatternOp.LookBehind;
                Add(new PatternInstruction(op, ((PatternNode.One)look.Item).Set));
                break;
        }
    }

    private void EmitApart(PatternOp op, PatternNode item)
    {
        int start = Add(new PatternInstruction(op));
        Emit(item);
        Add(new PatternInstruction(PatternOp.Match));
        Patch(start);
    }

    private void EmitChoice(PatternNode.Choice choice)
    {
        List<int> ends = [];
        for (int i = 0; i < choice.Items.Count - 1; i++)
        {
            int split = Add(new PatternInstruction(PatternOp.Split));
            Emit(choice.Items[i]);
            ends.Add(Add(new PatternInstruction(PatternOp.Jump)));
            Patch(split);
        }

        Emit(choice.Items[^1]);
        ends.ForEach(Patch);
    }

    private void EmitRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Kind == RepeatKind.Possessive && !(repeat.Item is PatternNode.One && repeat.Max < 0))
        {
            EmitApart(PatternOp.Atomic, repeat with { Kind = RepeatKind.Greedy });
            return;
        }

        for (int i = 0; i < repeat.Min; i++)
        {
            Emit(repeat.Item);
        }

        if (repeat.Max < 0)
        {
            EmitStar(repeat);
            return;
        }

        List<int> exits = [];
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            EmitOptional(repeat, exits);
        }

        exits.ForEach(Patch);
    }

    private void EmitStar(PatternNode.Repeat repeat)
    {
        if (repeat is { Item: PatternNode.One one, Kind: not RepeatKind.Lazy })
        {
            PatternOp op = repeat.Kind == RepeatKind.Possessive ? PatternOp.StarPossessive : PatternOp.Star;
            Add(new PatternInstruction(op, one.Set));
            return;
        }

        List<int> exits = [];
        int start = _code.Count;
        EmitOptional(repeat, exits);
        Add(new PatternInstruction(PatternOp.Jump, Target: start));
        exits.ForEach(Patch);
    }

    /// <summary>One optional round: the way out is tried second when greedy, first when lazy.</summary>
    private void EmitOptional(PatternNode.Repeat repeat, List<int> exits)
    {
        int split = Add(new PatternInstruction(PatternOp.Split));
        if (repeat.Kind == RepeatKind.Lazy)
        {
            exits.Add(Add(new PatternInstruction(PatternOp.Jump)));
            Patch(split);
        }
        else
        {
            exits.Add(split);
        }

        Emit(repeat.Item);
    }
}
