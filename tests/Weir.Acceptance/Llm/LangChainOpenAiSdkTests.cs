namespace Weir.Acceptance;

/// <summary>The @langchain/openai package.</summary>
public sealed class LangChainOpenAiSdkTests(LangChainOpenAiSdkTests.Rig rig) : IClassFixture<LangChainOpenAiSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "length",
        Tools = "tool_calls",
        Errors = SdkWords.PlainErrors,
    };

    static readonly SdkTarget s_mock = new("mock", "/v1", "gpt-5") { Surface = "openai", ShowsThoughts = false };

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.OpenAi),
        s_mock.Through(SdkProvider.Anthropic) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.DeepSeek),
    ];

    public sealed class Rig() : SdkRig("langchain", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
