using System.Globalization;
using Weir.Config;

namespace Weir.Control;

// Filters: conditions, what they compare, and the functions that RFC 9535 defines, with the types of their arguments.
sealed partial class PathParser
{
    static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];

    PathCondition Condition()
    {
        var any = new List<PathCondition>();
        do
        {
            var all = new List<PathCondition>();
            do
            {
                SkipBlanks();
                all.Add(Basic());
                SkipBlanks();
            }
            while (TryTake("&&"));
            any.Add(all.Count == 1 ? all[0] : new AllCondition(all));
        }
        while (TryTake("||"));
        return any.Count == 1 ? any[0] : new AnyCondition(any);
    }

    PathCondition Basic()
    {
        if (TryTake('!'))
        {
            SkipBlanks();
            return new NotCondition(Peek() == '(' ? Parenthesised() : AsTest(Operand()));
        }
        if (Peek() == '(') return Parenthesised();
        var left = Operand();
        var before = _at;
        SkipBlanks();
        if (Array.Find(Operators, TryTake) is not { } comparison)
        {
            _at = before;
            return AsTest(left);
        }
        var value = AsValue(left);
        SkipBlanks();
        return new Comparison(value, comparison, AsValue(Operand()));
    }

    PathCondition Parenthesised()
    {
        if (++_depth > DepthMax) throw Refused($"nested deeper than {DepthMax} levels");
        Take('(');
        SkipBlanks();
        var condition = Condition();
        SkipBlanks();
        Take(')');
        _depth--;
        return condition;
    }

    // A literal or the result of a function that is a value (PathValue), a query (PathQuery), or a function that holds or not (PathMatch).
    object Operand()
    {
        switch (Peek())
        {
            case '@':
                _at++;
                return Query(fromRoot: false);
            case '$':
                _at++;
                return Query(fromRoot: true);
            case '\'' or '"':
                return new LiteralValue(Tree.Text(Quoted()));
            case '-' or (>= '0' and <= '9'):
                return new LiteralValue(NumberLiteral());
            default:
                return Word();
        }
    }

    object Word()
    {
        var start = _at;
        while (Peek() is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') _at++;
        var word = text[start.._at];
        if (Peek() == '(') return Function(word);
        switch (word)
        {
            case "true" or "false": return new LiteralValue(Tree.Flag(word == "true"));
            case "null": return new LiteralValue(new ScalarNode(Tree.Made, ScalarKind.Null, "null"));
        }
        _at = start;
        throw Refused("a query ('@' or '$'), a literal or a function is expected");
    }

    object Function(string name)
    {
        if (++_depth > DepthMax) throw Refused($"nested deeper than {DepthMax} levels");
        Take('(');
        var arguments = new List<object>();
        SkipBlanks();
        if (Peek() != ')')
        {
            do
            {
                SkipBlanks();
                arguments.Add(Operand());
                SkipBlanks();
            }
            while (TryTake(','));
        }
        Take(')');
        _depth--;
        return (name, arguments) switch
        {
            ("length", [var of]) => new LengthValue(AsValue(of)),
            ("count", [PathQuery query]) => new CountValue(query),
            ("value", [PathQuery query]) => new QueryValue(query),
            ("match" or "search", [var of, var pattern]) => new PathMatch(AsValue(of), AsValue(pattern), name == "match"),
            ("length" or "count" or "value" or "match" or "search", _) => throw Refused($"{name}() takes other arguments"),
            _ => throw Refused($"there is no function {name}()"),
        };
    }

    PathValue AsValue(object operand) => operand switch
    {
        PathValue value => value,
        PathQuery { IsSingular: true } query => new QueryValue(query),
        PathQuery => throw Refused("only a query for a single node can be compared"),
        _ => throw Refused("match() and search() hold or do not; they have no value to compare"),
    };

    PathCondition AsTest(object operand) => operand switch
    {
        PathQuery query => new ExistsCondition(query),
        PathMatch match => new MatchCondition(match),
        _ => throw Refused("a comparison is expected"),
    };

    ScalarNode NumberLiteral()
    {
        var start = _at;
        TryTake('-');
        var digits = Digits();
        if (digits.Length == 0 || (digits.Length > 1 && digits[0] == '0')) throw Refused("a number is expected");
        var isWhole = true;
        if (TryTake('.'))
        {
            isWhole = false;
            if (Digits().Length == 0) throw Refused("a digit is expected");
        }
        if (Peek() is 'e' or 'E')
        {
            isWhole = false;
            _at++;
            if (!TryTake('-')) TryTake('+');
            if (Digits().Length == 0) throw Refused("a digit is expected");
        }
        var number = text[start.._at];
        if (isWhole && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return new ScalarNode(Tree.Made, ScalarKind.Integer, number);
        return new ScalarNode(Tree.Made, ScalarKind.Number, number);
    }

    string Digits()
    {
        var start = _at;
        while (Peek() is >= '0' and <= '9') _at++;
        return text[start.._at];
    }
}
