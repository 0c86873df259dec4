namespace Weir.Gateway;

/// <summary>One server name of a route. An asterisk at either end stands for anything, dots included.</summary>
readonly struct SniRule
{
    readonly HostKind _kind;
    readonly string _name;

    public SniRule(string sni)
    {
        var name = WithoutTrailingDot(sni);
        _kind = name switch
        {
            ['*', ..] => HostKind.Suffix,
            [.., '*'] => HostKind.Prefix,
            _ => HostKind.Exact,
        };
        _name = name.Trim('*').ToString();
    }

    public bool IsExact => _kind == HostKind.Exact;

    public string Name => _name;

    public bool Accepts(ReadOnlySpan<char> sni) => _kind switch
    {
        HostKind.Suffix => sni.EndsWith(_name, StringComparison.OrdinalIgnoreCase),
        HostKind.Prefix => sni.StartsWith(_name, StringComparison.OrdinalIgnoreCase),
        _ => sni.Equals(_name, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>The dot of a fully qualified name says nothing to a router.</summary>
    public static ReadOnlySpan<char> WithoutTrailingDot(ReadOnlySpan<char> sni) => sni is [_, .., '.'] ? sni[..^1] : sni;
}
