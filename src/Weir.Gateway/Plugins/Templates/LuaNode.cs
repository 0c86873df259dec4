using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>A part of a parsed expression.</summary>
abstract class LuaNode
{
    public abstract LuaValue Evaluate(in LuaScope scope);
}

/// <summary>A literal.</summary>
sealed class LuaConstant(LuaValue value) : LuaNode
{
    public LuaValue Value { get; } = value;

    public override LuaValue Evaluate(in LuaScope scope) => Value;
}

/// <summary><c>target[key]</c> and <c>target.key</c>.</summary>
sealed class LuaIndex(LuaNode target, LuaNode key) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var table = target.Evaluate(scope);
        if (table.IsFault) return table;
        var index = key.Evaluate(scope);
        if (index.IsFault) return index;
        return table.Type switch
        {
            LuaType.Table => index.AsText() is { } name ? scope.Index(table.Table, name) : LuaValue.Nil,
            LuaType.String => LuaValue.Nil,
            _ => LuaValue.Fault($"attempt to index a {table.TypeName} value"),
        };
    }
}

/// <summary><c>and</c> and <c>or</c>: give one of their operands, and the right one is only evaluated when it is needed.</summary>
sealed class LuaLogic(LuaNode left, LuaNode right, bool isOr) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var value = left.Evaluate(scope);
        return value.IsFault || value.IsTruthy == isOr ? value : right.Evaluate(scope);
    }
}

/// <summary><c>not</c>, <c>-</c> and <c>#</c>.</summary>
sealed class LuaUnary(LuaOperator operation, LuaNode operand) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var value = operand.Evaluate(scope);
        if (value.IsFault) return value;
        return operation switch
        {
            LuaOperator.Not => LuaValue.Of(!value.IsTruthy),
            LuaOperator.Length => value.Type == LuaType.String
                ? LuaValue.Of(value.Text.Length)
                : LuaValue.Fault($"attempt to get length of a {value.TypeName} value"),
            _ => value.AsNumber() is { } number ? LuaValue.Of(-number) : LuaValue.Fault($"attempt to perform arithmetic on a {value.TypeName} value"),
        };
    }
}

/// <summary>Comparisons and arithmetic.</summary>
sealed class LuaBinary(LuaOperator operation, LuaNode left, LuaNode right) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var a = left.Evaluate(scope);
        if (a.IsFault) return a;
        var b = right.Evaluate(scope);
        if (b.IsFault) return b;
        return operation switch
        {
            LuaOperator.Equal => LuaValue.Of(a.RawEquals(b)),
            LuaOperator.NotEqual => LuaValue.Of(!a.RawEquals(b)),
            LuaOperator.Less or LuaOperator.LessOrEqual or LuaOperator.Greater or LuaOperator.GreaterOrEqual => Compare(a, b),
            _ => Compute(a, b),
        };
    }

    LuaValue Compare(LuaValue a, LuaValue b)
    {
        if (a.Type != b.Type || a.Type is not (LuaType.Number or LuaType.String))
            return LuaValue.Fault(a.Type == b.Type ? $"attempt to compare two {a.TypeName} values" : $"attempt to compare {a.TypeName} with {b.TypeName}");
        if (a.Type == LuaType.String)
        {
            var order = string.CompareOrdinal(a.Text, b.Text);
            return LuaValue.Of(operation switch
            {
                LuaOperator.Less => order < 0,
                LuaOperator.LessOrEqual => order <= 0,
                LuaOperator.Greater => order > 0,
                _ => order >= 0,
            });
        }
        return LuaValue.Of(operation switch
        {
            LuaOperator.Less => a.Number < b.Number,
            LuaOperator.LessOrEqual => a.Number <= b.Number,
            LuaOperator.Greater => a.Number > b.Number,
            _ => a.Number >= b.Number,
        });
    }

    LuaValue Compute(LuaValue a, LuaValue b)
    {
        if (a.AsNumber() is not { } x) return LuaValue.Fault($"attempt to perform arithmetic on a {a.TypeName} value");
        if (b.AsNumber() is not { } y) return LuaValue.Fault($"attempt to perform arithmetic on a {b.TypeName} value");
        return LuaValue.Of(operation switch
        {
            LuaOperator.Add => x + y,
            LuaOperator.Subtract => x - y,
            LuaOperator.Multiply => x * y,
            LuaOperator.Divide => x / y,
            LuaOperator.Modulo => x - Math.Floor(x / y) * y,
            _ => Math.Pow(x, y),
        });
    }
}

/// <summary>A chain of <c>..</c>, made into one string at once.</summary>
sealed class LuaConcat(LuaNode[] operands) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var text = new StringBuilder();
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(scope);
            if (value.IsFault) return value;
            if (value.AsText() is not { } part) return LuaValue.Fault($"attempt to concatenate a {value.TypeName} value");
            if (text.Length + part.Length > LuaLimits.TextCharsMax) return LuaLimits.TooLong;
            text.Append(part);
        }
        return LuaValue.Of(text.ToString());
    }
}

/// <summary>A call of one of the known functions.</summary>
sealed class LuaCall(LuaFunction function, LuaNode[] arguments) : LuaNode
{
    public override LuaValue Evaluate(in LuaScope scope)
    {
        var values = new LuaArguments();
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(scope);
            if (values[i].IsFault) return values[i];
        }
        return function.Run(scope, values);
    }
}

/// <summary>Operators, apart from <c>and</c>, <c>or</c> and <c>..</c>.</summary>
enum LuaOperator
{
    Not,
    Length,
    Negate,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

/// <summary>What expressions may cost.</summary>
static class LuaLimits
{
    /// <summary>Length of a source text.</summary>
    public const int SourceCharsMax = 8192;

    /// <summary>Nesting of parentheses, operators and calls.</summary>
    public const int DepthMax = 64;

    /// <summary>Parts of one expression; bounds the time of an evaluation and the depth of its calls.</summary>
    public const int NodesMax = 512;

    /// <summary>Length of any string that an expression makes, and of a rendered template.</summary>
    public const int TextCharsMax = 65_536;

    /// <summary>Steps of one pattern match.</summary>
    public const int MatchStepsMax = 20_000;

    public static LuaValue TooLong => LuaValue.Fault("resulting string is too long");
}
