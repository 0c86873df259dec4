namespace Weir.Acceptance;

/// <summary>The @aws-sdk/client-bedrock-runtime package.</summary>
public sealed class BedrockSdkTests(BedrockSdkTests.Rig rig) : IClassFixture<BedrockSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "max_tokens",
        Tools = "tool_use",
        Errors = new Dictionary<int, string>
        {
            [400] = "ValidationException",
            [401] = "BedrockRuntimeServiceException",
            [429] = "ThrottlingException",
            [500] = "InternalServerException",
        },
        CountsThoughts = false,
    };

    static readonly SdkTarget s_mock = new("mock", "", "us.anthropic.claude-sonnet-4-5-20250929-v1:0");

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Bedrock),
        s_mock.Through(SdkProvider.OpenAi) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false },
        s_mock.Through(SdkProvider.Anthropic),
        s_mock.Through(SdkProvider.Gemini),
        s_mock.Through(SdkProvider.DeepSeek),
        s_mock.Through(SdkProvider.Cohere),
    ];

    public sealed class Rig() : SdkRig("bedrock", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
