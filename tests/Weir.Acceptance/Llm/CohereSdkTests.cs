namespace Weir.Acceptance;

/// <summary>The cohere-ai package.</summary>
public sealed class CohereSdkTests(CohereSdkTests.Rig rig) : IClassFixture<CohereSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "MAX_TOKENS",
        Tools = "TOOL_CALL",
        Errors = new Dictionary<int, string>
        {
            [400] = "BadRequestError",
            [401] = "UnauthorizedError",
            [429] = "TooManyRequestsError",
            [500] = "InternalServerError",
        },
        CountsThoughts = false,
    };

    static readonly SdkTarget s_mock = new("mock", "", "command-a-03-2025");

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Cohere),
        s_mock.Through(SdkProvider.OpenAi) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.Anthropic) with { CountsThoughts = false },
        s_mock.Through(SdkProvider.Gemini) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.DeepSeek),
    ];

    public sealed class Rig() : SdkRig("cohere", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
