using System.Buffers;

namespace Weir.Config;

/// <summary>
/// Executes a pattern on an input: tries the preferred way first and goes back when it fails, but never takes the same split at the same place twice,
/// because what failed there once fails again. So the time is at most proportional to pattern times input, whatever both are.
/// </summary>
ref struct PatternRun
{
    /// <summary>Memory that small patterns on short inputs get by with, on the caller's stack.</summary>
    public const int VisitedWords = 32;
    public const int TrailLength = 128;

    const int BitsPerWord = 64;

    readonly PatternProgram _program;
    readonly ReadOnlySpan<char> _input;
    readonly Span<int> _slots;

    /// <summary>A bit per split and position.</summary>
    readonly Span<ulong> _visited;
    readonly ulong[]? _rentedVisited;

    /// <summary>Pairs: instruction and position to go back to, or the complement of a slot and the value to give back to it.</summary>
    Span<int> _trail;
    int[]? _rentedTrail;
    int _trailCount;

    /// <param name="program">The pattern.</param>
    /// <param name="input">What is matched.</param>
    /// <param name="slots">Start and end of each group, -1 for none, or empty when nobody asks.</param>
    /// <param name="visited">At least <see cref="VisitedWords"/> words of zeros.</param>
    /// <param name="trail">Scratch space.</param>
    public PatternRun(PatternProgram program, ReadOnlySpan<char> input, Span<int> slots, Span<ulong> visited, Span<int> trail)
    {
        _program = program;
        _input = input;
        _slots = slots;
        _visited = visited;
        _trail = trail;
        var words = (int)((((long)program.SplitCount * (input.Length + 1)) + BitsPerWord - 1) / BitsPerWord);
        if (words <= visited.Length) return;
        _rentedVisited = ArrayPool<ulong>.Shared.Rent(words);
        _visited = _rentedVisited.AsSpan(0, words);
        _visited.Clear();
    }

    public readonly void Release()
    {
        if (_rentedVisited is not null) ArrayPool<ulong>.Shared.Return(_rentedVisited);
        if (_rentedTrail is not null) ArrayPool<int>.Shared.Return(_rentedTrail);
    }

    /// <summary>Finds the leftmost match, as preferred by the pattern.</summary>
    public bool Find(out int start, out int end)
    {
        var last = _program.IsAnchored ? 0 : _input.Length;
        for (start = 0; start <= last; start++)
            if (MatchAt(start, out end)) return true;
        end = -1;
        return false;
    }

    bool MatchAt(int start, out int end)
    {
        var code = _program.Code;
        var pc = 0;
        end = start;
        while (true)
        {
            ref readonly var instruction = ref code[pc];
            var ok = true;
            switch (instruction.Op)
            {
                case PatternOp.Literal:
                    var literal = _program.Literals[instruction.X];
                    ok = _input[end..].StartsWith(literal);
                    end += literal.Length;
                    pc++;
                    break;
                case PatternOp.Set:
                    ok = end < _input.Length && _program.Sets[instruction.X].Contains(_input[end]);
                    end++;
                    pc++;
                    break;
                case PatternOp.Assert:
                    ok = Holds((PatternAssertion)instruction.X, end);
                    pc++;
                    break;
                case PatternOp.Split:
                    ok = Visit(instruction.Z, end);
                    if (ok) Push(instruction.Y, end);
                    pc = instruction.X;
                    break;
                case PatternOp.Jump:
                    pc = instruction.X;
                    break;
                case PatternOp.Save:
                    Save(instruction.X, end);
                    pc++;
                    break;
                default:
                    return true;
            }
            if (!ok && !TryGoBack(out pc, out end)) return false;
        }
    }

    readonly bool Visit(int split, int position)
    {
        var bit = ((long)split * (_input.Length + 1)) + position;
        ref var word = ref _visited[(int)(bit / BitsPerWord)];
        var mask = 1UL << (int)(bit % BitsPerWord);
        var first = (word & mask) == 0;
        word |= mask;
        return first;
    }

    void Save(int slot, int position)
    {
        if (_slots.IsEmpty) return;
        Push(~slot, _slots[slot]);
        _slots[slot] = position;
    }

    void Push(int what, int position)
    {
        if (_trailCount + 2 > _trail.Length) Grow();
        _trail[_trailCount++] = what;
        _trail[_trailCount++] = position;
    }

    void Grow()
    {
        var larger = ArrayPool<int>.Shared.Rent(_trail.Length * 2);
        _trail.CopyTo(larger);
        if (_rentedTrail is not null) ArrayPool<int>.Shared.Return(_rentedTrail);
        _rentedTrail = larger;
        _trail = larger;
    }

    bool TryGoBack(out int pc, out int position)
    {
        while (_trailCount > 0)
        {
            position = _trail[--_trailCount];
            pc = _trail[--_trailCount];
            if (pc >= 0) return true;
            _slots[~pc] = position;
        }
        pc = position = 0;
        return false;
    }

    readonly bool Holds(PatternAssertion assertion, int at) => assertion switch
    {
        PatternAssertion.TextStart => at == 0,
        PatternAssertion.TextEnd => at == _input.Length,
        PatternAssertion.LineStart => at == 0 || _input[at - 1] == '\n',
        PatternAssertion.LineEnd => at == _input.Length || _input[at] == '\n',
        PatternAssertion.WordBoundary => IsWord(at - 1) != IsWord(at),
        _ => IsWord(at - 1) == IsWord(at),
    };

    readonly bool IsWord(int at) => at >= 0 && at < _input.Length && (char.IsLetterOrDigit(_input[at]) || _input[at] == '_');
}
