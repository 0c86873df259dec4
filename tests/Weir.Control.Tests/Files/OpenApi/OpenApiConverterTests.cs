using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class OpenApiConverterTests
{
    static readonly string[] Inputs = ["*.yaml", "*.circular-yaml"];

    /// <summary>Every document with what go-apiops makes of it.</summary>
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var input in Inputs.SelectMany(static pattern => Directory.EnumerateFiles(Given.Path("openapi2kong"), pattern)).Order(StringComparer.Ordinal))
            foreach (var expected in Directory.EnumerateFiles(Given.Path("openapi2kong"), Path.GetFileNameWithoutExtension(input) + ".expected*.json"))
                pairs.Add(Path.GetFileName(input), Path.GetFileName(expected));
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Makes_what_deck_makes(string input, string expected)
    {
        var file = Given.File("openapi2kong", input);
        var test = Given.Map(file.Text).Find("x-test-config") as MapNode;
        var options = new OpenApiOptions
        {
            Tags = file.Text.Contains("x-kong-tags:", StringComparison.Ordinal) ? null : ["OAS3_import", "OAS3file_" + input],
            GenerateSecurity = true,
            SkipRouteByHeader = expected.Contains("skip_header", StringComparison.Ordinal),
            AllHeaders = test?.Find("treatAllHeadersAsRequired").IsTrue() == true,
            ReuseServices = test?.Find("reuseServices").IsTrue() == true,
        };
        var made = Given.Clean(report => OpenApiConverter.Convert(file, options, report));
        var wanted = Given.File("openapi2kong", expected).ReadMap(new Report(1))!;
        Given.Same(WithoutIdsOfHeaderRoutes(wanted), WithoutIdsOfHeaderRoutes(made));
    }

    // How go-apiops makes the ids of plugins on routes by header is written down nowhere; ours are made as those of all other plugins.
    static MapNode WithoutIdsOfHeaderRoutes(MapNode root) => (MapNode)Tree.Changed(
        root, SelectorSet.Of("$..routes[?@.headers].plugins[*]").Select(root), static plugin => ((MapNode)plugin).Without("id"));

    [Theory]
    [InlineData("multiple-security-requirements.yaml", "only a single security requirement is supported")]
    [InlineData("unsupported-security-type.yaml", "only security schemes of type 'openIdConnect' are supported")]
    [InlineData("no-paths.yaml", "the document has no paths")]
    public void Refuses_what_cannot_be_expressed(string input, string expected)
    {
        var problem = Assert.Single(Given.Problems(report =>
            OpenApiConverter.Convert(Given.File("openapi2kong", "invalid", input), new OpenApiOptions { GenerateSecurity = true }, report)));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Matches(@"^[a-z-]+\.yaml:[0-9]+:[0-9]+: ", problem);
    }

    [Fact]
    public void Passes_over_security_that_it_is_told_to_ignore() => Given.Clean(report => OpenApiConverter.Convert(
        Given.File("openapi2kong", "invalid", "multiple-security-requirements.yaml"),
        new OpenApiOptions { GenerateSecurity = true, IgnoreSecurityErrors = true }, report));

    [Fact]
    public void Converts_the_annotated_example_with_all_extensions()
    {
        var made = Given.Clean(report => OpenApiConverter.Convert(
            Given.File("openapi2kong", "learnservice_oas.yaml"), new OpenApiOptions { GenerateSecurity = true }, report));
        Assert.Equal(["awesome-learnservice", "awesome-learnservice_tracks"], Texts(made, "$.services[*].name"));
        Assert.Equal(["awesome-learnservice.upstream"], Texts(made, "$.upstreams[*].name"));
        Assert.Equal(["awesome-learnservice.upstream"], Texts(made, "$.services[*].host").Distinct());
        Assert.Equal(["scope1", "scope2", "scope3"], Texts(made, "$..plugins[?@.name == 'openid-connect'].config.scopes_required[*]"));
        Assert.Contains("~/tracks/(?<track_id>[^#?/]+)$", Texts(made, "$..paths[*]"));
    }

    static IReadOnlyList<string> Texts(MapNode root, string selector) =>
        [.. SelectorSet.Of(selector).Select(root).Select(static node => node.Scalar()!).Order(StringComparer.Ordinal)];

    const string Simple = """
        openapi: 3.1.0
        info: {title: "Ünïque  Näme (v2)"}
        security: [{oidc: []}]
        paths:
          /a.b/{some id}/:
            get: {responses: {}}
          /own:
            get: {operationId: getIt, servers: [{url: "http://other:81/x"}], responses: {}}
        components: {securitySchemes: {oidc: {type: openIdConnect, openIdConnectUrl: https://id}}}
        """;

    [Fact]
    public void Makes_names_and_expressions_that_kong_accepts()
    {
        var made = Given.Clean(report => OpenApiConverter.Convert(new FileSource("a.yaml", Simple), new OpenApiOptions(), report));
        Assert.Equal(["unique-name-v2", "unique-name-v2_getit"], Texts(made, "$.services[*].name"));
        Assert.Equal(["unique-name-v2_a-b-some-id~_get", "unique-name-v2_getit"], Texts(made, "$..routes[*].name"));
        Assert.Contains(@"~/a\.b/(?<some_id>[^#?/]+)/$", Texts(made, "$..paths[*]"));
    }

    [Fact]
    public void Protects_services_of_operations_as_the_document_asks()
    {
        var made = Given.Clean(report => OpenApiConverter.Convert(new FileSource("a.yaml", Simple), new OpenApiOptions { GenerateSecurity = true }, report));
        Assert.Equal(["openid-connect", "openid-connect"], Texts(made, "$..plugins[*].name"));
    }

    [Fact]
    public void Makes_names_of_inso_and_no_ids_when_asked()
    {
        var made = Given.Clean(report => OpenApiConverter.Convert(new FileSource("a.yaml", Simple), new OpenApiOptions { InsoCompatible = true }, report));
        Assert.Contains("Unique_Name__v2-getIt", Texts(made, "$..routes[*].name"));
        Assert.Empty(Texts(made, "$..id"));
        made = Given.Clean(report => OpenApiConverter.Convert(new FileSource("a.yaml", Simple), new OpenApiOptions { NoId = true }, report));
        Assert.Empty(Texts(made, "$..id"));
    }

    [Fact]
    public void Reports_every_problem_with_its_place() => Assert.Equal(
        [
            "a.yaml:1:10: openapi: an OpenAPI document of version 3 is expected ('openapi: 3.x.y')",
            "a.yaml:3:17: servers: 'not really' is no URL that begins with a scheme or a slash",
            "a.yaml:4:14: x-kong-name: a text is expected, found a list",
            "a.yaml:5:33: x-kong-service-defaults: references of Kong's extensions must be at '#/components/x-kong/…'",
            "a.yaml:6:25: x-kong-plugin-file-log: a map is expected, found the text \"on\"",
            "a.yaml:9:24: $ref: a reference into this document ('#/…') is expected; references to other files are not followed",
            "a.yaml:11:12: $ref: '#/components/schemas/None' is not in the document",
        ],
        Given.Problems(report => OpenApiConverter.Convert(new FileSource("a.yaml", """
            openapi: 2.0
            info: {title: x}
            servers: [{url: not really}]
            x-kong-name: [a]
            x-kong-service-defaults: {$ref: "#/elsewhere"}
            x-kong-plugin-file-log: "on"
            x-kong-plugin-request-validator: {}
            paths:
              /other: {get: {$ref: other.yaml}}
              /schema: {get: {parameters: [{name: q, in: query, schema:
                {$ref: "#/components/schemas/None"}}]}}
            """), new OpenApiOptions(), report)));

    [Fact]
    public void Refuses_parameters_whose_names_no_expression_can_have() => Assert.Contains("is longer than 31 characters",
        Assert.Single(Given.Problems(report => OpenApiConverter.Convert(new FileSource("a.yaml",
            "openapi: 3.0.3\ninfo: {title: x}\npaths: {'/demo/{something-very-long-that-is-way-beyond-the-32-limit}/': {get: {}}}"),
            new OpenApiOptions(), report))),
        StringComparison.Ordinal);

    [Fact]
    public void Refuses_headers_that_make_routes_without_end()
    {
        var headers = string.Join(", ", Enumerable.Range(0, 10).Select(static i => $"{{in: header, name: h{i}, required: true, schema: {{enum: [a, b, c]}}}}"));
        var file = new FileSource("a.yaml", $"openapi: 3.0.3\ninfo: {{title: x}}\npaths: {{/a: {{get: {{parameters: [{headers}]}}}}}}");
        var problem = Assert.Single(Given.Problems(report => OpenApiConverter.Convert(file, new OpenApiOptions(), report)));
        Assert.Contains("more than 1000 routes", problem, StringComparison.Ordinal);
        Given.Clean(report => OpenApiConverter.Convert(file, new OpenApiOptions { SkipRouteByHeader = true }, report));
    }
}
