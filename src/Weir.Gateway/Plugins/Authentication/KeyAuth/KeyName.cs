using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway.Plugins;

/// <summary>A configured name of the key. A name with underscores also finds the header with hyphens, as clients cannot always send underscores.</summary>
sealed class KeyName(string text)
{
    readonly string? _hyphenated = text.Contains('_') ? text.Replace('_', '-') : null;

    public string Text { get; } = text;

    public bool TryFindHeader(IHeaderDictionary headers, out StringValues values) =>
        (headers.TryGetValue(Text, out values) && values.Count > 0)
        || (_hyphenated is not null && headers.TryGetValue(_hyphenated, out values) && values.Count > 0);

    public void RemoveHeaders(IHeaderDictionary headers)
    {
        headers.Remove(Text);
        if (_hyphenated is not null) headers.Remove(_hyphenated);
    }
}
