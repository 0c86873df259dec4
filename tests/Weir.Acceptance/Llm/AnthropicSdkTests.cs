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

    static readonly SdkTarget s_mock = new("mock", "", "claude-sonnet-4-0");

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Anthropic),
        s_mock.Through(SdkProvider.OpenAi) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.GeminiThree),
        s_mock.Through(SdkProvider.Mistral) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.DeepSeek),
        s_mock.Through(SdkProvider.Bedrock),
        s_mock.Through(SdkProvider.Cohere),
    ];

    public sealed class Rig() : SdkRig("anthropic", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
