using Weir.Config;

namespace Weir.Control;

/// <summary>
/// A prefix before the paths of routes, so that files that use the same paths can live in one gateway. It is taken off again on the way to the service:
/// by the route itself where it strips its path, by the service's path where that ends with the prefix, else by a pre-function plugin.
/// </summary>
sealed class PathNamespace(string prefix)
{
    readonly string _bare = prefix.TrimEnd('/');

    /// <summary>What is wrong with a prefix; null when nothing is.</summary>
    public static string? Problem(string prefix) => prefix switch
    {
        "" or [not '/', ..] => $"a prefix that begins with '/' is expected, found '{prefix}'",
        _ when prefix.Contains("//", StringComparison.Ordinal) => $"'{prefix}' has an empty segment",
        "/" => "'/' is no prefix; name at least one segment",
        _ => null,
    };

    /// <summary>The file with the prefix before the paths of the routes chosen, and with them changed in another way too.</summary>
    public MapNode Apply(MapNode root, ISet<Node> routes, Func<MapNode, MapNode> also)
    {
        var moved = (MapNode)Tree.Changed(root, routes, route => also(Move((MapNode)route)));
        // Side by side with the tree as it was: which routes of a service were chosen decides where the prefix is taken off.
        if (root.Find("services") is ListNode services && moved.Find("services") is ListNode after)
            moved = moved.With("services", Tree.List(services.Items.Zip(after.Items, (old, made) => Strip(old, made, routes))));
        if (root.Find("routes") is ListNode own && moved.Find("routes") is ListNode made)
            moved = moved.With("routes", Tree.List(own.Items.Zip(made.Items, (old, route) => routes.Contains(old) ? StripOnRoute(route) : route)));
        return moved;
    }

    /// <summary>A path with the prefix before it; the tilde of an expression stays in front.</summary>
    public string Prefixed(string path)
    {
        var isRegex = path.StartsWith('~');
        var rest = isRegex ? path[1..] : path;
        // A path that is only a slash becomes the prefix as it was given, with or without a slash at its end.
        var joined = rest is "/" or "/$" ? prefix + rest[1..] : _bare + (rest.StartsWith('/') ? rest : "/" + rest);
        return isRegex ? "~" + joined : joined;
    }

    MapNode Move(MapNode route)
    {
        var paths = route.Find("paths").Strings().ToList();
        return route.With("paths", Tree.Texts(paths.Count > 0 ? paths.Select(Prefixed) : [prefix]));
    }

    Node Strip(Node old, Node made, ISet<Node> routes)
    {
        if (old is not MapNode before || made is not MapNode service
            || before.Find("routes") is not ListNode olds || service.Find("routes") is not ListNode news)
            return made;
        if (olds.Items.Count > 0 && olds.Items.All(routes.Contains) && news.Items.All(NeedsStripping)) return StripOnService(service);
        return service.With("routes", Tree.List(olds.Items.Zip(news.Items, (route, moved) => routes.Contains(route) ? StripOnRoute(moved) : moved)));
    }

    MapNode StripOnService(MapNode service)
    {
        var path = service.FindText("path")?.TrimEnd('/');
        if (path is null || !path.EndsWith(_bare, StringComparison.Ordinal)) return WithPlugin(service);
        return service.With("path", Tree.Text(path[..^_bare.Length] + "/"));
    }

    Node StripOnRoute(Node route) => NeedsStripping(route) ? WithPlugin((MapNode)route) : route;

    static bool NeedsStripping(Node route) => route is MapNode map && map.Find("strip_path") is ScalarNode { Kind: ScalarKind.Boolean, Text: "false" };

    MapNode WithPlugin(MapNode owner)
    {
        var plugins = owner.Find("plugins") is ListNode list ? list.Items : [];
        return owner.With("plugins", Tree.List([.. plugins, Plugin()]));
    }

    MapNode Plugin() => Tree.Map(("name", Tree.Text("pre-function")), ("config", Tree.Map(("access", Tree.Texts([Lua()])))));

    string Quoted() => _bare.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    string Lua() => $"""
        local ns='{Quoted()}' -- this strips the namespace from the path
        local uri=ngx.var.upstream_uri
        local first,last=uri:find(ns,1,true)
        if first then
          uri=uri:sub(1,first-1)..uri:sub(last+1)
          ngx.var.upstream_uri=uri=='' and '/' or uri
        end
        """;
}
