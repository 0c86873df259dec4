using System.Collections.Frozen;

namespace Weir.Gateway.Plugins;

/// <summary>Every function that expressions may call. What is not here does not exist for them.</summary>
static class LuaFunctions
{
    static readonly FrozenDictionary<string, LuaFunction> Known = new[]
    {
        new LuaFunction("tostring", 1, 1, static (in scope, in a) => LuaValue.Of(a[0].Show())),
        new LuaFunction("tonumber", 1, 2, ToNumber),
        new LuaFunction("type", 1, 1, static (in scope, in a) => LuaValue.Of(a[0].TypeName)),
        new LuaFunction("string.len", 1, 1, static (in scope, in a) =>
            a[0].AsText() is { } s ? LuaValue.Of(s.Length) : LuaFunction.BadArgument(1, "len", "string", a[0])),
        new LuaFunction("string.lower", 1, 1, static (in scope, in a) =>
            a[0].AsText() is { } s ? LuaValue.Of(LuaStrings.Lower(s)) : LuaFunction.BadArgument(1, "lower", "string", a[0])),
        new LuaFunction("string.upper", 1, 1, static (in scope, in a) =>
            a[0].AsText() is { } s ? LuaValue.Of(LuaStrings.Upper(s)) : LuaFunction.BadArgument(1, "upper", "string", a[0])),
        new LuaFunction("string.reverse", 1, 1, static (in scope, in a) =>
            a[0].AsText() is { } s ? LuaValue.Of(LuaStrings.Reverse(s)) : LuaFunction.BadArgument(1, "reverse", "string", a[0])),
        new LuaFunction("string.sub", 2, 3, LuaStrings.Sub),
        new LuaFunction("string.rep", 2, 2, LuaStrings.Rep),
        new LuaFunction("string.find", 2, 4, LuaStrings.Find),
        new LuaFunction("string.match", 2, 3, LuaStrings.Match),
        new LuaFunction("string.gsub", 3, 4, LuaStrings.Gsub),
        new LuaFunction("kong.request.get_header", 1, 1, static (in scope, in a) =>
            a[0].Type == LuaType.String
                ? LuaScope.Header(scope.Exchange.Http.Request.Headers, a[0].Text)
                : LuaFunction.BadArgument(1, "get_header", "string", a[0])),
        new LuaFunction("kong.request.get_query_arg", 1, 1, static (in scope, in a) =>
            a[0].Type == LuaType.String ? scope.QueryParam(a[0].Text) : LuaFunction.BadArgument(1, "get_query_arg", "string", a[0])),
        new LuaFunction("kong.request.get_method", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.Method)),
        new LuaFunction("kong.request.get_path", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.Path)),
        new LuaFunction("kong.request.get_path_with_query", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.RawTarget)),
        new LuaFunction("kong.request.get_scheme", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.Scheme)),
        new LuaFunction("kong.request.get_host", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.Http.Request.Host.Host)),
        new LuaFunction("kong.request.get_id", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.RequestId)),
        new LuaFunction("kong.client.get_ip", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.PeerIp.ToString())),
        new LuaFunction("kong.client.get_forwarded_ip", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.ClientIp.ToString())),
        new LuaFunction("kong.response.get_status", 0, 0, static (in scope, in a) => LuaValue.Of(scope.Exchange.Http.Response.StatusCode)),
        new LuaFunction("kong.response.get_header", 1, 1, static (in scope, in a) =>
            a[0].Type == LuaType.String
                ? LuaScope.Header(scope.Exchange.Http.Response.Headers, a[0].Text)
                : LuaFunction.BadArgument(1, "get_header", "string", a[0])),
        new LuaFunction("kong.response.get_source", 0, 0, static (in scope, in a) => LuaValue.Of(Source(scope.Exchange.Source))),
        new LuaFunction("kong.service.response.get_status", 0, 0, static (in scope, in a) =>
            scope.Exchange.UpstreamStatus > 0 ? LuaValue.Of(scope.Exchange.UpstreamStatus) : LuaValue.Nil),
    }.ToFrozenDictionary(static function => function.Name, StringComparer.Ordinal);

    static readonly string[] Libraries = ["string", "kong", "tostring", "tonumber", "type"];

    /// <summary>Names of all functions, for messages.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    public static LuaFunction? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>Whether the first name of a path can lead to a function.</summary>
    public static bool IsLibrary(string name) => Array.IndexOf(Libraries, name) >= 0;

    static LuaValue ToNumber(in LuaScope scope, in LuaArguments a)
    {
        if (a[1].Type == LuaType.Nil) return a[0].AsNumber() is { } number ? LuaValue.Of(number) : LuaValue.Nil;
        if (a[1].AsNumber() is not { } radix || radix is not (>= 2 and <= 36)) return LuaValue.Fault("bad argument #2 to 'tonumber' (base out of range)");
        if (a[0].AsText() is not { } text) return LuaFunction.BadArgument(1, "tonumber", "string", a[0]);
        return LuaNumber.Parse(text, (int)radix) is { } parsed ? LuaValue.Of(parsed) : LuaValue.Nil;
    }

    static string Source(AnswerSource source) => source switch
    {
        AnswerSource.Upstream => "service",
        AnswerSource.Exit => "exit",
        _ => "error",
    };
}
