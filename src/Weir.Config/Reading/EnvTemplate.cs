using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Config;

/// <summary>
/// Fills in <c>${{ env "DECK_NAME" | toInt }}</c> before a file is parsed. Lines that are comments are left alone. A variable that is not set, whose name
/// does not start with DECK_, or an expression of another form is a problem.
/// </summary>
static partial class EnvTemplate
{
    const string Open = "${{";
    const string Close = "}}";
    const string NamePrefix = "DECK_";
    const int IndentMax = 1000;

    public static string Fill(string file, string text, Func<string, string?> environment, Report report)
    {
        if (!text.Contains(Open, StringComparison.Ordinal))
            return text;
        var filled = new StringBuilder(text.Length);
        var lineNumber = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            if (lineNumber++ > 0)
                filled.Append('\n');
            if (line.TrimStart() is ['#', ..])
                filled.Append(line);
            else
                FillLine(line, new Place(file, lineNumber, 0), filled, environment, report);
        }
        return filled.ToString();
    }

    static void FillLine(ReadOnlySpan<char> line, Place place, StringBuilder filled, Func<string, string?> environment, Report report)
    {
        var column = 1;
        for (int open; (open = line.IndexOf(Open, StringComparison.Ordinal)) >= 0;)
        {
            var length = line[(open + Open.Length)..].IndexOf(Close, StringComparison.Ordinal);
            var at = place with { Column = column + open };
            if (length < 0)
            {
                report.Error(at, "'${{' without '}}' on the same line");
                break;
            }
            filled.Append(line[..open]);
            filled.Append(Evaluate(line.Slice(open + Open.Length, length).ToString(), at, environment, report));
            var end = open + Open.Length + length + Close.Length;
            line = line[end..];
            column += end;
        }
        filled.Append(line);
    }

    static string Evaluate(string expression, Place at, Func<string, string?> environment, Report report)
    {
        var match = Expression().Match(expression);
        if (!match.Success)
        {
            report.Error(at,
                $"'${{{{{expression}}}}}' is not understood: ${{{{ env \"DECK_NAME\" }}}} is expected, with toBool, toInt, toFloat or indent N after a '|'");
            return "";
        }
        var name = match.Groups["name"].Value;
        if (!name.StartsWith(NamePrefix, StringComparison.Ordinal))
        {
            report.Error(at, $"environment variables in the file must be prefixed with '{NamePrefix}', found: '{name}'");
            return "";
        }
        if (environment(name) is not { } value)
        {
            report.Error(at, $"environment variable '{name}' present in the file is not set");
            return "";
        }
        report.Mask(value);
        foreach (Capture pipe in match.Groups["pipe"].Captures)
        {
            if (Apply(pipe.Value.Trim(), value) is not { } piped)
            {
                // The value is not shown: such variables carry secrets.
                report.Error(at, $"the value of environment variable '{name}' does not fit '{pipe.Value.Trim()}'");
                return "";
            }
            value = piped;
        }
        return value;
    }

    static string? Apply(string pipe, string value)
    {
        if (pipe.StartsWith("indent", StringComparison.Ordinal))
        {
            var width = pipe.AsSpan("indent".Length);
            return int.TryParse(width, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var spaces) && spaces <= IndentMax
                ? value.Replace("\n", "\n" + new string(' ', spaces), StringComparison.Ordinal)
                : null;
        }
        return pipe switch
        {
            "toBool" => value switch
            {
                "1" or "t" or "T" or "TRUE" or "true" or "True" => "true",
                "0" or "f" or "F" or "FALSE" or "false" or "False" => "false",
                _ => null,
            },
            "toInt" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? value : null,
            _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? value : null,
        };
    }

    [GeneratedRegex("""^\s*env\s+["`](?<name>[^"`]*)["`](?:\s*\|\s*(?<pipe>toBool|toInt|toFloat|indent\s+[0-9]+))*\s*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Expression();
}
