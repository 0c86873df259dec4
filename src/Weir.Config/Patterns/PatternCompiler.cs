namespace Weir.Config;

/// <summary>Turns a regular expression, as read, into a program.</summary>
sealed class PatternCompiler
{
    /// <summary>Nested repetitions multiply: "(a{1000}){1000}" is refused rather than compiled.</summary>
    const int InstructionsMax = 20_000;

    readonly List<PatternInstruction> _code = [];
    readonly List<string> _literals = [];
    readonly List<CharacterSet> _sets = [];
    int _splits;

    /// <summary>Compiles an expression. Throws <see cref="ArgumentException"/> for one that is none.</summary>
    public static PatternProgram Compile(string source, bool isPath = false, bool ignoresCase = false)
    {
        var (root, names) = PatternParser.Parse(source, isPath, ignoresCase);
        var compiler = new PatternCompiler();
        compiler.Emit(root);
        compiler.Add(new(PatternOp.Match));
        return new()
        {
            Code = [.. compiler._code],
            Literals = [.. compiler._literals],
            Sets = [.. compiler._sets],
            SplitCount = compiler._splits,
            GroupNames = names,
            IsAnchored = IsAnchored(root),
            LiteralPrefix = LiteralPrefix(root),
        };
    }

    int Add(PatternInstruction instruction)
    {
        if (_code.Count == InstructionsMax)
            throw new ArgumentException($"it is too large: more than {InstructionsMax} instructions");
        _code.Add(instruction);
        return _code.Count - 1;
    }

    int AddSplit() => Add(new(PatternOp.Split, Z: _splits++));

    /// <summary>Sets both ways of a split; the first is preferred.</summary>
    void Aim(int split, int first, int second, bool greedy) =>
        _code[split] = greedy ? _code[split] with { X = first, Y = second } : _code[split] with { X = second, Y = first };

    void Emit(PatternNode node)
    {
        switch (node)
        {
            case LiteralNode literal:
                EmitLiteral(literal.Text);
                break;
            case SetNode set:
                Add(new(PatternOp.Set, _sets.Count));
                _sets.Add(set.Set);
                break;
            case AssertionNode assertion:
                Add(new(PatternOp.Assert, (int)assertion.Assertion));
                break;
            case SequenceNode sequence:
                EmitSequence(sequence.Parts);
                break;
            case ChoiceNode choice:
                EmitChoice(choice.Options);
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
            case CaptureNode capture:
                Add(new(PatternOp.Save, capture.Number * 2));
                Emit(capture.Inner);
                Add(new(PatternOp.Save, (capture.Number * 2) + 1));
                break;
        }
    }

    void EmitLiteral(string text)
    {
        Add(new(PatternOp.Literal, _literals.Count));
        _literals.Add(text);
    }

    /// <summary>Neighbouring literals are compared as one.</summary>
    void EmitSequence(IReadOnlyList<PatternNode> parts)
    {
        for (var i = 0; i < parts.Count;)
        {
            var literals = parts.Skip(i).TakeWhile(static part => part is LiteralNode).Cast<LiteralNode>().ToList();
            if (literals.Count == 0) Emit(parts[i]);
            else EmitLiteral(string.Concat(literals.Select(static literal => literal.Text)));
            i += Math.Max(1, literals.Count);
        }
    }

    void EmitChoice(IReadOnlyList<PatternNode> options)
    {
        var ends = new List<int>();
        for (var i = 0; i < options.Count - 1; i++)
        {
            var split = AddSplit();
            Emit(options[i]);
            ends.Add(Add(new(PatternOp.Jump)));
            Aim(split, split + 1, _code.Count, greedy: true);
        }
        Emit(options[^1]);
        foreach (var end in ends) _code[end] = new(PatternOp.Jump, _code.Count);
    }

    void EmitRepeat(RepeatNode repeat)
    {
        for (var i = 0; i < repeat.Min; i++) Emit(repeat.Inner);
        if (repeat.Max == RepeatNode.Unbounded)
        {
            var split = AddSplit();
            Emit(repeat.Inner);
            Add(new(PatternOp.Jump, split));
            Aim(split, split + 1, _code.Count, repeat.Greedy);
            return;
        }
        var splits = new List<int>();
        for (var i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(AddSplit());
            Emit(repeat.Inner);
        }
        foreach (var split in splits) Aim(split, split + 1, _code.Count, repeat.Greedy);
    }

    static bool IsAnchored(PatternNode node) => node switch
    {
        AssertionNode assertion => assertion.Assertion == PatternAssertion.TextStart,
        SequenceNode sequence => sequence.Parts.Count > 0 && IsAnchored(sequence.Parts[0]),
        ChoiceNode choice => choice.Options.All(IsAnchored),
        CaptureNode capture => IsAnchored(capture.Inner),
        _ => false,
    };

    static string LiteralPrefix(PatternNode root) =>
        root is SequenceNode { Parts: [AssertionNode { Assertion: PatternAssertion.TextStart }, ..] } sequence
            ? string.Concat(sequence.Parts.Skip(1).TakeWhile(static part => part is LiteralNode).Cast<LiteralNode>().Select(static literal => literal.Text))
            : "";
}
