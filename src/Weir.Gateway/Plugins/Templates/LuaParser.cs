namespace Weir.Gateway.Plugins;

/// <summary>
/// Parses one Lua 5.1 expression (manual §2.5) into a tree: literals, the tables of the request, operators, calls of known functions. The first
/// problem ends it.
/// </summary>
sealed class LuaParser
{
    const int ConcatPriority = 4;
    const int UnaryPriority = 7;

    static readonly string[] Reserved =
        ["break", "do", "else", "elseif", "end", "for", "function", "if", "in", "local", "repeat", "return", "then", "until", "while", "and", "or"];

    readonly LuaLexer _lexer;
    LuaToken _current;
    string? _problem;
    int _depth;
    int _nodes;

    public LuaParser(string source, int start)
    {
        _lexer = new LuaLexer(source, start);
        Advance();
    }

    /// <summary>What is wrong and where, counted from 1; null when nothing is.</summary>
    public string? Problem => _problem ?? _lexer.Problem;

    /// <summary>Whether the source ends here.</summary>
    public bool AtEnd => _current.Kind == LuaTokenKind.End;

    /// <summary>Where the current token begins.</summary>
    public int At => _current.At;

    public bool Is(string symbol) => _current.Kind == LuaTokenKind.Symbol && _current.Text == symbol;

    public bool IsName(string name) => _current.Kind == LuaTokenKind.Name && _current.Text == name;

    public void Advance() => _current = _lexer.Next();

    /// <summary>What stands here, for messages.</summary>
    public string Found => _current.Kind switch
    {
        LuaTokenKind.End => "the end",
        LuaTokenKind.String => "a string",
        _ => $"'{_current.Text}'",
    };

    public LuaNode ParseExpression() => Parse(0);

    LuaNode Parse(int limit)
    {
        if (++_depth > LuaLimits.DepthMax) return Fail($"nested deeper than {LuaLimits.DepthMax}");
        var left = UnaryOperator() is { } unary ? Unary(unary) : Suffixed();
        while (Problem is null && Priority() is var priority && priority > limit) left = Binary(left, priority);
        _depth--;
        return left;
    }

    LuaNode Unary(LuaOperator operation)
    {
        Advance();
        return Made(new LuaUnary(operation, Parse(UnaryPriority)));
    }

    LuaNode Binary(LuaNode left, int priority)
    {
        var symbol = _current.Text;
        if (priority == ConcatPriority) return Concat(left);
        Advance();
        if (symbol is "and" or "or") return Made(new LuaLogic(left, Parse(priority), symbol == "or"));
        // The power operator groups to the right.
        var right = Parse(symbol == "^" ? priority - 1 : priority);
        return Made(new LuaBinary(Operator(symbol), left, right));
    }

    LuaConcat Concat(LuaNode first)
    {
        List<LuaNode> operands = [first];
        while (Problem is null && Is(".."))
        {
            Advance();
            operands.Add(Made(Parse(ConcatPriority)));
        }
        return new LuaConcat([.. operands]);
    }

    LuaNode Suffixed()
    {
        var node = Primary(out var mayBeIndexed);
        while (mayBeIndexed && Problem is null)
        {
            if (Is("."))
            {
                Advance();
                node = Made(new LuaIndex(node, new LuaConstant(LuaValue.Of(TakeName()))));
            }
            else if (Is("["))
            {
                Advance();
                var key = ParseExpression();
                Expect("]");
                node = Made(new LuaIndex(node, key));
            }
            else if (Is(":"))
            {
                Advance();
                var at = _current.At;
                node = Call($"string.{TakeName()}", at, node);
            }
            else if (Is("("))
            {
                return Fail("only the functions of string, kong, tostring, tonumber and type can be called; '('");
            }
            else
            {
                return node;
            }
        }
        return node;
    }

    LuaNode Primary(out bool mayBeIndexed)
    {
        var token = _current;
        mayBeIndexed = false;
        switch (token.Kind)
        {
            case LuaTokenKind.Number:
                Advance();
                return Made(new LuaConstant(LuaValue.Of(token.Number)));
            case LuaTokenKind.String:
                Advance();
                return Made(new LuaConstant(LuaValue.Of(token.Text)));
            case LuaTokenKind.Name:
                return Name(token, out mayBeIndexed);
            case LuaTokenKind.Symbol when token.Text == "(":
                Advance();
                var inner = ParseExpression();
                Expect(")");
                mayBeIndexed = true;
                return inner;
            default:
                return Fail($"an expression is expected, found {Found}");
        }
    }

    LuaNode Name(LuaToken token, out bool mayBeIndexed)
    {
        mayBeIndexed = true;
        if (LuaFunctions.IsLibrary(token.Text)) return LibraryCall(token);
        var constant = token.Text switch
        {
            "nil" => LuaValue.Nil,
            "true" => LuaValue.Of(true),
            "false" => LuaValue.Of(false),
            "headers" => LuaValue.Of(LuaTable.Headers),
            "query_params" => LuaValue.Of(LuaTable.QueryParams),
            "uri_captures" => LuaValue.Of(LuaTable.UriCaptures),
            "shared" => LuaValue.Of(LuaTable.Shared),
            _ => LuaValue.Fault(""),
        };
        if (constant.IsFault) return Fail(Unknown(token.Text));
        mayBeIndexed = constant.Type == LuaType.Table;
        Advance();
        return Made(new LuaConstant(constant));
    }

    LuaNode LibraryCall(LuaToken token)
    {
        var name = token.Text;
        Advance();
        while (Is("."))
        {
            Advance();
            name += "." + TakeName();
        }
        return Call(name, token.At, null);
    }

    LuaNode Call(string name, int at, LuaNode? receiver)
    {
        if (Problem is not null) return Nothing;
        if (LuaFunctions.Find(name) is not { } function) return FailAt(at, $"unknown function '{name}'; known are {string.Join(", ", LuaFunctions.Names)};");
        List<LuaNode> arguments = receiver is null ? [] : [receiver];
        if (_current.Kind == LuaTokenKind.String)
        {
            arguments.Add(new LuaConstant(LuaValue.Of(_current.Text)));
            Advance();
        }
        else
        {
            Expect("(");
            while (Problem is null && !Is(")"))
            {
                arguments.Add(ParseExpression());
                if (!Is(",")) break;
                Advance();
                if (Is(")")) return Fail("an expression is expected, found ')'");
            }
            Expect(")");
        }
        if (Problem is null && (arguments.Count < function.Min || arguments.Count > function.Max))
        {
            var expected = function.Min == function.Max ? $"{function.Min}" : $"{function.Min} to {function.Max}";
            return FailAt(at, $"'{name}' takes {expected} arguments, found {arguments.Count};");
        }
        return Made(new LuaCall(function, [.. arguments]));
    }

    string TakeName()
    {
        var name = _current.Text;
        if (_current.Kind != LuaTokenKind.Name || Array.IndexOf(Reserved, name) >= 0) Fail($"a name is expected, found {Found}");
        else Advance();
        return name;
    }

    void Expect(string symbol)
    {
        if (Problem is not null) return;
        if (Is(symbol)) Advance();
        else Fail($"'{symbol}' is expected, found {Found}");
    }

    LuaOperator? UnaryOperator() => _current switch
    {
        { Kind: LuaTokenKind.Name, Text: "not" } => LuaOperator.Not,
        { Kind: LuaTokenKind.Symbol, Text: "-" } => LuaOperator.Negate,
        { Kind: LuaTokenKind.Symbol, Text: "#" } => LuaOperator.Length,
        _ => null,
    };

    int Priority() => _current.Kind is LuaTokenKind.Symbol or LuaTokenKind.Name
        ? _current.Text switch
        {
            "or" => 1,
            "and" => 2,
            "<" or ">" or "<=" or ">=" or "~=" or "==" => 3,
            ".." => ConcatPriority,
            "+" or "-" => 5,
            "*" or "/" or "%" => 6,
            "^" => 8,
            _ => 0,
        }
        : 0;

    static LuaOperator Operator(string symbol) => symbol switch
    {
        "==" => LuaOperator.Equal,
        "~=" => LuaOperator.NotEqual,
        "<" => LuaOperator.Less,
        "<=" => LuaOperator.LessOrEqual,
        ">" => LuaOperator.Greater,
        ">=" => LuaOperator.GreaterOrEqual,
        "+" => LuaOperator.Add,
        "-" => LuaOperator.Subtract,
        "*" => LuaOperator.Multiply,
        "/" => LuaOperator.Divide,
        "%" => LuaOperator.Modulo,
        _ => LuaOperator.Power,
    };

    static string Unknown(string name) => name switch
    {
        "ngx" => "ngx is not available; use kong.request, kong.client and kong.response instead of 'ngx'",
        _ when Array.IndexOf(Reserved, name) >= 0 => $"an expression is expected, found '{name}'",
        _ => $"unknown name '{name}'; known are headers, query_params, uri_captures, shared, kong, string, tostring, tonumber and type;",
    };

    LuaNode Made(LuaNode node) => ++_nodes > LuaLimits.NodesMax ? Fail($"more than {LuaLimits.NodesMax} operations") : node;

    static LuaConstant Nothing { get; } = new(LuaValue.Nil);

    LuaConstant Fail(string problem) => FailAt(_current.At, problem);

    LuaConstant FailAt(int at, string problem)
    {
        // A problem of the lexer came first: the parser only sees that the source ends.
        if (Problem is null) _problem = $"{problem} at {at + 1}";
        return Nothing;
    }
}
