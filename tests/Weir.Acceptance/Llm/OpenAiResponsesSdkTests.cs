namespace Weir.Acceptance;

/// <summary>The openai package, Responses.</summary>
public sealed class OpenAiResponsesSdkTests(OpenAiResponsesSdkTests.Rig rig) : IClassFixture<OpenAiResponsesSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "max_output_tokens",
        Tools = "completed",
        Errors = SdkWords.PlainErrors,
    };

    static readonly SdkTarget s_mock = new("mock", "/v1", "gpt-5") { Surface = "responses" };

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.OpenAi),
        s_mock.Through(SdkProvider.Anthropic) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.Mistral) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.DeepSeek),
    ];

    public sealed class Rig() : SdkRig("openai", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
