using System.Text;

namespace Weir.Gateway.Plugins;

enum LuaTokenKind
{
    End,
    Name,
    Number,
    String,

    /// <summary>Punctuation or operator; the token's text says which.</summary>
    Symbol,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Name, symbol, or the value of a string.</param>
/// <param name="Number">Value of a number.</param>
/// <param name="At">Where it begins, from 0.</param>
readonly record struct LuaToken(LuaTokenKind Kind, string Text, double Number, int At);

/// <summary>Splits a source text into tokens, one at a time, so that a template knows where its expression ends.</summary>
sealed class LuaLexer(string source, int start)
{
    static readonly string[] Symbols =
        ["...", "..", "==", "~=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":", ";", "=", "<", ">", "+", "-", "*", "/", "%", "^", "#"];

    /// <summary>Where the next token is looked for.</summary>
    public int Position { get; private set; } = start;

    /// <summary>Why the last token could not be read, or null.</summary>
    public string? Problem { get; private set; }

    public LuaToken Next()
    {
        SkipSpace();
        var at = Position;
        if (Problem is not null || at >= source.Length) return new(LuaTokenKind.End, "", 0, at);
        var c = source[at];
        if (char.IsAsciiLetter(c) || c == '_') return ReadName();
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))) return ReadNumber();
        if (c is '"' or '\'') return ReadString(c);
        if (c == '[' && at + 1 < source.Length && source[at + 1] is '[' or '=') return ReadLongString();
        foreach (var symbol in Symbols)
        {
            if (!source.AsSpan(at).StartsWith(symbol)) continue;
            Position += symbol.Length;
            return new(LuaTokenKind.Symbol, symbol, 0, at);
        }
        return Fail(at, $"unexpected '{c}'");
    }

    void SkipSpace()
    {
        while (Position < source.Length)
        {
            if (char.IsWhiteSpace(source[Position]))
            {
                Position++;
            }
            else if (source.AsSpan(Position).StartsWith("--"))
            {
                if (source.AsSpan(Position).StartsWith("--[["))
                {
                    var close = source.IndexOf("]]", Position, StringComparison.Ordinal);
                    Position = close < 0 ? source.Length : close + 2;
                    continue;
                }
                var end = source.IndexOf('\n', Position);
                Position = end < 0 ? source.Length : end + 1;
            }
            else
            {
                return;
            }
        }
    }

    LuaToken ReadName()
    {
        var at = Position;
        while (Position < source.Length && (char.IsAsciiLetterOrDigit(source[Position]) || source[Position] == '_')) Position++;
        return new(LuaTokenKind.Name, source[at..Position], 0, at);
    }

    LuaToken ReadNumber()
    {
        var at = Position;
        while (Position < source.Length && (char.IsAsciiLetterOrDigit(source[Position]) || source[Position] == '.'
            || (source[Position] is '+' or '-' && source[Position - 1] is 'e' or 'E'))) Position++;
        var text = source.AsSpan(at, Position - at);
        return LuaNumber.Parse(text) is { } number ? new(LuaTokenKind.Number, text.ToString(), number, at) : Fail(at, $"malformed number '{text}'");
    }

    LuaToken ReadString(char quote)
    {
        var at = Position++;
        var text = new StringBuilder();
        while (Position < source.Length && source[Position] is not ('\n' or '\r'))
        {
            var c = source[Position++];
            if (c == quote) return new(LuaTokenKind.String, text.ToString(), 0, at);
            if (c != '\\') text.Append(c);
            else if (!ReadEscape(text)) return Fail(Position, "invalid escape sequence in a string");
        }
        return Fail(at, "unfinished string");
    }

    bool ReadEscape(StringBuilder text)
    {
        if (Position >= source.Length) return false;
        var c = source[Position++];
        if (char.IsAsciiDigit(c))
        {
            var code = c - '0';
            for (var digits = 1; digits < 3 && Position < source.Length && char.IsAsciiDigit(source[Position]); digits++)
                code = code * 10 + source[Position++] - '0';
            if (code > 255) return false;
            text.Append((char)code);
            return true;
        }
        text.Append(c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', _ => c });
        return true;
    }

    /// <summary><c>[[text]]</c> and <c>[==[text]==]</c>: no escapes; a line break right after the opening is not part of the text.</summary>
    LuaToken ReadLongString()
    {
        var at = Position;
        var open = at + 1;
        while (open < source.Length && source[open] == '=') open++;
        if (open >= source.Length || source[open] != '[') return Fail(at, "unexpected '['");
        var end = source.IndexOf($"]{new string('=', open - at - 1)}]", open + 1, StringComparison.Ordinal);
        if (end < 0) return Fail(at, "unfinished long string");
        Position = end + open - at + 1;
        var text = source[(open + 1)..end];
        return new(LuaTokenKind.String, text.StartsWith('\n') ? text[1..] : text, 0, at);
    }

    LuaToken Fail(int at, string problem)
    {
        Problem ??= $"{problem} at {at + 1}";
        Position = source.Length;
        return new(LuaTokenKind.End, "", 0, at);
    }
}
