using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Gateway.Plugins;

/// <summary>Which origins may read answers: all, one fixed, or those that a list of origins and regular expressions matches.</summary>
sealed class AllowedOrigins
{
    static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:/-");

    readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _plain;
    readonly Regex[] _ofDomain;
    readonly Regex[] _ofHost;

    public AllowedOrigins(IReadOnlyList<string>? origins)
    {
        origins ??= [];
        All = origins.Count == 0 || origins.Contains("*");
        Fixed = origins.Count == 1 && IsPlain(origins[0]) ? origins[0] : null;
        var domains = origins.Where(IsPlain).Select(static origin => Origin.Parse(origin).Domain.ToString());
        _plain = domains.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var patterns = All ? [] : origins.Where(static origin => !IsPlain(origin)).ToList();
        _ofDomain = [.. patterns.Where(NamesScheme).Select(static pattern => UserPattern.Compile(pattern, whole: true))];
        _ofHost = [.. patterns.Where(static pattern => !NamesScheme(pattern)).Select(static pattern => UserPattern.Compile(pattern, whole: true))];
    }

    /// <summary>Every origin may.</summary>
    public bool All { get; }

    /// <summary>The one origin that may, whoever asks; or null.</summary>
    public string? Fixed { get; }

    /// <summary>Whether the list has this origin.</summary>
    public bool Include(in Origin origin)
    {
        if (_plain.Contains(origin.Domain)) return true;
        foreach (var pattern in _ofDomain)
            if (pattern.IsMatch(origin.Domain)) return true;
        foreach (var pattern in _ofHost)
            if (pattern.IsMatch(origin.Host)) return true;
        return false;
    }

    /// <summary>An origin as it is, and not a regular expression.</summary>
    public static bool IsPlain(string origin) => !origin.AsSpan().ContainsAnyExcept(PlainCharacters);

    /// <summary>A pattern with a colon is one of scheme, host and port; one without, of the host alone.</summary>
    static bool NamesScheme(string pattern) => pattern.Contains(':', StringComparison.Ordinal);
}
