using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>A bad document changes nothing but what is reported.</summary>
public sealed class RefusedReloadTests : IAsyncLifetime
{
    const string Good = """
        _format_version: "3.0"
        services:
        - name: words
          host: 127.0.0.1
          routes:
          - name: words
            paths: [/words]
            plugins: [{ name: request-termination, config: { status_code: 200, message: the first } }]
        """;

    const string Bad = """
        _format_version: "3.0"
        services:
        - name: words
          hots: 127.0.0.1
          port: 70000
          routes:
          - paths: [words]
            plugins:
            - name: request-termination
              config: { status_code: 42 }
            - name: no-such-plugin
        """;

    TestGateway _gateway = null!;
    HttpClient _status = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(Good);
        _status = TestGateway.NewClient(_gateway.Status);
    }

    public async ValueTask DisposeAsync()
    {
        _status.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_bad_document_is_reported_whole_and_the_one_before_serves_on()
    {
        var (hash, kept) = (await _gateway.Node.Snapshots.Current.Hash, _gateway.Node.KeptCount);
        Assert.Contains("weir_config_last_apply_ok 1", await _status.GetStringAsync("/metrics"));
        using var refused = await _status.PostAsync("/config", new StringContent(Bad, Encoding.UTF8, "application/yaml"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problems = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["problems"]!.AsArray();
        foreach (var word in new[] { "hots", "port", "paths", "status_code", "no-such-plugin" })
            Assert.Contains(problems, problem => problem!.ToJsonString().Contains(word, StringComparison.Ordinal) && (int)problem["line"]! > 0);

        Assert.Contains("weir_config_last_apply_ok 0", await _status.GetStringAsync("/metrics"));
        var status = JsonNode.Parse(await _status.GetStringAsync("/status"))!["configuration"]!;
        Assert.Equal((1, false), ((int)status["revision"]!, (bool)status["last_apply_ok"]!));
        Assert.Equal(problems.Count, status["problems"]!.AsArray().Count);
        Assert.Contains("the first", await _gateway.Client.GetStringAsync("/words"));
        Assert.Equal((hash, kept), (await _gateway.Node.Snapshots.Current.Hash, _gateway.Node.KeptCount));

        using var accepted = await _status.PostAsync("/config", new StringContent(Good.Replace("the first", "the second", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
        Assert.Contains("weir_config_last_apply_ok 1", await _status.GetStringAsync("/metrics"));
        Assert.Contains("the second", await _gateway.Client.GetStringAsync("/words"));
    }

    [Fact]
    public async Task A_document_that_cannot_be_built_leaves_nothing_behind()
    {
        await using var gateway = await TestGateway.StartAsync(Good, catalog: [.. Catalog.All, PluginKind.Of<Unbuildable, Unbuildable.Settings>()]);
        var (revision, kept) = (gateway.Node.Snapshots.Current.Revision, gateway.Node.KeptCount);
        for (var i = 0; i < 3; i++)
        {
            var result = await gateway.TryApplyAsync(Good + """

                upstreams: [{ name: other, targets: [{ target: "127.0.0.1:1" }] }]
                plugins: [{ name: unbuildable }]
                """.Replace("    ", "", StringComparison.Ordinal));
            Assert.False(result.Ok);
            Assert.Contains("it will not open", Assert.Single(result.Problems).ToString());
        }
        Assert.Equal((revision, kept), (gateway.Node.Snapshots.Current.Revision, gateway.Node.KeptCount));
        Assert.Contains("the first", await gateway.Client.GetStringAsync("/words"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no: [closing")]
    [InlineData("\u0000\u0001")]
    [InlineData("_format_version: \"9.9\"")]
    [InlineData("[]")]
    public async Task What_is_no_document_is_refused(string text)
    {
        using var answer = await _status.PostAsync("/config", new StringContent(text));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["problems"]!.AsArray());
        Assert.Contains("the first", await _gateway.Client.GetStringAsync("/words"));
    }

    [Fact]
    public async Task Documents_with_the_same_content_have_the_same_hash()
    {
        const string json = """
            {"_format_version": "3.0", "services": [{"host": "127.0.0.1", "name": "words", "routes": [{"name": "words", "paths": ["/words"],
            "plugins": [{"name": "request-termination", "config": {"message": "the first", "status_code": 200}}]}]}]}
            """;
        var hash = await _gateway.Node.Snapshots.Current.Hash;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        await _gateway.ApplyAsync(Good + "\n# a comment\n");
        Assert.Equal(hash, await _gateway.Node.Snapshots.Current.Hash);
        await _gateway.ApplyAsync(json);
        Assert.Equal(hash, await _gateway.Node.Snapshots.Current.Hash);
        (string, string)[] changes = [("the first", "another"), ("/words]", "/other]"), ("127.0.0.1", "127.0.0.2"), ("- name: words\n  host", "- host")];
        foreach (var (before, after) in changes)
        {
            await _gateway.ApplyAsync(Good.Replace(before, after, StringComparison.Ordinal));
            Assert.NotEqual(hash, await _gateway.Node.Snapshots.Current.Hash);
        }
    }
}
