namespace Weir.Config;

/// <summary>
/// A parsed reference: <c>{vault://prefix/resource[/key][/][?option=value][#version]}</c>. The last part of a path of several is the key; with a slash at the
/// end there is none, and the whole path names the secret.
/// </summary>
sealed record VaultReference(string Vault, string Resource, string? Key, IReadOnlyDictionary<string, string> Options)
{
    const string Start = "{vault://";

    /// <summary>Which version of the secret; null for the newest.</summary>
    public string? Version { get; init; }

    /// <summary>Whether the text has the outer form of a reference.</summary>
    public static bool Looks(string text) => text.StartsWith(Start, StringComparison.Ordinal) && text.EndsWith('}');

    /// <summary>The parts of a reference; null when it is malformed.</summary>
    public static VaultReference? Parse(string text)
    {
        if (!Looks(text))
            return null;
        var (rest, version) = Cut(text[Start.Length..^1], '#');
        (rest, var query) = Cut(rest, '?');
        var (vault, path) = Cut(rest, '/');
        if (vault.Length == 0 || string.IsNullOrEmpty(path))
            return null;
        var last = path.LastIndexOf('/');
        var resource = last < 0 ? path : path[..last];
        var key = last < 0 ? "" : path[(last + 1)..];
        if (resource.Length == 0)
            return null;
        return new VaultReference(vault, Uri.UnescapeDataString(resource), key.Length == 0 ? null : Uri.UnescapeDataString(key), OptionsOf(query))
        {
            Version = string.IsNullOrEmpty(version) ? null : version,
        };
    }

    static Dictionary<string, string> OptionsOf(string? query)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(option, '=');
            options[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value ?? "");
        }
        return options;
    }

    static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at) is >= 0 and var place ? (text[..place], text[(place + 1)..]) : (text, null);
}
