using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>
/// The string library. Positions and lengths count UTF-16 units where Lua counts bytes, which is the same for ASCII; case changes touch ASCII letters only,
/// as in Lua's C locale. Nothing makes a string longer than <see cref="LuaLimits.TextCharsMax"/>.
/// </summary>
static class LuaStrings
{
    public static string Lower(string text) => Change(text, static c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);

    public static string Upper(string text) => Change(text, static c => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c);

    public static string Reverse(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        source.CopyTo(span);
        span.Reverse();
    });

    public static LuaValue Sub(in LuaScope scope, in LuaArguments a)
    {
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "sub", "string", a[0]);
        if (a[1].AsNumber() is not { } from) return LuaFunction.BadArgument(2, "sub", "number", a[1]);
        if ((a[2].Type == LuaType.Nil ? -1 : a[2].AsNumber()) is not { } to) return LuaFunction.BadArgument(3, "sub", "number", a[2]);
        var start = Math.Max(1, Position(from, text.Length));
        var end = Math.Min(text.Length, Position(to, text.Length));
        return LuaValue.Of(start > end ? "" : text[(int)(start - 1)..(int)end]);
    }

    public static LuaValue Rep(in LuaScope scope, in LuaArguments a)
    {
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "rep", "string", a[0]);
        if (a[1].AsNumber() is not { } times) return LuaFunction.BadArgument(2, "rep", "number", a[1]);
        if (text.Length == 0 || !(times >= 1)) return LuaValue.Of("");
        if (Math.Floor(times) * text.Length > LuaLimits.TextCharsMax) return LuaLimits.TooLong;
        return LuaValue.Of(new StringBuilder().Insert(0, text, (int)times).ToString());
    }

    /// <summary>The position where the pattern matches first, or nil. Only the first result of Lua's function: an expression has one value.</summary>
    public static LuaValue Find(in LuaScope scope, in LuaArguments a)
    {
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "find", "string", a[0]);
        if (a[1].AsText() is not { } pattern) return LuaFunction.BadArgument(2, "find", "string", a[1]);
        if (Start(a[2], text.Length) is not { } start) return LuaFunction.BadArgument(3, "find", "number", a[2]);
        if (a[3].IsTruthy)
        {
            var plain = text.IndexOf(pattern, start, StringComparison.Ordinal);
            return plain < 0 ? LuaValue.Nil : LuaValue.Of(plain + 1);
        }
        var match = new LuaPattern(text, pattern);
        var found = match.Find(start);
        return match.Problem is { } problem ? LuaValue.Fault(problem) : found ? LuaValue.Of(match.Start + 1) : LuaValue.Nil;
    }

    /// <summary>The first capture of the first match, or the whole match when the pattern has no captures; nil when there is none.</summary>
    public static LuaValue Match(in LuaScope scope, in LuaArguments a)
    {
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "match", "string", a[0]);
        if (a[1].AsText() is not { } pattern) return LuaFunction.BadArgument(2, "match", "string", a[1]);
        if (Start(a[2], text.Length) is not { } start) return LuaFunction.BadArgument(3, "match", "number", a[2]);
        var match = new LuaPattern(text, pattern);
        var found = match.Find(start);
        return match.Problem is { } problem ? LuaValue.Fault(problem) : found ? match.Capture(0) : LuaValue.Nil;
    }

    /// <summary>Replaces matches by a string in which <c>%0</c> is the match, <c>%1</c>… are captures and <c>%%</c> is a percent sign.</summary>
    public static LuaValue Gsub(in LuaScope scope, in LuaArguments a)
    {
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "gsub", "string", a[0]);
        if (a[1].AsText() is not { } pattern) return LuaFunction.BadArgument(2, "gsub", "string", a[1]);
        if (a[2].AsText() is not { } replacement) return LuaFunction.BadArgument(3, "gsub", "string", a[2]);
        if ((a[3].Type == LuaType.Nil ? double.MaxValue : a[3].AsNumber()) is not { } times) return LuaFunction.BadArgument(4, "gsub", "number", a[3]);
        var match = new LuaPattern(text, pattern);
        var result = new StringBuilder();
        var at = 0;
        for (var done = 0.0; done < times && at <= text.Length && match.Find(at); done++)
        {
            result.Append(text, at, match.Start - at);
            if (Expand(result, replacement, match) is { } problem) return LuaValue.Fault(problem);
            at = match.End;
            if (match.End == match.Start)
            {
                // An empty match moves on by one, or it would be found for ever.
                if (at < text.Length) result.Append(text[at]);
                at++;
            }
            if (result.Length > LuaLimits.TextCharsMax) return LuaLimits.TooLong;
            if (match.IsAnchored) break;
        }
        if (match.Problem is { } failed) return LuaValue.Fault(failed);
        if (at < text.Length) result.Append(text, at, text.Length - at);
        return result.Length > LuaLimits.TextCharsMax ? LuaLimits.TooLong : LuaValue.Of(result.ToString());
    }

    static string? Expand(StringBuilder result, string replacement, LuaPattern match)
    {
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] != '%')
            {
                result.Append(replacement[i]);
                continue;
            }
            if (++i == replacement.Length) return "invalid use of '%' in replacement string";
            if (!char.IsAsciiDigit(replacement[i]))
            {
                result.Append(replacement[i]);
                continue;
            }
            var capture = replacement[i] == '0' ? match.Whole : match.Capture(replacement[i] - '1');
            if (capture.IsFault) return capture.Text;
            result.Append(capture.AsText());
        }
        return null;
    }

    static int? Start(LuaValue value, int length) =>
        value.Type == LuaType.Nil ? 0 : value.AsNumber() is { } number ? (int)Math.Clamp(Position(number, length) - 1, 0, length) : null;

    // Positions start at 1; negative ones count from the end.
    static double Position(double position, int length) =>
        double.IsNaN(position) ? 0 : position < 0 ? Math.Max(0, length + Math.Ceiling(position) + 1) : Math.Floor(position);

    static string Change(string text, Func<char, char> change)
    {
        foreach (var c in text)
            if (change(c) != c)
                return string.Create(text.Length, (text, change), static (span, state) =>
                {
                    for (var i = 0; i < span.Length; i++) span[i] = state.change(state.text[i]);
                });
        return text;
    }
}
