namespace Weir.Acceptance;

/// <summary>The openai package, Chat Completions.</summary>
public sealed class OpenAiChatSdkTests(OpenAiChatSdkTests.Rig rig) : IClassFixture<OpenAiChatSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "length",
        Tools = "tool_calls",
        Errors = SdkWords.PlainErrors,
    };

    static readonly SdkTarget s_mock = new("mock", "/v1", "gpt-5") { ShowsThoughts = false };

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.OpenAi),
        s_mock.Through(SdkProvider.Anthropic) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.Mistral),
        s_mock.Through(SdkProvider.DeepSeek) with { ShowsThoughts = true },
        s_mock.Through(SdkProvider.Bedrock) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Cohere) with { CountsThoughts = false },
    ];

    public sealed class Rig() : SdkRig("openai", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
