using System.Buffers;

namespace Stretto.Models.Text;

/// <summary>
/// Runs a <see cref="Pattern"/> over one text. It backtracks freely while that is cheap; when a text makes it expensive
/// it remembers every failed (instruction, position), after which no work is done twice and time is linear in the text.
/// What is matched apart (look-ahead, atomic groups) is not remembered and has a budget of steps instead.
/// </summary>
internal ref struct PatternMachine
{
    private const int FreeStepsPerUnit = 64;
    private const long MaxFailedBits = 1L << 30;
    private readonly Pattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private readonly long _budget;
    private int[] _stack;
    private int _depth;
    private long _steps;
    private ulong[]? _failed;

    public PatternMachine(Pattern pattern, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _text = text;
        _stack = ArrayPool<int>.Shared.Rent(192);
        _budget = 1_000_000 + (200L * text.Length);
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(_stack);

    /// <summary>Finds the first match at or after a position.</summary>
    public bool Search(int from, out int start, out int end)
    {
        for (start = from; start <= _text.Length; start = After(start))
        {
            ulong candidates = start < _text.Length ? _pattern.Candidates(_text[start]) : _pattern.Candidates('\uFFFF');
            while (candidates != 0)
            {
                int alternative = Pattern.Lowest(candidates);
                candidates &= candidates - 1;
                if (Run(alternative, 0, start, memo: true, out end))
                {
                    ForgetAt(end);
                    return true;
                }
            }
        }

        start = end = -1;
        return false;
    }

    /// <summary>Runs from an instruction to the next Match on its path.</summary>
    private bool Run(int alternative, int pc, int position, bool memo, out int end)
    {
        PatternInstruction[] code = _pattern.Alternatives[alternative];
        int bottom = _depth;
        while (true)
        {
            if (!Step(code, alternative, ref pc, ref position, memo))
            {
                if (_depth == bottom)
                {
                    end = -1;
                    return false;
                }

                Pop(ref pc, ref position);
            }
            else if (code[pc].Op == PatternOp.Match)
            {
                _depth = bottom;
                end = position;
                return true;
            }
        }
    }

    private bool Step(PatternInstruction[] code, int alternative, ref int pc, ref int position, bool memo)
    {
        _steps++;
        if (_steps > FreeStepsPerUnit * (long)(_text.Length + 256) && FailsAgain(alternative, pc, position, memo))
        {
            return false;
        }

        ref readonly PatternInstruction instruction = ref code[pc];
        switch (instruction.Op)
        {
            case PatternOp.One:
                int length = Take(instruction.Set!, position);
                position += length;
                pc++;
                return length != 0;
            case PatternOp.Star:
            case PatternOp.StarPossessive:
                Star(instruction, ref pc, ref position, memo);
                return true;
            case PatternOp.Split:
                Push(instruction.Target, position, position);
                pc++;
                return true;
            case PatternOp.Jump:
                pc = instruction.Target;
                return true;
            case PatternOp.LookAhead:
            case PatternOp.NotLookAhead:
                bool found = Run(alternative, pc + 1, position, memo: false, out _);
                pc = instruction.Target;
                return found == (instruction.Op == PatternOp.LookAhead);
            case PatternOp.Atomic:
                bool matched = Run(alternative, pc + 1, position, memo: false, out int end);
                pc = instruction.Target;
                position = matched ? end : position;
                return matched;
            case PatternOp.LookBehind:
            case PatternOp.NotLookBehind:
                pc++;
                bool behind = position > 0 && Take(instruction.Set!, Before(position)) != 0;
                return behind == (instruction.Op == PatternOp.LookBehind);
            case PatternOp.Anchor:
                pc++;
                return Holds(instruction.Anchor, position);
            default:
                return true;
        }
    }

    private void Star(in PatternInstruction instruction, ref int pc, ref int position, bool memo)
    {
        if (_failed is not null && memo && instruction.Op == PatternOp.Star)
        {
            // One round at a time, so that every position of the run is looked up.
            int one = Take(instruction.Set!, position);
            if (one == 0)
            {
                pc++;
                return;
            }

            Push(pc + 1, position, position);
            position += one;
            return;
        }

        int low = position;
        int length;
        while ((length = Take(instruction.Set!, position)) != 0)
        {
            position += length;
        }

        // What is not remembered may be read again from each of its characters, so it counts in full.
        bool remembered = memo && instruction.Op == PatternOp.Star;
        _steps += remembered ? (position - low) >> 3 : position - low;
        if (!remembered && _steps > _budget)
        {
            throw TooLong();
        }

        pc++;
        if (position > low && instruction.Op == PatternOp.Star)
        {
            Push(pc, Before(position), low);
        }
    }

    /// <summary>
    /// Past the free steps: remembers the state and says whether it was met, and thus failed, before.
    /// </summary>
    private bool FailsAgain(int alternative, int pc, int position, bool memo)
    {
        if (_failed is null)
        {
            long states = 0;
            foreach (PatternInstruction[] code in _pattern.Alternatives)
            {
                states += code.Length;
            }

            if (states * (_text.Length + 1L) > MaxFailedBits)
            {
                throw TooLong();
            }

            _failed = new ulong[((states * (_text.Length + 1L)) >> 6) + 1];
        }

        if (!memo)
        {
            return _steps > _budget ? throw TooLong() : false;
        }

        long state = pc;
        for (int i = 0; i < alternative; i++)
        {
            state += _pattern.Alternatives[i].Length;
        }

        long bit = (state * (_text.Length + 1L)) + position;
        ulong mask = 1ul << (int)(bit & 63);
        bool met = (_failed[bit >> 6] & mask) != 0;
        _failed[bit >> 6] |= mask;
        return met;
    }

    /// <summary>A match's own states at its end did not fail; the next search begins there.</summary>
    private readonly void ForgetAt(int position)
    {
        if (_failed is null)
        {
            return;
        }

        long states = 0;
        foreach (PatternInstruction[] code in _pattern.Alternatives)
        {
            states += code.Length;
        }

        for (long state = 0; state < states; state++)
        {
            long bit = (state * (_text.Length + 1L)) + position;
            _failed[bit >> 6] &= ~(1ul << (int)(bit & 63));
        }
    }

    private readonly InvalidDataException TooLong() =>
        new($"a split pattern of the tokenizer takes too long on a text of {_text.Length} characters; split the text");

    private readonly int Take(ScalarSet set, int position)
    {
        if (position >= _text.Length)
        {
            return 0;
        }

        char unit = _text[position];
        if (!char.IsHighSurrogate(unit))
        {
            return set.Contains(unit) ? 1 : 0;
        }

        return set.Contains(char.ConvertToUtf32(unit, _text[position + 1])) ? 2 : 0;
    }

    private readonly int After(int position) =>
        position + (position < _text.Length && char.IsHighSurrogate(_text[position]) ? 2 : 1);

    private readonly int Before(int position) => position - (char.IsLowSurrogate(_text[position - 1]) ? 2 : 1);

    private readonly bool Holds(AnchorKind anchor, int position) => anchor switch
    {
        AnchorKind.LineStart => position == 0 || _text[position - 1] == '\n',
        AnchorKind.LineEnd => position == _text.Length || _text[position] == '\n',
        AnchorKind.TextStart => position == 0,
        AnchorKind.TextEnd => position == _text.Length,
        AnchorKind.TextEndOrLastNewline =>
            position == _text.Length || (position == _text.Length - 1 && _text[position] == '\n'),
        _ => (WordAt(position) != (position > 0 && WordAt(Before(position)))) == (anchor == AnchorKind.WordBoundary),
    };

    private readonly bool WordAt(int position) => Take(ScalarSet.Word, position) != 0;

    private void Push(int pc, int position, int low)
    {
        if (_depth + 3 > _stack.Length)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(_stack.Length * 2);
            _stack.AsSpan(0, _depth).CopyTo(larger);
            ArrayPool<int>.Shared.Return(_stack);
            _stack = larger;
        }

        _stack[_depth++] = pc;
        _stack[_depth++] = position;
        _stack[_depth++] = low;
    }

    /// <summary>
    /// Takes the latest choice back: the position, and for a run of characters every one down to its low end.
    /// </summary>
    private void Pop(ref int pc, ref int position)
    {
        pc = _stack[_depth - 3];
        position = _stack[_depth - 2];
        if (position > _stack[_depth - 1])
        {
            _stack[_depth - 2] = Before(position);
        }
        else
        {
            _depth -= 3;
        }
    }
}
