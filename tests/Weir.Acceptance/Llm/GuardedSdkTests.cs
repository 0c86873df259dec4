using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>Official clients behind a guard that looks at what models say: what it takes out, and what it ends.</summary>
public abstract class GuardedSdkTests(GuardedSdkTests.Rig redacting, GuardedSdkTests.Rig blocking)
{
    const string Redacting = """
        plugins:
        - name: ai-text-guard
          config:
            rules:
            - {pattern: "\\bweir\\b", replacement: "[R]", apply_to: response}
            - {find: api_key}

        """;

    const string Blocking = """
        plugins:
        - name: ai-text-guard
          config:
            rules: [{pattern: "\\bweir\\b", action: block, apply_to: response}]

        """;

    public abstract class Rig : SdkRig
    {
        private protected Rig(string module, bool isBlocking, params SdkTarget[] targets)
            : base(module, new SdkWords { Length = "", Tools = "", Errors = SdkWords.PlainErrors }, targets, isBlocking ? Blocking : Redacting) { }
    }

    private protected static SdkTarget[] Through(SdkTarget direct, params SdkProvider[] providers) => [.. providers.Select(direct.Through)];

    private protected static TheoryData<string> Names(params SdkTarget[] targets) => [.. targets.Select(static target => target.Name)];

    protected async Task RedactsAsync(string target)
    {
        foreach (var scenario in new[] { "plain", "stream" })
        {
            var outcome = await redacting.RunAsync(target, scenario);
            Assert.True((string?)outcome["text"] == "You said: Hello there, [R].", outcome.ToJsonString());
        }
        var called = await redacting.RunAsync(target, "parallel-tools-stream");
        Assert.True(called["calls"]!.AsArray().Select(static call => (string?)call!["name"]).SequenceEqual(["get_weather", "get_time"]), called.ToJsonString());
    }

    protected async Task BlocksAsync(string target)
    {
        foreach (var scenario in new[] { "plain", "stream" }) Failed(await blocking.RunAsync(target, scenario));
    }

    static void Failed(JsonNode outcome)
    {
        Assert.True(outcome["error"] is not null, outcome.ToJsonString());
        Assert.DoesNotContain("weir", (string?)outcome["text"] ?? "", StringComparison.Ordinal);
    }
}

/// <summary>The openai package.</summary>
public sealed class GuardedOpenAiSdkTests(GuardedOpenAiSdkTests.Redacting redacting, GuardedOpenAiSdkTests.Blocking blocking)
    : GuardedSdkTests(redacting, blocking), IClassFixture<GuardedOpenAiSdkTests.Redacting>, IClassFixture<GuardedOpenAiSdkTests.Blocking>
{
    static readonly SdkTarget[] s_targets =
    [
        .. Through(new SdkTarget("chat", "/v1", "gpt-5"), SdkProvider.OpenAi, SdkProvider.Anthropic, SdkProvider.Gemini),
        .. Through(new SdkTarget("responses", "/v1", "gpt-5") { Surface = "responses" }, SdkProvider.OpenAi, SdkProvider.Bedrock),
    ];

    public sealed class Redacting() : Rig("openai", isBlocking: false, s_targets);

    public sealed class Blocking() : Rig("openai", isBlocking: true, s_targets);

    public static TheoryData<string> Targets => Names(s_targets);

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Reads_what_was_redacted(string target) => RedactsAsync(target);

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Is_told_of_what_was_ended(string target) => BlocksAsync(target);
}

/// <summary>The @anthropic-ai/sdk package.</summary>
public sealed class GuardedAnthropicSdkTests(GuardedAnthropicSdkTests.Redacting redacting, GuardedAnthropicSdkTests.Blocking blocking)
    : GuardedSdkTests(redacting, blocking), IClassFixture<GuardedAnthropicSdkTests.Redacting>, IClassFixture<GuardedAnthropicSdkTests.Blocking>
{
    static readonly SdkTarget[] s_targets =
        Through(new SdkTarget("messages", "", "claude-sonnet-4-0"), SdkProvider.Anthropic, SdkProvider.OpenAi, SdkProvider.Cohere);

    public sealed class Redacting() : Rig("anthropic", isBlocking: false, s_targets);

    public sealed class Blocking() : Rig("anthropic", isBlocking: true, s_targets);

    public static TheoryData<string> Targets => Names(s_targets);

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Reads_what_was_redacted(string target) => RedactsAsync(target);

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Is_told_of_what_was_ended(string target) => BlocksAsync(target);
}
