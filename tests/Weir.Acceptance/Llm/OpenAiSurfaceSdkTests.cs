using System.Text.Json.Nodes;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>What the openai package does besides conversations, through the gateway, with usage in the ledger.</summary>
public sealed class OpenAiSurfaceSdkTests : IAsyncLifetime
{
    const string Model = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n";

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System, requiresKey: true);
    readonly SdkProcess _sdk = new("openai-surfaces");
    readonly string _ledger = Directory.CreateTempSubdirectory("weir-ledger").FullName;
    TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        await _mock.StartAsync(CancellationToken.None);
        // Each operation has a model of its own, which the client knows under another name.
        _gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            routes:
            - name: openai
              paths: [/openai]
            plugins:
            - name: ai-proxy
              config:
                max_request_body_size: 1048576
                auth: {header_name: Authorization, header_value: Bearer key-of-the-gateway}
                model: {provider: openai, name: the-real-one, model_alias: m, options: {upstream_url: "{{_mock.Address}}"} }
            """, settings => settings with { UsageLedger = _ledger });
    }

    public async ValueTask DisposeAsync()
    {
        await _sdk.DisposeAsync();
        await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
        Directory.Delete(_ledger, recursive: true);
    }

    [Fact]
    public async Task Embeddings_come_in_the_form_that_the_package_decodes()
    {
        var outcome = await RunAsync("embeddings");
        Assert.Equal([8, 8], outcome["lengths"]!.AsArray().Select(static length => (int)length!));
        Assert.Equal(MockVector.Of("one", 8)[0], (float)outcome["first"]![0]!, 1e-6);
        Assert.Equal((2, 0), Used());
    }

    [Fact]
    public async Task Images_are_made_and_counted()
    {
        Assert.Equal(2, (int)(await RunAsync("images"))["count"]!);
        Assert.Equal((2, 544), Used());
    }

    [Fact]
    public async Task Images_are_edited_with_the_gateways_model()
    {
        Assert.Equal(1, (int)(await RunAsync("image-edit"))["count"]!);
        Assert.Equal((2, 272), Used());
    }

    [Fact]
    public async Task Speech_comes_as_it_is()
    {
        var outcome = await RunAsync("speech");
        Assert.Equal("audio/wav", (string?)outcome["type"]);
        Assert.True((int)outcome["bytes"]! > 1000);
    }

    [Theory]
    [InlineData("transcription")]
    [InlineData("transcription-stream")]
    public async Task Recordings_are_transcribed_and_counted(string scenario)
    {
        var outcome = await RunAsync(scenario);
        Assert.Equal("Heard 15 bytes of hello.wav.", (string?)outcome["text"]);
        Assert.Equal((256, 7), Used());
    }

    [Fact]
    public async Task Recordings_are_translated() => Assert.Equal("Heard 15 bytes of hello.wav.", (string?)(await RunAsync("translation"))["text"]);

    [Fact]
    public async Task Files_and_batches_are_kept_by_the_provider()
    {
        var outcome = await RunAsync("files");
        Assert.Equal(["batch"], outcome["listed"]!.AsArray().Select(static purpose => (string)purpose!));
        Assert.Equal(("jobs.jsonl", "completed"), ((string?)outcome["name"], (string?)outcome["batch"]));
        Assert.Equal("{\"custom_id\":\"1\"}\n", (string?)outcome["content"]);
        Assert.Equal((true, true, 404), ((bool)outcome["input"]!, (bool)outcome["gone"]!, (int)outcome["missing"]!));
    }

    [Fact]
    public async Task Models_are_listed() => Assert.Contains("gpt-4o", (await RunAsync("models"))["models"]!.AsArray().Select(static model => (string?)model));

    [Theory]
    [InlineData(Model + "m\r\n" + Model + "x\r\n--b--\r\n", "stands twice")]
    [InlineData(Model + "m\r\n", "breaks off")]
    [InlineData(Model + "other\r\n--b--\r\n", "must be: m")]
    [InlineData("no form", "no part")]
    public async Task A_form_that_two_could_read_differently_is_refused(string form, string expected)
    {
        using var content = new StringContent(form);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var answer = await _gateway.Client.PostAsync("/openai/v1/audio/transcriptions", content);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    async Task<JsonNode> RunAsync(string scenario)
    {
        var target = new JsonObject { ["baseUrl"] = $"{_gateway.Proxy}openai/v1", ["model"] = "m", ["key"] = "key-of-the-client" };
        var outcome = await _sdk.RunAsync(scenario, target);
        Assert.True(outcome["error"] is null, outcome.ToJsonString());
        return outcome;
    }

    /// <summary>Tokens of the last call in the ledger.</summary>
    (long Input, long Output) Used()
    {
        var record = new UsageReader(_ledger).Read().Last();
        Assert.Equal("the-real-one", record.ModelServed);
        return (record.Tokens.Input, record.Tokens.Output);
    }
}
