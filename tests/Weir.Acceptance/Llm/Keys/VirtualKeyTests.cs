using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>Models behind virtual keys, through the whole gateway.</summary>
public sealed class VirtualKeyTests : IAsyncLifetime
{
    const string Chat = "/v1/chat/completions";
    const string Hello = """{"model":"gpt","messages":[{"role":"user","content":"Hello"}]}""";

    readonly KeyedModels _models = new();
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("authorization", "bearer  ")]
    [InlineData("x-api-key", "")]
    [InlineData("api-key", "")]
    [InlineData("x-goog-api-key", "")]
    public async Task A_key_is_found_wherever_clients_put_it_and_goes_no_further(string header, string scheme)
    {
        IHeaderDictionary? seen = null;
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            seen = new HeaderDictionary(context.Request.Headers.ToDictionary());
            return context.Response.WriteAsJsonAsync(new { choices = Array.Empty<object>() });
        });
        await using var gateway = await TestGateway.StartAsync(_models.Document(provider.Address));
        using var answer = await AskAsync(gateway, Chat, Hello, (header, scheme + _models["search"]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(seen!, static each => each.Value.ToString().Contains("wk_", StringComparison.Ordinal));
        Assert.Equal("Bearer of-the-gateway", seen!.Authorization);
    }

    [Fact]
    public async Task A_key_in_the_query_is_taken_out_of_it_for_upstreams_and_for_logs()
    {
        var log = Path.GetTempFileName();
        try
        {
            await using var gateway = await TestGateway.StartAsync(
                _models.Document(_mock.Address, $"plugins: [{{name: file-log, config: {{path: {log}}}}}]"),
                settings => settings with { AccessLog = Gateway.AccessLogForm.Json, AccessLogQuery = true, AccessLogFile = log + ".access" });
            const string Body = """{"contents":[{"parts":[{"text":"Hello"}]}]}""";
            using var answer = await AskAsync(gateway, $"/v1beta/models/gpt:generateContent?alt=json&key={_models["search"]}&x=1", Body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            string[] files = [log, log + ".access"];
            await Poll.UntilAsync(() => files.All(static file => File.Exists(file) && new FileInfo(file).Length > 0), "both logs are written");
            foreach (var file in files)
            {
                var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
                Assert.DoesNotContain("wk_", text, StringComparison.Ordinal);
                Assert.Contains("key=redacted", text, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(log);
            File.Delete(log + ".access");
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", Hello, "\"code\":\"invalid_api_key\"")]
    [InlineData("/v1/messages", Hello, "\"authentication_error\"")]
    [InlineData("/v1beta/models/gpt:generateContent", "{}", "\"UNAUTHENTICATED\"")]
    [InlineData("/v1beta/models", null, "\"UNAUTHENTICATED\"")]
    [InlineData("/v1/models", null, "\"code\":\"invalid_api_key\"")]
    public async Task Without_a_key_that_counts_everything_is_refused_in_the_clients_dialect(string path, string? body, string expected)
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        string[] bad = ["expired", "revoked", "disabled", "ended", "unknown"];
        foreach (var key in bad.Select(name => _models[name]).Concat(["", "sk-of-a-provider", "wk_"]))
        {
            using var answer = await AskAsync(gateway, path, body, ("x-api-key", key));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains(expected, text, StringComparison.Ordinal);
            Assert.DoesNotContain("claude", text, StringComparison.Ordinal);
            if (key.Length > 3) Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_model_that_the_key_may_not_use_is_told_like_one_that_does_not_exist()
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        var texts = new List<string>();
        foreach (var model in new[] { "claude", "nobody" })
        {
            using var answer = await AskAsync(gateway, Chat, Hello.Replace("gpt", model, StringComparison.Ordinal), ("x-api-key", _models["search"]));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            texts.Add((await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(model, "M", StringComparison.Ordinal));
        }
        Assert.Equal(texts[0], texts[1]);
        using var allowed = await AskAsync(gateway, Chat, Hello.Replace("gpt", "claude", StringComparison.Ordinal), ("x-api-key", _models["all"]));
        Assert.Equal("anthropic/claude-sonnet-4-5", allowed.Headers.GetValues("X-Kong-LLM-Model").Single());
    }

    [Fact]
    public async Task A_request_that_names_no_model_means_the_only_one_that_is_open()
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        const string Unnamed = """{"messages":[{"role":"user","content":"Hello"}]}""";
        using var one = await AskAsync(gateway, Chat, Unnamed, ("x-api-key", _models["search"]));
        using var several = await AskAsync(gateway, Chat, Unnamed, ("x-api-key", _models["all"]));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (one.StatusCode, several.StatusCode));
    }

    [Fact]
    public async Task Only_models_with_the_capability_are_offered_at_its_path()
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        const string Body = """{"model":"gpt","input":"Hello"}""";
        using var has = await AskAsync(gateway, "/v1/embeddings", Body, ("x-api-key", _models["all"]));
        using var lacks = await AskAsync(gateway, "/v1/embeddings", Body.Replace("gpt", "claude", StringComparison.Ordinal), ("x-api-key", _models["all"]));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (has.StatusCode, lacks.StatusCode));
    }

    [Theory]
    [InlineData("/v1/models/gpt", "", 200, "\"id\":\"gpt\",\"object\":\"model\"")]
    [InlineData("/v1/models/gpt", "2023-06-01", 200, "\"display_name\":\"The quick one\"")]
    [InlineData("/v1beta/models/gpt", "", 200, "\"name\":\"models/gpt\"")]
    [InlineData("/v1/models/claude", "", 404, "\"code\":\"model_not_found\"")]
    [InlineData("/v1/models/claude", "2023-06-01", 404, "\"not_found_error\"")]
    [InlineData("/v1beta/models/claude", "", 404, "\"NOT_FOUND\"")]
    public async Task One_model_is_shown_as_the_list_has_it(string path, string anthropicVersion, int status, string expected)
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        using var answer = await AskAsync(gateway, path, null, ("x-api-key", _models["search"]), ("anthropic-version", anthropicVersion));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_pays_is_in_the_ledger_and_never_the_key()
    {
        var folder = Directory.CreateTempSubdirectory("weir-ledger").FullName;
        try
        {
            await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address), settings => settings with { UsageLedger = folder });
            using var answer = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["search"]), ("X-Session", "s-1"));
            var record = Assert.Single(new UsageReader(folder).Read());
            Assert.Equal(("search", "search", "s-1"), (record.Team, record.Key, record.Session));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Groups_of_the_consumer_open_and_close_models()
    {
        const string More = """
            consumer_groups: [{name: gold}]
            consumers: [{username: ann, groups: [{name: gold}]}, {username: bob}]
            """;
        var document = _models.Document(_mock.Address, More)
            .Replace("- {name: all, ", "- {name: all, consumer: ann, ", StringComparison.Ordinal)
            .Replace("  access: {virtual_keys: true}", "  access: {virtual_keys: true, acls: {allow: [gold]}}", StringComparison.Ordinal);
        await using var gateway = await TestGateway.StartAsync(document);
        using var ann = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["all"]));
        using var nobody = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["search"]));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (ann.StatusCode, nobody.StatusCode));
        await gateway.ApplyAsync(document.Replace("allow: [gold]", "deny: [gold]", StringComparison.Ordinal));
        using var denied = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["all"]));
        using var open = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["search"]));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (denied.StatusCode, open.StatusCode));
    }

    [Fact]
    public async Task Plugins_of_a_model_run_for_that_model_only()
    {
        const string More = "plugins: [{name: ai-prompt-guard, model: gpt, config: {deny_patterns: [Hello]}}]";
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address, More));
        using var guarded = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["all"]));
        using var free = await AskAsync(gateway, Chat, Hello.Replace("gpt", "claude", StringComparison.Ordinal), ("x-api-key", _models["all"]));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (guarded.StatusCode, free.StatusCode));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_from_the_next_reload_on()
    {
        await using var gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
        using var before = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["search"]));
        const string Name = "- name: search\n";
        await gateway.ApplyAsync(_models.Document(_mock.Address).Replace(Name, Name + "  revoked_at: 2026-01-01\n", StringComparison.Ordinal));
        using var after = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["search"]));
        using var replaced = await AskAsync(gateway, Chat, Hello, ("x-api-key", _models["old"]));
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode, replaced.StatusCode));
    }

    [Fact]
    public async Task On_routes_of_ai_proxy_a_key_is_held_to_its_models_too()
    {
        var document = _models.Document(_mock.Address, $$"""
            routes:
            - name: plain
              paths: [/plain]
              plugins:
              - {name: virtual-key-auth}
              - name: ai-proxy-advanced
                config:
                  targets:
                  - {model: {provider: openai, name: gpt-4o, model_alias: gpt, options: {upstream_url: "{{_mock.Address}}"} } }
                  - {model: {provider: openai, name: gpt-4o, model_alias: other, options: {upstream_url: "{{_mock.Address}}"} } }
            """);
        await using var gateway = await TestGateway.StartAsync(document);
        const string Path = "/plain/v1/chat/completions";
        using var open = await AskAsync(gateway, Path, Hello, ("x-api-key", _models["search"]));
        using var closed = await AskAsync(gateway, Path, Hello.Replace("gpt", "other", StringComparison.Ordinal), ("x-api-key", _models["search"]));
        using var unnamed = await AskAsync(gateway, Path, """{"messages":[{"role":"user","content":"Hello"}]}""", ("x-api-key", _models["search"]));
        using var all = await AskAsync(gateway, Path, Hello.Replace("gpt", "other", StringComparison.Ordinal), ("x-api-key", _models["all"]));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.OK],
            new[] { open, closed, unnamed, all }.Select(static answer => answer.StatusCode));
    }

    [Fact]
    public async Task A_header_or_a_path_may_name_the_model()
    {
        var document = _models.Document(_mock.Address)
            .Replace("  display_name: The quick one", "  config: {route: {paths: [/h], model: {header_param: X-Model}}}", StringComparison.Ordinal)
            .Replace("  formats: [{type: openai}, {type: anthropic}]\n",
                "  formats: [{type: openai}]\n  config: {route: {paths: ['~/p/(?<m>[^/]+)'], model: {path_param: m}}}\n", StringComparison.Ordinal);
        await using var gateway = await TestGateway.StartAsync(document);
        const string Other = """{"model":"whatever","messages":[{"role":"user","content":"Hello"}]}""";
        using var header = await AskAsync(gateway, "/h/chat/completions", Other, ("x-api-key", _models["all"]), ("X-Model", "gpt"));
        using var without = await AskAsync(gateway, "/h/chat/completions", Hello, ("x-api-key", _models["all"]), ("X-Model", "claude"));
        using var path = await AskAsync(gateway, "/p/claude/chat/completions", Other, ("x-api-key", _models["all"]));
        using var wrong = await AskAsync(gateway, "/p/gpt/chat/completions", Other, ("x-api-key", _models["all"]));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.NotFound],
            new[] { header, without, path, wrong }.Select(static answer => answer.StatusCode));
        Assert.Equal("openai/gpt-4o", header.Headers.GetValues("X-Kong-LLM-Model").Single());
    }

    [Fact]
    public async Task A_body_beyond_the_largest_of_the_models_limits_is_refused()
    {
        var document = _models.Document(_mock.Address)
            .Replace("  display_name: The quick one", "  config: {max_request_body_size: 200}", StringComparison.Ordinal);
        await using var gateway = await TestGateway.StartAsync(document);
        var large = Hello.Replace("Hello", new string('x', 300), StringComparison.Ordinal);
        using var refused = await AskAsync(gateway, Chat, large, ("x-api-key", _models["all"]));
        using var other = await AskAsync(gateway, Chat, large.Replace("gpt", "claude", StringComparison.Ordinal), ("x-api-key", _models["all"]));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.OK), (refused.StatusCode, other.StatusCode));
    }

    static async Task<HttpResponseMessage> AskAsync(TestGateway gateway, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
