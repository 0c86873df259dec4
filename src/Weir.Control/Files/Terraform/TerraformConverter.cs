using Weir.Config;

namespace Weir.Control;

/// <summary><c>weir file kong2tf</c>: entities as resources of Terraform's provider for Konnect.</summary>
sealed class TerraformConverter
{
    static readonly string[] Children =
    [
        "id", "url", "routes", "plugins", "service", "route", "consumer", "consumer_group", "targets", "consumers", "groups", "partials",
        "keyauth_credentials", "basicauth_credentials", "hmacauth_credentials", "jwt_secrets", "acls", "oauth2_credentials", "mtls_auth_credentials",
    ];

    // Kind in files, type of resource, what names it, fields that are secrets.
    static readonly (string Kind, string Type, string Key, string[] Secrets)[] Credentials =
    [
        ("acls", "acl", "group", []),
        ("basicauth_credentials", "basic_auth", "username", ["username", "password"]),
        ("keyauth_credentials", "key_auth", "key", ["key"]),
        ("jwt_secrets", "jwt", "key", ["secret", "key"]),
        ("hmacauth_credentials", "hmac_auth", "username", ["username", "secret"]),
    ];

    static readonly string[] Foreign = ["service", "route", "consumer", "consumer_group"];

    static readonly string[] WithoutResource = ["keys", "key_sets", "rbac_roles", "custom_entities", "filter_chains", "licenses"];

    readonly TerraformWriter _writer;
    readonly Report _report;

    TerraformConverter(TerraformWriter writer, Report report) => (_writer, _report) = (writer, report);

    /// <summary>The resources of a file.</summary>
    /// <param name="root">The file.</param>
    /// <param name="importsFrom">Id of a control plane that has the entities already, to import them; null to make them anew.</param>
    /// <param name="ignoreCredentialChanges">Whether changes of secrets are left to the control plane.</param>
    /// <param name="report">Where problems go.</param>
    public static string? Convert(MapNode root, string? importsFrom, bool ignoreCredentialChanges, Report report)
    {
        FormatVersion.Read(root, static _ => null, report);
        var writer = new TerraformWriter(importsFrom, ignoreCredentialChanges);
        new TerraformConverter(writer, report).Convert(root);
        return report.Errors > 0 ? null : writer.ToString();
    }

    void Convert(MapNode root)
    {
        foreach (var service in root.Find("services").Maps()) Service(service);
        foreach (var route in root.Find("routes").Maps()) Route(route, References(route));
        foreach (var group in root.Find("consumer_groups").Maps()) Group(group);
        foreach (var consumer in root.Find("consumers").Maps()) Consumer(consumer);
        foreach (var upstream in root.Find("upstreams").Maps()) Upstream(upstream);
        foreach (var plugin in root.Find("plugins").Maps()) Plugin(plugin, "", References(plugin));
        foreach (var certificate in root.Find("certificates").Maps()) Certificate(certificate);
        foreach (var certificate in root.Find("ca_certificates").Maps())
            Write("ca_certificate", "ca_cert_" + TerraformWriter.Digest(certificate.FindText("cert") ?? ""), AsBlocks(certificate));
        foreach (var vault in root.Find("vaults").Maps()) Vault(vault);
        foreach (var partial in root.Find("partials").Maps()) Partial(partial);
        foreach (var entry in root.Entries.Where(static entry => WithoutResource.Contains(entry.Key)))
            _report.Warning(entry.KeyPlace, "", entry.Key, "has no resource here and is left out");
    }

    string Write(string type, string name, MapNode entity, params (string, string)[] references) =>
        _writer.Write(type, name, entity.Without(Children), references, entity.Find("id").Scalar());

    void Service(MapNode service)
    {
        var name = Name(service, "name");
        var address = Write("service", name, WithoutUrl(service));
        foreach (var route in service.Find("routes").Maps()) Route(route, [("service", address)]);
        Plugins(service, name, ("service", address));
    }

    void Route(MapNode route, (string, string)[] references)
    {
        var name = Name(route, "name");
        var address = Write("route", name, route, references);
        Plugins(route, name, ("route", address));
    }

    void Group(MapNode group)
    {
        var name = Name(group, "name");
        var address = Write("consumer_group", name, group);
        foreach (var member in group.Find("consumers").Maps())
            _writer.Member(TerraformWriter.Slug(name, Name(member, "username")), TerraformWriter.Address("consumer", Name(member, "username")), address);
        Plugins(group, name, ("consumer_group", address));
    }

    void Consumer(MapNode consumer)
    {
        var name = Name(consumer, "username", "custom_id");
        var address = Write("consumer", name, consumer);
        foreach (var member in consumer.Find("groups").Maps())
            _writer.Member(TerraformWriter.Slug(Name(member, "name"), name), address, TerraformWriter.Address("consumer_group", Name(member, "name")));
        foreach (var (kind, type, key, secrets) in Credentials)
            foreach (var credential in consumer.Find(kind).Maps())
                _writer.Write(type, TerraformWriter.Slug(name, type, credential.Find(key).Scalar() ?? ""), credential.Without(Children),
                    [("consumer_id", address)], credential.Find("id").Scalar(), secrets);
        Plugins(consumer, name, ("consumer", address));
    }

    void Upstream(MapNode upstream)
    {
        var name = "upstream_" + Name(upstream, "name");
        var address = Write("upstream", name, upstream);
        foreach (var target in upstream.Find("targets").Maps())
            Write("target", TerraformWriter.Slug(name, "target", target.FindText("target") ?? ""), target, ("upstream_id", address));
    }

    void Certificate(MapNode certificate)
    {
        var address = Write("certificate", "cert_" + TerraformWriter.Digest(certificate.FindText("cert") ?? ""), AsBlocks(certificate).Without("snis"));
        foreach (var sni in certificate.Find("snis").Maps())
            Write("sni", "sni_" + Name(sni, "name"), sni, ("certificate", address));
    }

    // Certificates and keys stand in blocks, however many lines they have.
    static MapNode AsBlocks(MapNode certificate) => new(certificate.Place, [.. certificate.Entries.Select(static entry =>
        entry.Key is "cert" or "key" or "cert_alt" or "key_alt" && entry.Value is ScalarNode { Kind: ScalarKind.Text } scalar
            ? entry with { Value = Tree.Text(scalar.Text + "\n") }
            : entry)]);

    // Each kind of vault has another config.
    void Vault(MapNode vault) =>
        _writer.Write("vault", Name(vault, "name"), vault.Without(Children), [], vault.Find("id").Scalar(), json: "config");

    void Partial(MapNode partial) => _writer.Write("partial", Name(partial, "name"),
        Tree.Map((TerraformWriter.Slug(partial.FindText("type") ?? ""), partial.Without("id", "type"))), [], partial.Find("id").Scalar());

    void Plugins(MapNode owner, string name, (string, string) reference)
    {
        foreach (var plugin in owner.Find("plugins").Maps()) Plugin(plugin, name, [reference]);
    }

    void Plugin(MapNode plugin, string owner, (string, string)[] references)
    {
        var type = TerraformWriter.Slug(plugin.FindText("name") ?? "");
        var name = string.Join('_', ((string?[])[owner, type, plugin.FindText("instance_name") is { } instance ? TerraformWriter.Slug(instance) : null])
            .Where(static part => !string.IsNullOrEmpty(part)));
        Write("plugin_" + type, name, plugin.Without("name"), references);
    }

    /// <summary>Other entities that an entity of the top level names.</summary>
    static (string, string)[] References(MapNode entity) =>
    [
        .. from foreign in Foreign
           let node = entity.Find(foreign)
           let name = node.Scalar() ?? ((node as MapNode)?.Find("name") ?? (node as MapNode)?.Find("username") ?? (node as MapNode)?.Find("id")).Scalar()
           where name is not null
           select (foreign, TerraformWriter.Address(foreign, TerraformWriter.Slug(name))),
    ];

    string Name(MapNode entity, params string[] keys)
    {
        foreach (var key in keys)
            if (entity.Find(key).Scalar() is { Length: > 0 } name)
                return TerraformWriter.Slug(name);
        if (entity.Find("id").Scalar() is { Length: > 0 } id) return TerraformWriter.Slug("id", id);
        _report.Error(entity.Place, "", keys[0], "the name is missing, which the resource is named by");
        return "";
    }

    MapNode WithoutUrl(MapNode service)
    {
        if (service.Find("url") is not ScalarNode { Kind: ScalarKind.Text } url) return service;
        if (ServerUrl.Read([Tree.Map(("url", url))], _report) is not [{ Scheme: { } scheme } only]) return service;
        return service.Over(Tree.Map(("protocol", Tree.Text(scheme)), ("host", Tree.Text(only.Host)), ("port", Tree.Number(only.PortOrDefault)),
            ("path", only.Path == "/" && !url.Text.EndsWith('/') ? null : Tree.Text(only.Path))));
    }
}
