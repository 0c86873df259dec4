using System.Security.Cryptography;
using System.Text;

namespace Weir.Config;

/// <summary>The models that share a base of paths and everything else by which requests are told apart: the request's own model chooses among them.</summary>
/// <param name="base">The base.</param>
/// <param name="place">Where the base stands in the file.</param>
/// <param name="route">The route of the first of the models; those of the others say the same.</param>
sealed class ModelGroup(string @base, Place place, MapNode? route)
{
    /// <summary>What of a model's route is a route's, as it stands in the file.</summary>
    static readonly string[] s_routeFields = ["hosts", "headers", "protocols", "https_redirect_status_code", "regex_priority", "tags"];

    readonly List<(MapNode Node, string Name, string Asked)> _models = [];

    /// <summary>What groups are told apart by.</summary>
    public static string KeyOf(string @base, MapNode? route)
    {
        var other = route?.Without("paths", "strip_path", "preserve_host", "request_buffering", "response_buffering");
        if (other?.Map("model") is { } model) other = other.With("model", model.Without("values", "path_aliases"));
        return @base + "\n" + (other is null || other.Entries.Count == 0 ? "" : Encoding.UTF8.GetString(NodeJson.Bytes(other)));
    }

    /// <summary>Adds a model; the name of the one that is asked for by the same name, or null.</summary>
    public string? Add(MapNode node, string name, string asked)
    {
        var same = _models.Find(model => model.Asked == asked).Name;
        if (same is null) _models.Add((node, name, asked));
        return same;
    }

    /// <summary>The routes, and the plugins that stand on them.</summary>
    public void Expand(HashSet<string> names, List<Node> routes, List<Node> plugins)
    {
        var stem = Stem();
        foreach (var format in _models.SelectMany(static model => Formats(model.Node)).Distinct().ToList())
        {
            foreach (var capability in _models.SelectMany(static model => Capabilities(model.Node)).Distinct().Where(each => ModelPaths.Has(format, each)))
            {
                var served = _models.Where(model => Formats(model.Node).Contains(format) && Capabilities(model.Node).Contains(capability)).ToList();
                if (served.Count == 0) continue;
                var (paths, methods) = ModelPaths.Of(format, capability, @base);
                Add($"{stem}-{format}-{capability.Replace('/', '-')}", paths, methods, served);
            }
        }
        var listed = _models.Where(static model => model.Node.FindText("type") != "api").ToList();
        var lists = ModelPaths.Lists(listed.SelectMany(static model => Formats(model.Node)).Distinct().ToList(), @base);
        if (lists.Count > 0) Add(stem + "-list", lists, ["GET"], listed);

        void Add(string name, IReadOnlyList<string> paths, string[]? methods, List<(MapNode Node, string Name, string Asked)> served)
        {
            for (var (stem, number) = (name, 2); !names.Add(name); number++) name = $"{stem}-{number}";
            routes.Add(Route(name, paths, methods));
            if (served.Exists(static model => NeedsKey(model.Node))) plugins.Add(KeyPlugin(name, served));
            plugins.Add(Selector(name, served));
        }
    }

    static bool NeedsKey(MapNode model) => model.Map("access").Flag("virtual_keys") == true;

    public static IReadOnlyList<string> Formats(MapNode model)
    {
        if (model.At("formats") is not ListNode) return ["openai"];
        return [.. model.Maps("formats").Select(static format => format.FindText("type") ?? "openai").Distinct()];
    }

    public static IReadOnlyList<string> Capabilities(MapNode model) =>
        model.At("capabilities") is ListNode ? model.Texts("capabilities") : model.FindText("type") == "api" ? [] : ["generate"];

    MapNode Route(string name, IReadOnlyList<string> paths, string[]? methods)
    {
        var made = new MapMaker(place).Add("name", name).Add("paths", paths);
        if (route.At("methods") is { } own) made.Add("methods", own);
        else if (methods is not null) made.Add("methods", methods);
        foreach (var field in s_routeFields) made.Add(field, route.At(field));
        return made.Add("strip_path", false).ToNode();
    }

    MapNode KeyPlugin(string routeName, List<(MapNode Node, string Name, string Asked)> served)
    {
        var isForAll = served.TrueForAll(static model => NeedsKey(model.Node));
        return new MapMaker(place).Add("name", "virtual-key-auth").Add("route", routeName)
            .Add("config", new MapMaker(place).Add("required", isForAll).ToNode()).ToNode();
    }

    MapNode Selector(string routeName, List<(MapNode Node, string Name, string Asked)> served)
    {
        var config = new MapMaker(place);
        var named = route.Map("model");
        if (named.At("header_param") is { } header) config.Add("source", "header").Add("header_name", header);
        else if (named.At("path_param") is { } path) config.Add("source", "path").Add("path_param", path);
        else config.Add("source", "body").Add("body_path", named.At("body_param") ?? MapMaker.Text(place, "model"));
        config.Add("max_request_body_size", Largest(served)).Add("models", served.Select(static model => model.Name));
        return new MapMaker(place).Add("name", "ai-model-selector").Add("route", routeName).Add("config", config.ToNode()).ToNode();
    }

    // 0 stands for the longest that can be.
    static Node? Largest(List<(MapNode Node, string Name, string Asked)> served)
    {
        ScalarNode? largest = null;
        long most = -1;
        foreach (var (node, _, _) in served)
        {
            var size = node.Map("config").At("max_request_body_size") as ScalarNode ?? new ScalarNode(node.Place, ScalarKind.Integer, "8388608");
            if (!Scalars.TryInteger(size.Text, out var bytes) || bytes < 0) continue;
            if (bytes == 0) bytes = long.MaxValue;
            if (bytes > most) (largest, most) = (size, bytes);
        }
        return largest;
    }

    string Stem()
    {
        var stem = new StringBuilder("models");
        var isDash = false;
        foreach (var c in @base)
        {
            var isKept = char.IsAsciiLetterOrDigit(c);
            if (isKept && (isDash || stem.Length == "models".Length)) stem.Append('-');
            if (isKept) stem.Append(c);
            isDash = !isKept;
        }
        var key = KeyOf(@base, route);
        var rest = key[(key.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        const int shownDigits = 8;
        return rest.Length == 0 ? stem.ToString() : $"{stem}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rest)))[..shownDigits]}";
    }
}
