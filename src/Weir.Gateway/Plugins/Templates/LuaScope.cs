using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Plugins;

/// <summary>What an expression can see: the exchange and nothing else. There is no way from here to files, the network or the process.</summary>
readonly struct LuaScope(Exchange exchange)
{
    public Exchange Exchange { get; } = exchange;

    public LuaValue Index(LuaTable table, string key) => table switch
    {
        LuaTable.Headers => Header(Exchange.Http.Request.Headers, key),
        LuaTable.QueryParams => QueryParam(key),
        LuaTable.UriCaptures => Exchange.UriCaptures is { } captures && captures.TryGetValue(key, out var capture) ? LuaValue.Of(capture) : LuaValue.Nil,
        // Only Lua plugins can put something there.
        _ => LuaValue.Nil,
    };

    /// <summary>Header names are found in any case, and with '_' for '-' as Lua fields cannot contain a hyphen.</summary>
    public static LuaValue Header(IHeaderDictionary headers, string name)
    {
        var values = headers[name];
        if (values.Count == 0 && name.Contains('_')) values = headers[name.Replace('_', '-')];
        return values.Count switch
        {
            0 => LuaValue.Nil,
            1 => LuaValue.Of(values[0] ?? ""),
            _ => LuaValue.Of(string.Join(", ", (IEnumerable<string?>)values)),
        };
    }

    /// <summary>The first argument of this name; true for an argument without '='.</summary>
    public LuaValue QueryParam(string name)
    {
        foreach (var argument in new UrlArguments(Exchange.Upstream.Query))
            if (argument.NameEquals(name)) return argument.HasValue ? LuaValue.Of(argument.DecodeValue()) : LuaValue.Of(true);
        return LuaValue.Nil;
    }
}
