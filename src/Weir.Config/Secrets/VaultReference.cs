namespace Weir.Config;

/// <summary>A parsed reference: <c>{vault://prefix/resource/key?option=value#version}</c>.</summary>
sealed record VaultReference(string Vault, string Resource, string? Key, IReadOnlyDictionary<string, string> Options)
{
    const string Start = "{vault://";

    /// <summary>Whether the text has the outer form of a reference.</summary>
    public static bool Looks(string text) => text.StartsWith(Start, StringComparison.Ordinal) && text.EndsWith('}');

    /// <summary>The parts of a reference; null when it is malformed.</summary>
    public static VaultReference? Parse(string text)
    {
        if (!Looks(text))
            return null;
        var inner = text[Start.Length..^1].Split('#', 2)[0].Split('?', 2);
        var parts = inner[0].Split('/', 3);
        if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
            return null;
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in (inner.Length > 1 ? inner[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            options[Uri.UnescapeDataString(pair[0])] = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
        }
        return new VaultReference(parts[0], parts[1], parts.Length > 2 && parts[2].Length > 0 ? parts[2] : null, options);
    }
}
