namespace Weir.Acceptance;

/// <summary>The @google/genai package.</summary>
public sealed class GoogleSdkTests(GoogleSdkTests.Rig rig) : IClassFixture<GoogleSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "MAX_TOKENS",
        Tools = "STOP",
        Errors = SdkWords.OneError("ApiError"),
    };

    static readonly SdkTarget s_mock = new("mock", "", "gemini-2.5-flash");

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        new("mock of the third generation", "", "gemini-3-flash-preview"),
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.GeminiThree),
        s_mock.Through(SdkProvider.OpenAi) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false, CountsThoughts = false },
        s_mock.Through(SdkProvider.Anthropic) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Mistral) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.DeepSeek),
    ];

    public sealed class Rig() : SdkRig("google", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
