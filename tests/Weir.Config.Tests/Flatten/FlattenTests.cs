namespace Weir.Config.Tests;

public sealed class FlattenTests
{
    [Fact]
    public void Nested_and_flat_forms_give_the_same_document()
    {
        var nested = Yaml.Read("""
            services:
            - name: a
              host: a.test
              routes:
              - name: r
                paths: [/]
                plugins: [{name: sample}]
            upstreams: [{name: u.test, targets: [{target: "10.0.0.1:80"}]}]
            consumers: [{username: ann, groups: [{name: g}], acls: [{group: x}], basicauth_credentials: [{username: ann, password: p}]}]
            consumer_groups: [{name: g, plugins: [{name: sample}]}]
            key_sets: [{name: s, keys: [{name: k, kid: k, jwk: '{"kty":"oct","kid":"k","k":"AA"}'}]}]
            """);
        var flat = Yaml.Read("""
            services: [{name: a, host: a.test}]
            routes: [{name: r, paths: [/], service: a}]
            plugins: [{name: sample, route: {name: r}}, {name: sample, consumer_group: g}]
            upstreams: [{name: u.test}]
            targets: [{target: "10.0.0.1:80", upstream: u.test}]
            consumers: [{username: ann}]
            consumer_groups: [{name: g}]
            consumer_group_consumers: [{consumer: ann, consumer_group: g}]
            acls: [{group: x, consumer: ann}]
            basicauth_credentials: [{username: ann, password: p, consumer: {username: ann}}]
            key_sets: [{name: s}]
            keys: [{name: k, kid: k, jwk: '{"kty":"oct","kid":"k","k":"AA"}', set: {name: s}}]
            """);
        Assert.Equal(nested.Routes[0].Service, flat.Routes[0].Service);
        Assert.Equal(nested.Targets[0].Id, flat.Targets[0].Id);
        Assert.Equal(nested.Plugins.Select(plugin => plugin.Entity.Id).Order(), flat.Plugins.Select(plugin => plugin.Entity.Id).Order());
        Assert.Equal(nested.Consumers[0].Groups, flat.Consumers[0].Groups);
        Assert.Equal(nested.BasicAuthCredentials[0], flat.BasicAuthCredentials[0]);
        Assert.Equal(nested.Acls[0].Consumer, flat.Acls[0].Consumer);
        Assert.Equal(nested.Keys[0], flat.Keys[0]);
    }

    [Theory]
    [InlineData("svc")]
    [InlineData("{name: svc}")]
    [InlineData("{id: 58076db2-28b6-423b-ba39-a797193017f7}")]
    [InlineData("58076db2-28b6-423b-ba39-a797193017f7")]
    [InlineData("{id: 58076db2-28b6-423b-ba39-a797193017f7, name: svc}")]
    public void A_reference_may_be_an_id_or_a_name_plain_or_in_a_map(string reference)
    {
        var document = Yaml.Read($$"""
            services: [{name: svc, id: 58076db2-28b6-423b-ba39-a797193017f7, host: a.test}]
            routes: [{name: r, paths: [/], service: {{reference}}}]
            """);
        Assert.Equal(new Reference { Id = "58076db2-28b6-423b-ba39-a797193017f7", Name = "svc" }, document.Routes[0].Service);
    }

    [Theory]
    [InlineData("services: [{name: orders, host: a.test}]\nroutes: [{name: r, paths: [/], service: order}]",
        "kong.yaml:3:41: route 'r': service: there is no service 'order' in this document; did you mean 'orders'?")]
    [InlineData("routes: [{name: r, paths: [/], service: [a]}]", "kong.yaml:2:41: route 'r': service: a reference by id or name is expected, found a list")]
    [InlineData("routes: [{name: r, paths: [/], service: {}}]", "kong.yaml:2:41: route 'r': service: a reference by id or name is expected")]
    [InlineData("consumers: [{username: a, groups: [gold]}]", "kong.yaml:2:36: consumer 'a': groups: there is no consumer_group 'gold' in this document")]
    [InlineData("consumer_groups: [{name: g, consumers: [{username: b}]}]",
        "kong.yaml:2:41: consumer_group 'g': consumers: there is no consumer 'b' in this document")]
    [InlineData("acls: [{group: g, consumer: nobody}]", "kong.yaml:2:29: acl 'g': consumer: there is no consumer 'nobody' in this document")]
    [InlineData("services: [{name: a, host: b.test, protocol: https, client_certificate: {id: 58076db2-28b6-423b-ba39-a797193017f7}}]",
        "kong.yaml:2:73: service 'a': client_certificate: there is no certificate '58076db2-28b6-423b-ba39-a797193017f7' in this document")]
    [InlineData("services: [{name: a, host: b.test, protocol: https, ca_certificates: [58076db2-28b6-423b-ba39-a797193017f7]}]",
        "kong.yaml:2:71: service 'a': ca_certificates[0]: there is no ca_certificate '58076db2-28b6-423b-ba39-a797193017f7' in this document")]
    public void Reports_a_reference_that_leads_nowhere_once(string yaml, string expected) => Assert.Equal(expected, Yaml.Problem(yaml));

    [Fact]
    public void A_consumer_may_be_referred_to_by_custom_id_in_a_group()
    {
        var document = Yaml.Read("consumers: [{custom_id: c7}]\nconsumer_groups: [{name: g, consumers: [{custom_id: c7}]}]");
        Assert.Equal(document.ConsumerGroups[0].Id, Assert.Single(document.Consumers[0].Groups!).Id);
    }

    [Theory]
    [InlineData("http://a.test", "Http", "a.test", 80, null)]
    [InlineData("https://a.test", "Https", "a.test", 443, null)]
    [InlineData("https://a.test/", "Https", "a.test", 443, "/")]
    [InlineData("http://a.test:8080/x/y?q=1", "Http", "a.test", 8080, "/x/y")]
    [InlineData("grpc://a.test:50051", "Grpc", "a.test", 50051, null)]
    [InlineData("tcp://10.0.0.1:5432", "Tcp", "10.0.0.1", 5432, null)]
    [InlineData("http://[::1]:9000/p", "Http", "::1", 9000, "/p")]
    [InlineData("wss://my_service", "Wss", "my_service", 443, null)]
    public void A_service_may_be_given_as_a_url(string url, string protocol, string host, int port, string? path)
    {
        var service = Yaml.Read($"services: [{{name: a, url: '{url}', host: ignored.test}}]").Services[0];
        Assert.Equal((protocol, host, port, path), (service.Protocol.ToString(), service.Host, service.Port, service.Path));
    }

    [Theory]
    [InlineData("a.test")]
    [InlineData("ftp://a.test")]
    [InlineData("http://")]
    [InlineData("http://a.test:99999")]
    [InlineData("http://user@a.test")]
    [InlineData("7")]
    public void A_bad_url_is_reported(string url) =>
        Assert.Contains(
            "service 'a': url: expected a URL such as http://host:8080/path",
            Yaml.Problem($"services: [{{name: a, url: {url}}}]"),
            StringComparison.Ordinal);

    [Fact]
    public void Ids_stay_the_same_over_reloads_and_differ_between_entities()
    {
        const string yaml = """
            services: [{name: a, host: a.test, routes: [{paths: [/x]}, {paths: [/y]}, {paths: [/x]}]}]
            plugins: [{name: sample}, {name: sample, service: a}]
            """;
        var (first, second) = (Yaml.Read(yaml), Yaml.Read(yaml));
        Assert.Equal(first.Routes.Select(route => route.Id), second.Routes.Select(route => route.Id));
        Assert.Equal(first.Plugins.Select(plugin => plugin.Entity.Id), second.Plugins.Select(plugin => plugin.Entity.Id));
        var ids = first.Routes.Select(route => route.Id).Concat(first.Plugins.Select(plugin => plugin.Entity.Id)).Append(first.Services[0].Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(TextFormats.IsUuid(id!)));
        Assert.All(ids, id => Assert.Equal('5', id![14]));
    }

    [Theory]
    [InlineData("services: [{name: a, host: a.test}, {name: a, host: b.test}]",
        "service 'a': name: must be unique, but service 'a' at kong.yaml:2:12 has 'a' too")]
    [InlineData("consumers: [{username: a}, {username: a}]", "consumer 'a': username: must be unique")]
    [InlineData("consumers: [{custom_id: a}, {custom_id: a}]", "consumer 'a': custom_id: must be unique")]
    [InlineData("upstreams: [{name: u, targets: [{target: a.test}, {target: 'a.test:8000'}]}]",
        "target: must be unique in its upstream, but 'a.test:8000' stands at")]
    [InlineData("plugins: [{name: sample}, {name: sample}]", "only one instance of a plugin may be attached to the same place")]
    [InlineData("plugins: [{name: sample, instance_name: x}, {name: strict, instance_name: x, config: {word: a}}]", "instance_name: must be unique")]
    [InlineData("consumers: [{username: a, acls: [{group: g}, {group: g}]}]", "acl 'g' of consumer 'a': group: must be unique for a consumer")]
    [InlineData("services: [{name: a, id: 58076db2-28b6-423b-ba39-a797193017f7, host: a.test}, "
        + "{name: b, id: 58076db2-28b6-423b-ba39-a797193017f7, host: a.test}]",
        "service 'b': id: the id 58076db2-28b6-423b-ba39-a797193017f7 is already that of service 'a'")]
    public void Reports_duplicates(string yaml, string message) => Assert.Contains(message, Yaml.Problem(yaml), StringComparison.Ordinal);

    [Fact]
    public void A_repeated_API_key_is_reported_without_being_shown()
    {
        var problem = Yaml.Problem("""
            consumers:
            - {username: a, keyauth_credentials: [{key: topsecret}]}
            - {username: b, keyauth_credentials: [{key: topsecret}]}
            """);
        Assert.Contains("key: must be unique", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("algorithm: least-connections, hash_on: none", "LeastConnections", "None")]
    [InlineData("algorithm: consistent-hashing, hash_on: none", "RoundRobin", "None")]
    [InlineData("hash_on: ip", "ConsistentHashing", "Ip")]
    [InlineData("algorithm: round-robin, hash_on: consumer", "ConsistentHashing", "Consumer")]
    [InlineData("algorithm: latency, hash_on: ip", "Latency", "None")]
    [InlineData("algorithm: consistent-hashing", "ConsistentHashing", "None")]
    [InlineData("slots: 100", "RoundRobin", "None")]
    public void Algorithm_and_hash_on_decide_together(string fields, string algorithm, string hashOn)
    {
        var upstream = Yaml.Read($"upstreams: [{{name: u, {fields}}}]").Upstreams[0];
        Assert.Equal((algorithm, hashOn), (upstream.Algorithm.ToString(), upstream.HashOn.ToString()));
    }

    [Fact]
    public void Names_of_a_certificate_may_be_texts_or_records()
    {
        var document = Yaml.Read($$"""
            certificates:
            - cert: {{Certificates.Block(Certificates.Rsa.Cert, 4)}}
              key: {{Certificates.Block(Certificates.Rsa.Key, 4)}}
              snis: [a.test, {name: "*.b.test"}]
            """);
        Assert.Equal(["a.test", "*.b.test"], document.Snis.Select(sni => sni.Name));
        Assert.All(document.Snis, sni => Assert.Equal(document.Certificates[0].Id, sni.Certificate!.Id));
    }

    [Theory]
    [InlineData("rbac_roles: [{name: a}]", "kong.yaml:2:1: rbac_roles: Weir does not support rbac roles yet")]
    [InlineData("licenses: [{payload: a}]", "kong.yaml:2:1: licenses: Weir does not support licenses yet")]
    [InlineData("consumers: [{username: a, oauth2_credentials: [{name: x}]}]",
        "kong.yaml:2:27: consumer 'a': oauth2_credentials: Weir does not support oauth2 credentials yet")]
    [InlineData("services: [{name: a, host: a.test, filter_chains: [{name: x}]}]",
        "kong.yaml:2:36: service 'a': filter_chains: Weir does not support filter chains yet")]
    [InlineData("service: []", "kong.yaml:2:1: service: unknown field; did you mean 'services'?")]
    [InlineData("services: {}", "kong.yaml:2:11: services: expected an array, found a map")]
    [InlineData("services: [a]", "kong.yaml:2:12: services[0]: expected a record, found the text \"a\"")]
    [InlineData("services: [{name: a, host: b.test, routes: 5}]", "kong.yaml:2:44: service 'a': routes: expected an array, found the number 5")]
    public void The_top_level_is_a_closed_set(string yaml, string expected) => Assert.Equal(expected, Yaml.Problem(yaml));

    [Fact]
    public void Empty_lists_of_what_is_not_supported_are_no_problem() =>
        Assert.NotNull(Yaml.Read("""
            rbac_roles: []
            licenses: null
            _comment: x
            _ignore: [y]
            services: [{name: a, host: a.test, _comment: z, filter_chains: []}]
            """));
}
