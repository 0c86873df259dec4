using System.Globalization;
using System.Text;

namespace Weir.Telemetry.Tests;

/// <summary>
/// A page of metrics, read strictly by the rules of its format: Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats) or
/// OpenMetrics 1.0.0 (its ABNF and the section about metric types). What breaks a rule is an exception that names the line.
/// </summary>
sealed class ExpositionPage
{
    readonly bool _openMetrics;
    readonly HashSet<string> _series = new(StringComparer.Ordinal);
    readonly List<ExpositionSample> _samples = [];
    ExpositionFamily _family = new("", "", "");

    ExpositionPage(bool openMetrics) => _openMetrics = openMetrics;

    public Dictionary<string, ExpositionFamily> Families { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ExpositionSample> Samples => _samples;

    public static ExpositionPage Read(string text, bool openMetrics)
    {
        var page = new ExpositionPage(openMetrics);
        var lines = text.Split('\n');
        Require(lines[^1].Length == 0, "the last line does not end", "");
        lines = lines[..^1];
        if (openMetrics)
        {
            Require(lines is [.., "# EOF"], "the page does not end with # EOF", "");
            lines = lines[..^1];
        }
        foreach (var line in lines)
        {
            if (line.StartsWith('#')) page.ReadComment(line);
            else page.ReadSample(line);
        }
        foreach (var histogram in page.Families.Values.Where(static family => family.Type == "histogram")) page.CheckHistogram(histogram.Name);
        return page;
    }

    void ReadComment(string line)
    {
        var parts = line.Split(' ', 4);
        Require(parts.Length == 4 && parts[0] == "#" && parts[1] is "HELP" or "TYPE", "neither help nor type", line);
        var name = parts[2];
        CheckName(name, line);
        if (parts[1] == "HELP")
        {
            Require(!Families.ContainsKey(name), "a family stands twice, or its lines are apart", line);
            Families[name] = _family = new ExpositionFamily(name, "", Unescape(parts[3], quotes: _openMetrics, line));
            return;
        }
        Require(name == _family.Name && _family.Type.Length == 0, "a type without its help", line);
        Require(parts[3] is "counter" or "gauge" or "histogram" || (_openMetrics && parts[3] == "unknown"), "an unknown type", line);
        Families[name] = _family = _family with { Type = parts[3] };
    }

    void ReadSample(string line)
    {
        var nameEnd = line.IndexOfAny(['{', ' ']);
        Require(nameEnd > 0, "no name", line);
        var name = line[..nameEnd];
        CheckName(name, line);
        var at = nameEnd;
        var labels = line[at] == '{' ? ReadLabels(line, ref at) : [];
        Require(at < line.Length && line[at] == ' ', "a space before the value", line);
        var valueText = line[(at + 1)..];
        Require(!valueText.Contains(' ', StringComparison.Ordinal), "more than a value", line);
        var value = Number(valueText, line);
        Require(_series.Add(line[..at]), "a series stands twice", line);
        CheckSuffix(name, labels, value, line);
        _samples.Add(new ExpositionSample(name, labels, value));
    }

    void CheckSuffix(string name, List<(string Name, string Value)> labels, double value, string line)
    {
        string[] suffixes = _family.Type switch
        {
            "histogram" => ["_bucket", "_sum", "_count"],
            "counter" when _openMetrics => ["_total"],
            _ => [""],
        };
        Require(suffixes.Any(suffix => name == _family.Name + suffix), $"no sample of the {_family.Type} {_family.Name}", line);
        if (_family.Type == "counter") Require(value >= 0, "a counter is negative or NaN", line);
        if (!name.EndsWith("_bucket", StringComparison.Ordinal) || _family.Type != "histogram") return;
        Require(labels is [.., ("le", _)], "a bucket without bound", line);
        var bound = labels[^1].Value;
        Number(bound, line);
        Require(!bound.Contains('E', StringComparison.OrdinalIgnoreCase), "a bound with an exponent", line);
        if (_openMetrics) Require(bound == "+Inf" || bound.Contains('.', StringComparison.Ordinal), "a bound that is no floating-point number", line);
    }

    /// <summary>Bounds ascend, counts never fall, the last bucket is +Inf and equals the count.</summary>
    void CheckHistogram(string name)
    {
        string Key(ExpositionSample sample) => string.Join(',', sample.Labels.Where(static label => label.Name != "le").Select(static label => $"{label}"));
        foreach (var series in _samples.Where(sample => sample.Name == name + "_bucket").GroupBy(Key))
        {
            var buckets = series.Select(sample => (Bound: Number(sample.Labels[^1].Value, name), sample.Value)).ToList();
            Require(buckets.Zip(buckets.Skip(1)).All(static pair => pair.First.Bound < pair.Second.Bound && pair.First.Value <= pair.Second.Value),
                "buckets out of order", name);
            Require(double.IsPositiveInfinity(buckets[^1].Bound), "the last bucket is not +Inf", name);
            var count = _samples.Single(sample => sample.Name == name + "_count" && Key(sample) == series.Key);
            Require(count.Value == buckets[^1].Value, "the count is not that of the last bucket", name);
            Require(_samples.Any(sample => sample.Name == name + "_sum" && Key(sample) == series.Key), "no sum", name);
        }
    }

    static List<(string Name, string Value)> ReadLabels(string line, ref int at)
    {
        var labels = new List<(string Name, string Value)>();
        for (at++; line[at] != '}'; at += line[at] == ',' ? 1 : 0)
        {
            var equals = line.IndexOf('=', at);
            Require(equals > at && line[equals + 1] == '"', "a label without value", line);
            var name = line[at..equals];
            Require(name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(name[0]), "a bad label name", line);
            Require(labels.All(label => label.Name != name), "a label stands twice", line);
            var end = equals + 2;
            while (line[end] != '"') end += line[end] == '\\' ? 2 : 1;
            labels.Add((name, Unescape(line[(equals + 2)..end], quotes: true, line)));
            at = end + 1;
            Require(line[at] is ',' or '}', "something after a label", line);
        }
        at++;
        return labels;
    }

    static string Unescape(string text, bool quotes, string line)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            Require(!quotes || text[i] != '"', "a bare quotation mark", line);
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }
            i++;
            Require(i < text.Length && (text[i] is '\\' or 'n' || (quotes && text[i] == '"')), "an unknown escape", line);
            plain.Append(text[i] == 'n' ? '\n' : text[i]);
        }
        return plain.ToString();
    }

    static double Number(string text, string line)
    {
        if (text is "+Inf") return double.PositiveInfinity;
        if (text is "-Inf") return double.NegativeInfinity;
        if (text is "NaN") return double.NaN;
        var isNumber = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && !text.Contains('∞', StringComparison.Ordinal);
        Require(isNumber, $"'{text}' is no number", line);
        return value;
    }

    static void CheckName(string name, string line) =>
        Require(name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':') && !char.IsAsciiDigit(name[0]), "a bad name", line);

    static void Require(bool holds, string problem, string line)
    {
        if (!holds) throw new FormatException($"{problem}: {line}");
    }
}

sealed record ExpositionFamily(string Name, string Type, string Help);

sealed record ExpositionSample(string Name, IReadOnlyList<(string Name, string Value)> Labels, double Value);
