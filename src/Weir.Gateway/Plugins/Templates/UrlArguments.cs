using System.Net;

namespace Weir.Gateway.Plugins;

/// <summary>
/// The arguments of a query or a form body in order, not decoded until asked: <c>foreach (var argument in new UrlArguments("?a=1&amp;b"))</c>.
/// </summary>
ref struct UrlArguments(ReadOnlySpan<char> query)
{
    ReadOnlySpan<char> _rest = query.Length > 0 && query[0] == '?' ? query[1..] : query;

    public UrlArgument Current { get; private set; }

    public readonly UrlArguments GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_rest.Length > 0)
        {
            var end = _rest.IndexOf('&');
            var pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (pair.IsEmpty) continue;
            Current = new UrlArgument(pair);
            return true;
        }
        return false;
    }
}

/// <summary>One argument as it stands in the query.</summary>
readonly ref struct UrlArgument
{
    readonly ReadOnlySpan<char> _name;
    readonly ReadOnlySpan<char> _value;

    public UrlArgument(ReadOnlySpan<char> pair)
    {
        Raw = pair;
        var equals = pair.IndexOf('=');
        HasValue = equals >= 0;
        _name = HasValue ? pair[..equals] : pair;
        _value = HasValue ? pair[(equals + 1)..] : default;
    }

    /// <summary>The whole argument, encoded.</summary>
    public ReadOnlySpan<char> Raw { get; }

    /// <summary>Whether there is a '='.</summary>
    public bool HasValue { get; }

    public bool NameEquals(string name) => _name.SequenceEqual(name) || (_name.ContainsAny('%', '+') && Decode(_name) == name);

    public string DecodeName() => Decode(_name);

    public string DecodeValue() => Decode(_value);

    static string Decode(ReadOnlySpan<char> text) => text.ContainsAny('%', '+') ? WebUtility.UrlDecode(text.ToString()) : text.ToString();
}
