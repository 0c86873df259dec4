namespace Weir.Acceptance;

/// <summary>The @anthropic-ai/sdk package.</summary>
public sealed class AnthropicSdkTests(AnthropicSdkTests.Rig rig) : IClassFixture<AnthropicSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "max_tokens",
        Tools = "tool_use",
        Errors = SdkWords.PlainErrors,
        CountsThoughts = false,
    };

    static readonly SdkTarget[] s_targets =
    [
        new("mock", "", "claude-sonnet-4-0"),
    ];

    public sealed class Rig() : SdkRig("anthropic", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
