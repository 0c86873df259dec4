namespace Weir.Acceptance;

/// <summary>The @mistralai/mistralai package.</summary>
public sealed class MistralSdkTests(MistralSdkTests.Rig rig) : IClassFixture<MistralSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "length",
        Tools = "tool_calls",
        Errors = SdkWords.OneError("SDKError"),
        CountsThoughts = false,
    };

    static readonly SdkTarget s_mock = new("mock", "", "mistral-small-latest") { ShowsThoughts = false };

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Mistral),
        s_mock.Through(SdkProvider.Anthropic),
        s_mock.Through(SdkProvider.Gemini),
        // Bodies pass: an image's address, which the package sends as a text, is an object there, and the model does not think.
        s_mock.Through(SdkProvider.OpenAiPlain) with { Without = ["image", "reasoning", "reasoning-stream"] },
    ];

    public sealed class Rig() : SdkRig("mistral", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
