using Weir.Config;

namespace Weir.Control;

/// <summary>
/// <c>weir file kong2kic</c>: entities as manifests of the Kong Ingress Controller. Routes become Ingresses or HTTPRoutes, services Services of type
/// ExternalName, plugins KongPlugins that are named by annotations, consumers KongConsumers with Secrets.
/// </summary>
sealed class IngressConverter
{
    static readonly (string Kind, string Type, string Key)[] Credentials =
    [
        ("keyauth_credentials", "key-auth", "key"), ("basicauth_credentials", "basic-auth", "username"), ("hmacauth_credentials", "hmac-auth", "username"),
        ("jwt_secrets", "jwt", "key"), ("acls", "acl", "group"), ("oauth2_credentials", "oauth2", "name"),
        ("mtls_auth_credentials", "mtls-auth", "subject_name"),
    ];

    static readonly string[] WithoutManifest = ["upstreams", "vaults", "keys", "key_sets", "ca_certificates", "partials"];

    // Fields of routes and services that are annotations.
    static readonly (string Field, string Annotation)[] RouteAnnotations =
    [
        ("methods", "methods"), ("protocols", "protocols"), ("strip_path", "strip-path"), ("preserve_host", "preserve-host"),
        ("regex_priority", "regex-priority"), ("https_redirect_status_code", "https-redirect-status-code"), ("snis", "snis"), ("tags", "tags"),
        ("request_buffering", "request-buffering"), ("response_buffering", "response-buffering"),
    ];

    static readonly (string Field, string Annotation)[] ServiceAnnotations =
    [
        ("protocol", "protocol"), ("path", "path"), ("connect_timeout", "connect-timeout"), ("read_timeout", "read-timeout"),
        ("write_timeout", "write-timeout"), ("retries", "retries"), ("tags", "tags"), ("tls_verify", "tls-verify"),
    ];

    readonly Manifests _manifests;
    readonly Report _report;
    readonly bool _ingress;
    readonly string _className;

    IngressConverter(string className, bool ingress, Report report) =>
        (_manifests, _className, _ingress, _report) = (new Manifests(className), className, ingress, report);

    /// <summary>The manifests of a file.</summary>
    /// <param name="root">The file, as <see cref="FileRenderer"/> makes it.</param>
    /// <param name="className">The class of ingress, or the Gateway that routes hang on.</param>
    /// <param name="ingress">Ingresses instead of HTTPRoutes.</param>
    /// <param name="report">Where problems go.</param>
    public static IReadOnlyList<MapNode>? Convert(MapNode root, string className, bool ingress, Report report)
    {
        var converter = new IngressConverter(className, ingress, report);
        converter.Convert(root);
        return report.Errors > 0 ? null : converter._manifests.Made;
    }

    void Convert(MapNode root)
    {
        foreach (var service in root.Find("services").Maps()) Service(service);
        foreach (var route in root.Find("routes").Maps())
            _report.Warning(route.Place, $"route '{route.FindText("name")}'", "", "belongs to no service and is left out");
        foreach (var plugin in root.Find("plugins").Maps()) GlobalPlugin(plugin);
        foreach (var consumer in root.Find("consumers").Maps()) Consumer(consumer);
        foreach (var group in root.Find("consumer_groups").Maps())
            _manifests.Add("configuration.konghq.com/v1beta1", "KongConsumerGroup", Manifests.Name(group.FindText("name") ?? ""),
                [("kubernetes.io/ingress.class", _className), .. Plugins(group, group.FindText("name") ?? "")], []);
        foreach (var certificate in root.Find("certificates").Maps()) Certificate(certificate);
        foreach (var entry in root.Entries.Where(static entry => WithoutManifest.Contains(entry.Key)))
            _report.Warning(entry.KeyPlace, "", entry.Key, "has no manifest here and is left out");
    }

    void Service(MapNode service)
    {
        var name = Manifests.Name(service.FindText("name") ?? service.FindText("id") ?? "");
        if (name.Length == 0)
        {
            _report.Error(service.Place, "", "name", "the name is missing, which the manifest is named by");
            return;
        }
        var port = service.Find("port") ?? Tree.Number(service.FindText("protocol") is "https" or "grpcs" ? 443 : 80);
        _manifests.Add("v1", "Service", name, [.. Annotations(service, ServiceAnnotations), .. Plugins(service, name)], [],
            ("spec", Tree.Map(
                ("type", Tree.Text("ExternalName")),
                ("externalName", Tree.Text(service.FindText("host") ?? "")),
                ("ports", Tree.List(Tree.Map(("port", port), ("protocol", Tree.Text("TCP")), ("targetPort", port)))))));
        foreach (var route in service.Find("routes").Maps()) Route(route, name, port);
    }

    void Route(MapNode route, string service, Node port)
    {
        var name = Manifests.Name(service, route.FindText("name") ?? route.FindText("id") ?? "route");
        IReadOnlyList<string> hosts = [.. route.Find("hosts").Strings()];
        IReadOnlyList<string> paths = [.. route.Find("paths").Strings()];
        if (paths.Count == 0) paths = ["/"];
        var annotations = Annotations(route, RouteAnnotations).Concat(Headers(route)).Concat(Plugins(route, name));
        if (_ingress)
        {
            var backend = Tree.Map(("service", Tree.Map(("name", Tree.Text(service)), ("port", Tree.Map(("number", port))))));
            var http = Tree.Map(("paths", Tree.List(paths.Select(path => Tree.Map(
                ("path", Tree.Text(path.StartsWith('~') ? "/" + path : path)), ("pathType", Tree.Text("ImplementationSpecific")), ("backend", backend))))));
            var rules = hosts.Count > 0
                ? hosts.Select(host => Tree.Map(("host", Tree.Text(host)), ("http", http)))
                : [Tree.Map(("http", http))];
            _manifests.Add("networking.k8s.io/v1", "Ingress", name, annotations, [],
                ("spec", Tree.Map(("ingressClassName", Tree.Text(_className)), ("rules", Tree.List(rules)))));
            return;
        }
        // Methods and headers are matched by the resource itself.
        var kept = annotations.Where(static pair =>
            !pair.Key.EndsWith("/methods", StringComparison.Ordinal) && !pair.Key.Contains("/headers.", StringComparison.Ordinal));
        _manifests.Add("gateway.networking.k8s.io/v1", "HTTPRoute", name, kept, [], ("spec", Tree.Map(
            ("parentRefs", Tree.List(Tree.Map(("name", Tree.Text(_className))))),
            ("hostnames", hosts.Count > 0 ? Tree.Texts(hosts) : null),
            ("rules", Tree.List(Tree.Map(
                ("matches", Tree.List(Matches(route, paths))),
                ("backendRefs", Tree.List(Tree.Map(("name", Tree.Text(service)), ("kind", Tree.Text("Service")), ("port", port))))))))));
    }

    static IEnumerable<Node> Matches(MapNode route, IReadOnlyList<string> paths)
    {
        List<string?> methods = [.. route.Find("methods").Strings()];
        if (methods.Count == 0) methods.Add(null);
        var headers = (route.Find("headers") as MapNode)?.Entries.Select(static entry => Tree.Map(
            ("name", Tree.Text(entry.Key)), ("value", Tree.Text(string.Join(',', entry.Value.Strings()))))).ToList() ?? [];
        foreach (var path in paths)
            foreach (var method in methods)
                yield return Tree.Map(
                    ("path", Tree.Map(
                        ("type", Tree.Text(path.StartsWith('~') ? "RegularExpression" : "PathPrefix")),
                        ("value", Tree.Text(path.TrimStart('~'))))),
                    ("method", method is null ? null : Tree.Text(method)),
                    ("headers", headers.Count > 0 ? Tree.List(headers) : null));
    }

    static IEnumerable<(string Key, string Value)> Headers(MapNode route) => (route.Find("headers") as MapNode)?.Entries
        .Select(static entry => (Manifests.Annotation + "headers." + entry.Key, string.Join(',', entry.Value.Strings()))) ?? [];

    static IEnumerable<(string Key, string Value)> Annotations(MapNode entity, (string Field, string Annotation)[] fields)
    {
        foreach (var (field, annotation) in fields)
        {
            var value = entity.Find(field) is ListNode list ? string.Join(',', list.Items.Select(static item => item.Scalar())) : entity.Find(field).Scalar();
            if (value is not null) yield return (Manifests.Annotation + annotation, value);
        }
    }

    /// <summary>The plugins of an entity, and the annotation that names them.</summary>
    IEnumerable<(string Key, string Value)> Plugins(MapNode owner, string name)
    {
        var names = new List<string>();
        foreach (var plugin in owner.Find("plugins").Maps())
        {
            var own = Manifests.Name(name, plugin.FindText("instance_name") ?? plugin.FindText("name") ?? "");
            names.Add(own);
            Plugin("KongPlugin", own, plugin, []);
        }
        return names.Count > 0 ? [(Manifests.Annotation + "plugins", string.Join(',', names))] : [];
    }

    void GlobalPlugin(MapNode plugin)
    {
        if (((string[])["service", "route", "consumer", "consumer_group"]).Any(key => !plugin.Find(key).IsNull()))
            _report.Warning(plugin.Place, $"plugin '{plugin.FindText("name")}'", "", "belongs to entities that are not here, or to several, and is left out");
        else
            Plugin("KongClusterPlugin", Manifests.Name(plugin.FindText("instance_name") ?? plugin.FindText("name") ?? ""), plugin, [("global", "true")]);
    }

    void Plugin(string kind, string name, MapNode plugin, (string, string)[] labels) => _manifests.Add(Manifests.KongApi, kind, name, [], labels,
        ("plugin", plugin.Find("name")),
        ("config", plugin.Find("config")),
        ("protocols", plugin.Find("protocols")),
        ("instanceName", plugin.Find("instance_name")),
        ("ordering", plugin.Find("ordering")),
        ("run_on", plugin.Find("run_on")),
        ("disabled", plugin.Find("enabled") is ScalarNode { Kind: ScalarKind.Boolean, Text: "false" } ? Tree.Flag(true) : null));

    void Consumer(MapNode consumer)
    {
        var name = Manifests.Name(consumer.FindText("username") ?? consumer.FindText("custom_id") ?? consumer.FindText("id") ?? "");
        var secrets = new List<string>();
        foreach (var (kind, type, key) in Credentials)
            foreach (var credential in consumer.Find(kind).Maps())
            {
                var own = Manifests.Name(type, name, credential.Find(key).Scalar() ?? "");
                secrets.Add(own);
                var values = credential.Entries.Where(static entry => entry.Key is not ("id" or "tags") && entry.Value.Scalar() is not null)
                    .Select(static entry => (entry.Key, (Node?)Tree.Text(entry.Value.Scalar()!)));
                _manifests.Add("v1", "Secret", own, [], [("konghq.com/credential", type)], ("stringData", Tree.Map(values)));
            }
        IEnumerable<string> groups = consumer.Find("groups").Maps().Select(static group => Manifests.Name(group.FindText("name") ?? ""));
        _manifests.Add(Manifests.KongApi, "KongConsumer", name, [.. Annotations(consumer, [("tags", "tags")]), .. Plugins(consumer, name)], [],
            ("username", consumer.Find("username")),
            ("custom_id", consumer.Find("custom_id")),
            ("credentials", secrets.Count > 0 ? Tree.Texts(secrets) : null),
            ("consumerGroups", groups.Any() ? Tree.Texts(groups) : null));
    }

    void Certificate(MapNode certificate) => _manifests.Add("v1", "Secret",
        Manifests.Name("cert", certificate.Find("id").Scalar() ?? TerraformWriter.Digest(certificate.FindText("cert") ?? "")), [], [],
        ("type", Tree.Text("kubernetes.io/tls")),
        ("stringData", Tree.Map(("tls.crt", certificate.Find("cert")), ("tls.key", certificate.Find("key")))));
}
