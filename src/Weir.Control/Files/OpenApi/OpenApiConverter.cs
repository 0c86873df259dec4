using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// <c>weir file openapi2kong</c>. Servers become services, operations routes; defaults, names and plugins come from <c>x-kong-…</c> of the document, of its
/// paths and of their operations, the inner ones winning. What a path or an operation says about servers or defaults of services makes a service of its own.
/// </summary>
sealed class OpenApiConverter
{
    readonly OpenApiDocument _document;
    readonly OpenApiOptions _options;
    readonly KongNames _names;
    readonly List<string> _tags;
    readonly ServiceBuilder _services;
    readonly RequestValidation _validation;
    readonly OidcSecurity _security;
    readonly Dictionary<string, ServiceDraft> _shared = new(StringComparer.Ordinal);
    readonly List<ServiceDraft> _made = [];
    readonly List<Node> _upstreams = [];
    readonly List<MapNode> _topLevelPlugins = [];

    OpenApiConverter(OpenApiDocument document, OpenApiOptions options)
    {
        (_document, _options) = (document, options);
        _names = new KongNames(options.InsoCompatible, options.NoId);
        _tags = [.. options.Tags ?? document.KongTags(document.Root) ?? []];
        _services = new ServiceBuilder(_names, Tree.Texts(_tags), document.Report);
        _validation = new RequestValidation(document, _names);
        _security = new OidcSecurity(document, options.IgnoreSecurityErrors);
    }

    /// <summary>What holds for a document, a path or an operation.</summary>
    sealed record Level(string Name, MapNode Node, IReadOnlyList<MapNode> Servers, MapNode? Service, MapNode? Upstream, MapNode? Route)
    {
        /// <summary>Whether it says anything about its upstream, or its service, itself.</summary>
        public bool NeedsUpstream { get; init; }

        public bool NeedsService { get; init; }

        public required PluginList Plugins { get; init; }

        public MapNode? Validator { get; init; }

        public ServiceDraft Draft { get; set; } = null!;
    }

    public static MapNode? Convert(FileSource file, OpenApiOptions options, Report report)
    {
        if (file.ReadMap(report) is not { } root) return null;
        var version = root.Find("openapi").Scalar();
        if (version?.StartsWith("3.", StringComparison.Ordinal) != true)
            report.Error((root.Find("openapi") ?? root).Place, "", "openapi", "an OpenAPI document of version 3 is expected ('openapi: 3.x.y')");
        if (root.Find("paths") is not MapNode paths)
        {
            report.Error((root.Find("paths") ?? root).Place, "", "paths", "the document has no paths: name at least one under 'paths'");
            return null;
        }
        var made = new OpenApiConverter(new OpenApiDocument(root, report), options).Convert(paths);
        return report.Errors > 0 || made is null ? null : (MapNode)Tree.Unshared(made);
    }

    MapNode? Convert(MapNode paths)
    {
        if (Document() is not { } document) return null;
        var oidc = _options.GenerateSecurity ? _security.Plugin(document.Node, null) : null;
        document.Plugins.Set(oidc);
        document = document with { Validator = document.Plugins.TakeValidator() };
        document.Draft.Plugins.AddRange(document.Plugins.Place("service", document.Name, _topLevelPlugins));
        foreach (var entry in paths.Entries.Where(static entry => entry.Key.StartsWith('/')).OrderBy(static entry => entry.Key, StringComparer.Ordinal))
            if (_document.Follow(entry.Value) is { } path)
                ConvertPath(entry.Key, path, document, oidc);
        // A document without servers has a service only for the operations that have none either.
        if (document.Servers.Count == 0 && document.Draft.Routes.Count == 0) Drop(document.Draft);
        var plugins = _topLevelPlugins.OrderBy(static plugin =>
            string.Join('\0', ((string[])["name", "service", "route", "consumer"]).Select(plugin.FindText)), StringComparer.Ordinal);
        return Tree.Map(
            (FormatVersion.Key, Tree.Text("3.0")),
            ("services", Tree.List(_made.Select(static draft => draft.Build()))),
            ("upstreams", Tree.List(_upstreams)),
            ("plugins", _topLevelPlugins.Count > 0 ? Tree.List(plugins) : null));
    }

    void Drop(ServiceDraft draft)
    {
        _made.Remove(draft);
        if (draft.Upstream is { } upstream) _upstreams.Remove(upstream);
    }

    Level? Document()
    {
        var root = _document.Root;
        var name = _names.Slug(_options.DocumentName ?? _document.KongName(root) ?? (root.Find("info") as MapNode)?.Find("title").Scalar() ?? "");
        if (name.Length == 0)
        {
            _document.Report.Error(root.Place, "", "info", "a name is missing: give info.title, x-kong-name or --uuid-base");
            return null;
        }
        var level = new Level(name, root, _document.List(root, "servers"),
            _document.Kong(root, "x-kong-service-defaults"), _document.Kong(root, "x-kong-upstream-defaults"), _document.Kong(root, "x-kong-route-defaults"))
        { Plugins = Plugins(root, null, name) };
        level.Draft = Make(level, share: level.Servers.Count > 0);
        if (level.Draft.Upstream is { } upstream) _upstreams.Add(upstream);
        return level;
    }

    /// <summary>A level below another: what it does not say it inherits.</summary>
    Level Below(Level above, MapNode node, string name, PluginList plugins, MapNode? validator)
    {
        var servers = _document.List(node, "servers");
        var service = _document.Kong(node, "x-kong-service-defaults");
        var upstream = _document.Kong(node, "x-kong-upstream-defaults");
        return new Level(name, node, servers.Count > 0 ? servers : above.Servers, service ?? above.Service, upstream ?? above.Upstream,
            _document.Kong(node, "x-kong-route-defaults") ?? above.Route)
        {
            NeedsUpstream = servers.Count > 0 || upstream is not null,
            NeedsService = servers.Count > 0 || upstream is not null || service is not null,
            Plugins = plugins,
            Validator = validator,
        };
    }

    void ConvertPath(string path, MapNode node, Level document, MapNode? oidc)
    {
        var given = _document.KongName(node);
        var name = _names.Join(document.Name, given is null ? _names.OfPath(path) : _names.Slug(given));
        var level = Below(document, node, name, Plugins(node, null, name), null);
        if (level.NeedsService) level = level with { Plugins = Plugins(node, document.Plugins, name) };
        level = level with { Validator = level.Plugins.TakeValidator() ?? document.Validator };
        level.Draft = level.NeedsService ? ServiceOf(level, document, hasPlugins: true) : document.Draft;
        foreach (var method in OpenApiDocument.Methods)
            if (_document.Follow(node.Find(method)) is { } operation)
                ConvertOperation(path, method, operation, level, document, oidc);
    }

    void ConvertOperation(string path, string method, MapNode node, Level above, Level document, MapNode? oidc)
    {
        var name = OperationName(method, node, above, document);
        var level = Below(above, node, name, new PluginList(), null);
        level = level with { Plugins = OperationPlugins(level, above) };
        if (_options.GenerateSecurity)
        {
            var own = _security.Plugin(node, oidc);
            // A service of its own has no plugins: what protects the document's service has to be on the route.
            if (!ReferenceEquals(own, oidc) || level.NeedsService) level.Plugins.Set(own);
        }
        var validator = level.Plugins.TakeValidator() ?? above.Validator;
        if (validator is not null)
            level.Plugins.Set(_validation.Fill(PluginList.Renamed(validator, name, _names), above.Node, node));
        level.Draft = level.NeedsService ? ServiceOf(level, above, hasPlugins: false) : above.Draft;
        AddRoutes(path, method, level, above);
    }

    string OperationName(string method, MapNode node, Level above, Level document)
    {
        if (_document.KongName(node) is { Length: > 0 } given)
            return _names.Join(_options.InsoCompatible ? document.Name : above.Name, _names.Slug(given));
        return node.FindText("operationId") is { Length: > 0 } id
            ? _names.Join(document.Name, _names.Slug(id))
            : _names.Join(above.Name, _names.Slug(method));
    }

    // Of a route: what its service does not have already.
    PluginList OperationPlugins(Level level, Level above)
    {
        if (level.NeedsService) return Plugins(level.Node, Plugins(above.Node, Plugins(_document.Root, null, level.Name), level.Name), level.Name);
        return Plugins(level.Node, above.NeedsService ? null : above.Plugins, level.Name);
    }

    PluginList Plugins(MapNode node, PluginList? inherited, string name) =>
        PluginList.Of(_document, node, inherited, name, _names, Tree.Texts(_tags));

    ServiceDraft ServiceOf(Level level, Level above, bool hasPlugins)
    {
        // A service with plugins of its path alone can be nobody else's.
        var hasOwn = hasPlugins && level.Node.Entries.Any(static entry => entry.Key.StartsWith("x-kong-plugin-", StringComparison.Ordinal));
        var share = _options.ReuseServices && !hasOwn;
        if (share && _shared.TryGetValue(_services.Key(level.Servers, level.Service, level.Upstream), out var known)) return known;
        var draft = Make(level, share);
        if (hasPlugins) draft.Plugins.AddRange(level.Plugins.Place("service", level.Name, _topLevelPlugins));
        if (draft.Upstream is null) return draft;
        if (level.NeedsUpstream) _upstreams.Add(draft.Upstream);
        else draft.Entity = draft.Entity.With("host", above.Draft.Entity.Find("host")!);
        return draft;
    }

    ServiceDraft Make(Level level, bool share)
    {
        var draft = _services.Build(level.Name, level.Servers, level.Service, level.Upstream);
        _made.Add(draft);
        if (share && _options.ReuseServices) _shared.TryAdd(_services.Key(level.Servers, level.Service, level.Upstream), draft);
        return draft;
    }

    void AddRoutes(string path, string method, Level level, Level above)
    {
        var (own, parameters) = (_document.List(level.Node, "parameters"), _document.Parameters(above.Node, level.Node));
        if (RoutePath.Read(path, _names, name => MayBeEmpty(parameters, name)) is not { } converted)
        {
            _document.Report.Error(level.Node.Place, "", path,
                $"a parameter's name is longer than {RoutePath.NameCharsMax} characters, which a route cannot have");
            return;
        }
        var route = (level.Route ?? Tree.Map()).Without("service");
        var priority = converted.HasParameters ? 100 : 200;
        if (route.Find("regex_priority") is ScalarNode given && Scalars.TryInteger(given.Text, out var asked))
            priority = (int)(converted.HasParameters ? asked - 1 : asked);
        route = route
            .With("paths", Tree.Texts([converted.Pattern]))
            .With("methods", Tree.Texts([method.ToUpperInvariant()]))
            .With("tags", Tree.Texts([.. _tags, .. _document.KongTags(level.Node) ?? []]))
            .With("regex_priority", Tree.Number(priority));
        if (route.Find("strip_path") is null) route = route.With("strip_path", Tree.Flag(false));
        var combinations = _options.SkipRouteByHeader
            ? []
            : HeaderRoutes.Combine(_document, [.. own, .. parameters.Except(own)], _options.AllHeaders, level.Node);
        for (var i = 0; i < combinations.Count; i++)
        {
            var name = new StringBuilder(level.Name).Append('_').Append(i).ToString();
            AddRoute(route.With("headers", combinations[i]), name, name, level);
        }
        AddRoute(route, level.Name, level.Name + ".route", level);
    }

    bool MayBeEmpty(IReadOnlyList<MapNode> parameters, string name) => parameters.Any(parameter => parameter.FindText("in") == "path"
        && parameter.FindText("name") == name && _document.Follow(parameter.Find("schema"))?.Find("minLength").Scalar() == "0");

    void AddRoute(MapNode route, string name, string idName, Level level)
    {
        var plugins = level.Plugins.Place("route", name, _topLevelPlugins).Select(plugin => PluginList.Renamed(plugin, name, _names));
        route = route.With("name", Tree.Text(name)).With("plugins", Tree.List(plugins));
        level.Draft.Routes.Add(_names.Id(idName) is { } id ? route.With("id", id) : route);
    }
}
