using System.Buffers;

namespace Stretto.Models.Text;

/// <summary>
/// Runs a <see cref="Pattern"/> over one text. It backtracks freely while that is cheap; when a text makes it expensive
/// it
/// remembers every failed (instruction, position), after which no work is done twice and time is linear in the text.
/// What is matched apart (look-ahead, atomic groups) is not remembered and has a budget of steps instead.
/// </summary>
internal ref struct PatternMachine
{
    private const int FreeStepsPerUnit = 64;
    private const long MaxFailedBits = 1L << 30;
    private readonly Pattern pattern;
    private readonly ReadOnlySpan<char> text;
    private readonly long budget;
    private int[] stack;
    private int depth;
    private long steps;
    private ulong[]? failed;

    public PatternMachine(Pattern pattern, ReadOnlySpan<char> text)
    {
        this.pattern = pattern;
        this.text = text;
        stack = ArrayPool<int>.Shared.Rent(192);
        budget = 1_000_000 + (200L * text.Length);
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(stack);

    /// <summary>Finds the first match at or after a position.</summary>
    public bool Search(int from, out int start, out int end)
    {
        for (start = from; start <= text.Length; start = After(start))
        {
            ulong candidates = start < text.Length ? pattern.Candidates(text[start]) : pattern.Candidates('\uFFFF');
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
        PatternInstruction[] code = pattern.Alternatives[alternative];
        int bottom = depth;
        while (true)
        {
            if (!Step(code, alternative, ref pc, ref position, memo))
            {
                if (depth == bottom)
                {
                    end = -1;
                    return false;
                }

                Pop(ref pc, ref position);
            }
            else if (code[pc].Op == PatternOp.Match)
            {
                depth = bottom;
                end = position;
                return true;
            }
        }
    }

    private bool Step(PatternInstruction[] code, int alternative, ref int pc, ref int position, bool memo)
    {
        steps++;
        if (steps > FreeStepsPerUnit * (long)(text.Length + 256) && FailsAgain(alternative, pc, position, memo))
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
        if (failed is not null && memo && instruction.Op == PatternOp.Star)
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
        steps += remembered ? (position - low) >> 3 : position - low;
        if (!remembered && steps > budget)
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
        if (failed is null)
        {
            long states = 0;
            foreach (PatternInstruction[] code in pattern.Alternatives)
            {
                states += code.Length;
            }

            if (states * (text.Length + 1L) > MaxFailedBits)
            {
                throw TooLong();
            }

            failed = new ulong[((states * (text.Length + 1L)) >> 6) + 1];
        }

        if (!memo)
        {
            return steps > budget ? throw TooLong() : false;
        }

        long state = pc;
        for (int i = 0; i < alternative; i++)
        {
            state += pattern.Alternatives[i].Length;
        }

        long bit = (state * (text.Length + 1L)) + position;
        ulong mask = 1ul << (int)(bit & 63);
        bool met = (failed[bit >> 6] & mask) != 0;
        failed[bit >> 6] |= mask;
        return met;
    }

    /// <summary>A match's own states at its end did not fail; the next search begins there.</summary>
    private readonly void ForgetAt(int position)
    {
        if (failed is null)
        {
            return;
        }

        long states = 0;
        foreach (PatternInstruction[] code in pattern.Alternatives)
        {
            states += code.Length;
        }

        for (long state = 0; state < states; state++)
        {
            long bit = (state * (text.Length + 1L)) + position;
            failed[bit >> 6] &= ~(1ul << (int)(bit & 63));
        }
    }

    private readonly InvalidDataException TooLong() =>
        new($"a split pattern of the tokenizer takes too long on a text of {text.Length} characters; split the text");

    private readonly int Take(ScalarSet set, int position)
    {
        if (position >= text.Length)
        {
            return 0;
        }

        char unit = text[position];
        if (!char.IsHighSurrogate(unit))
        {
            return set.Contains(unit) ? 1 : 0;
        }

        return set.Contains(char.ConvertToUtf32(unit, text[position + 1])) ? 2 : 0;
    }

    private readonly int After(int position) =>
        position + (position < text.Length && char.IsHighSurrogate(text[position]) ? 2 : 1);

    private readonly int Before(int position) => position - (char.IsLowSurrogate(text[position - 1]) ? 2 : 1);

    private readonly bool Holds(AnchorKind anchor, int position) => anchor switch
    {
        AnchorKind.LineStart => position == 0 || text[position - 1] == '\n',
        AnchorKind.LineEnd => position == text.Length || text[position] == '\n',
        AnchorKind.TextStart => position == 0,
        AnchorKind.TextEnd => position == text.Length,
        AnchorKind.TextEndOrLastNewline =>
            position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        _ => (WordAt(position) != (position > 0 && WordAt(Before(position)))) == (anchor == AnchorKind.WordBoundary),
    };

    private readonly bool WordAt(int position) => Take(ScalarSet.Word, position) != 0;

    private void Push(int pc, int position, int low)
    {
        if (depth + 3 > stack.Length)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(stack.Length * 2);
            stack.AsSpan(0, depth).CopyTo(larger);
            ArrayPool<int>.Shared.Return(stack);
            stack = larger;
        }

        stack[depth++] = pc;
        stack[depth++] = position;
        stack[depth++] = low;
    }

    /// <summary>
    /// Takes the latest choice back: the position, and for a run of characters every one down to its low end.
    /// </summary>
    private void Pop(ref int pc, ref int position)
    {
        pc = stack[depth - 3];
        position = stack[depth - 2];
        if (position > stack[depth - 1])
        {
            stack[depth - 2] = Before(position);
        }
        else
        {
            depth -= 3;
        }
    }
}
