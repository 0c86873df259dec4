namespace Weir.Acceptance;

/// <summary>The @langchain/anthropic package.</summary>
public sealed class LangChainAnthropicSdkTests(LangChainAnthropicSdkTests.Rig rig) : IClassFixture<LangChainAnthropicSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "max_tokens",
        Tools = "tool_use",
        Errors = SdkWords.PlainErrors,
        CountsThoughts = false,
        StreamTokensAdded = 1,
    };

    static readonly SdkTarget s_mock = new("mock", "", "claude-sonnet-4-0") { Surface = "anthropic" };

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Anthropic),
        // The package reads the prompt's tokens at a stream's start, where a foreign provider has not told them yet: there stands an estimate.
        s_mock.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false, EstimatesStreams = true },
        s_mock.Through(SdkProvider.Gemini) with { EstimatesStreams = true },
        s_mock.Through(SdkProvider.DeepSeek),
    ];

    public sealed class Rig() : SdkRig("langchain", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
