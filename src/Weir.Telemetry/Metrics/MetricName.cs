namespace Weir.Telemetry;

/// <summary>What names of metrics and labels may look like.</summary>
static class MetricName
{
    const string Rule = "letters, digits and underscores, not starting with a digit";

    public static void Check(string name, string[] labels)
    {
        if (!IsName(name)) throw new ArgumentException($"'{name}' is no metric name: {Rule}.", nameof(name));
        foreach (var label in labels)
            if (!IsName(label) || label.StartsWith("__", StringComparison.Ordinal) || label == "le")
                throw new ArgumentException($"'{label}' is no label name: {Rule} or \"__\", and not \"le\".", nameof(labels));
    }

    static bool IsName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }
}
