namespace Weir.Config.Tests;

public sealed class DocumentReaderTests
{
    const string Nested = """
        services:
        - name: orders
          url: http://orders.internal:8080/v1
          plugins:
          - name: sample
            config:
              second: 5
              limit_by: ip
              redis_host: localhost
              allow: [10.0.0.0/8, 10.0.0.0/8, 127.0.0.1]
          routes:
          - name: all
            paths: [/orders]
            plugins:
            - name: strict
              config: {word: hello}
        upstreams:
        - name: pool.internal
          targets:
          - target: 10.0.0.1:80
            weight: 10
        consumers:
        - username: ann
          groups: [{name: gold}]
          keyauth_credentials:
          - key: secret
        consumer_groups:
        - name: gold
        """;

    [Fact]
    public void Reads_a_nested_document()
    {
        var document = Yaml.Read(Nested);
        var service = Assert.Single(document.Services);
        Assert.Equal((ServiceProtocol.Http, "orders.internal", 8080, "/v1", 5), (service.Protocol, service.Host, service.Port, service.Path, service.Retries));
        var route = Assert.Single(document.Routes);
        Assert.Equal(service.Id, route.Service!.Id);
        Assert.Equal([RouteProtocol.Http, RouteProtocol.Https], route.Protocols);
        Assert.Equal(document.Upstreams[0].Id, document.Targets[0].Upstream!.Id);
        Assert.Equal(document.ConsumerGroups[0].Id, Assert.Single(document.Consumers[0].Groups!).Id);
        Assert.Equal(document.Consumers[0].Id, document.KeyAuthCredentials[0].Consumer!.Id);
    }

    [Fact]
    public void Parses_plugin_settings_with_defaults_shorthands_and_sets()
    {
        var document = Yaml.Read(Nested);
        var sample = Assert.IsType<SampleConfig>(document.Plugins[0].Config);
        Assert.Equal((5, SampleIdentity.Ip, "localhost", 6379, 1.5), (sample.Second, sample.LimitBy, sample.Redis.Host, sample.Redis.Port, sample.Factor));
        Assert.Equal(["10.0.0.0/8", "127.0.0.1"], sample.Allow);
        Assert.Equal(["apikey"], sample.KeyNames);
        Assert.Equal(document.Routes[0].Id, document.Plugins[1].Entity.Route!.Id);
    }

    [Fact]
    public void Reads_the_same_document_from_JSON()
    {
        var result = DocumentReader.ReadText("kong.json", """
            {"_format_version": "3.0", "services": [{"name": "a", "host": "a.internal", "routes": [{"paths": ["/"]}]}]}
            """, Samples.Options);
        Assert.Empty(result.Problems);
        Assert.Equal(result.Document!.Services[0].Id, result.Document.Routes[0].Service!.Id);
    }

    [Fact]
    public void Values_of_environment_variables_are_in_no_message()
    {
        var options = Samples.Options with { Environment = name => name == "DECK_PASSWORD" ? "hunter2" : null };
        var problems = Yaml.Problems("""
            services:
            - name: ${{ env "DECK_PASSWORD" }}
              host: ${{ env "DECK_PASSWORD" }}:80
              port: ${{ env "DECK_PASSWORD" }}
              ${{ env "DECK_PASSWORD" }}: 1
            """, options);
        Assert.Equal(3, problems.Length);
        Assert.All(problems, problem => Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal));
        Assert.Contains("service '[masked]': port: expected an integer, found the text \"[masked]\"", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_hold_no_control_characters_and_are_not_endless()
    {
        var problems = Yaml.Problems($$"""
            routes: [{name: "a\e[2Jb", paths: [/]}, {name: "{{new string('/', 100_000)}}", paths: [/]}]
            """);
        Assert.Equal(2, problems.Length);
        Assert.All(problems, problem => Assert.DoesNotContain(problem, char.IsControl));
        Assert.All(problems, problem => Assert.True(problem.Length < 2_000));
    }

    [Fact]
    public void Many_broken_references_among_many_names_take_no_longer_than_many_good_ones()
    {
        var yaml = "services:\n" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"- {{name: service-{i}, host: a.test}}\n"))
            + "routes:\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"- {{name: r{i}, paths: [/], service: servise-{i}}}\n"));
        Assert.Equal(1_001, Yaml.Problems(yaml).Length);
    }

    [Fact]
    public void Reports_every_problem_with_its_place()
    {
        var problems = Yaml.Problems("""
            services:
            - name: orders
              port: 70000
              colour: red
              routes:
              - name: r
                path: [/x]
                protocols: [http, gopher]
            """);
        Assert.Equal(
            [
                "kong.yaml:3:3: service 'orders': host: required field missing",
                "kong.yaml:4:9: service 'orders': port: value should be between 0 and 65535",
                "kong.yaml:5:3: service 'orders': colour: unknown field",
                "kong.yaml:8:5: route 'r' of service 'orders': path: unknown field; did you mean 'paths'?",
                "kong.yaml:9:23: route 'r' of service 'orders': protocols[1]: "
                + "expected one of: http, https, grpc, grpcs, tcp, tls, tls_passthrough, udp, ws, wss; "
                + "found the text \"gopher\"",
            ], problems);
    }
}
