using System.Net;

namespace Weir.Gateway.Plugins;

/// <summary>How often a name was given where a credential may stand.</summary>
enum Presence
{
    Absent,
    Once,

    /// <summary>More than once: which one counts would be a guess, so none does.</summary>
    Repeated,
}

/// <summary>Name-value pairs in the form of queries and form bodies: <c>a=1&amp;b=2</c>, percent-encoded. A leading '?' is skipped.</summary>
static class FormText
{
    /// <summary>Finds the value of a name. A name without '=' has no value and does not count, unless it is repeated.</summary>
    public static Presence Find(ReadOnlySpan<char> text, string name, out ReadOnlySpan<char> value)
    {
        value = default;
        var count = 0;
        var hasValue = false;
        var pairs = new Pairs(text);
        while (pairs.MoveNext())
        {
            if (!pairs.IsNamed(name)) continue;
            if (++count > 1) return Presence.Repeated;
            hasValue = pairs.HasValue;
            value = pairs.Value;
        }
        if (!hasValue) return Presence.Absent;
        if (value.ContainsAny('%', '+')) value = WebUtility.UrlDecode(value.ToString());
        return Presence.Once;
    }

    /// <summary>The text without any pair of this name, everything else as it was; the same instance when there is none.</summary>
    public static string Without(string text, string name)
    {
        var start = text.StartsWith('?') ? 1 : 0;
        var kept = new List<Range>();
        var removed = false;
        var pairs = new Pairs(text);
        while (pairs.MoveNext())
        {
            if (pairs.IsNamed(name)) removed = true;
            else kept.Add(pairs.Current);
        }
        if (!removed) return text;
        return kept.Count == 0 ? "" : text[..start] + string.Join('&', kept.Select(range => text[range]));
    }

    ref struct Pairs(ReadOnlySpan<char> text)
    {
        readonly ReadOnlySpan<char> _text = text;
        int _next = text.StartsWith('?') ? 1 : 0;
        int _start;
        int _end;
        int _equals;

        public readonly Range Current => _start.._end;
        public readonly bool HasValue => _equals < _end;
        public readonly ReadOnlySpan<char> Value => HasValue ? _text[(_equals + 1).._end] : default;

        public bool MoveNext()
        {
            if (_next > _text.Length || _text.IsEmpty) return false;
            _start = _next;
            var length = _text[_start..].IndexOf('&');
            _end = length < 0 ? _text.Length : _start + length;
            _next = _end + 1;
            var equals = _text[_start.._end].IndexOf('=');
            _equals = equals < 0 ? _end : _start + equals;
            return true;
        }

        public readonly bool IsNamed(string name)
        {
            var own = _text[_start.._equals];
            return own.ContainsAny('%', '+') ? WebUtility.UrlDecode(own.ToString()) == name : own.SequenceEqual(name);
        }
    }
}
