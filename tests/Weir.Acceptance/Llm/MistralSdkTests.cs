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

    /// <summary>The package takes calls of tools in a stream only whole, as Mistral sends them, and expects usage that it does not ask for.</summary>
    static readonly string[] s_streamedCalls = ["parallel-tools-stream", "tool-result-stream", "reasoning", "reasoning-stream"];

    static readonly SdkTarget[] s_targets =
    [
        s_mock,
        s_mock.Through(SdkProvider.Mistral),
        s_mock.Through(SdkProvider.Anthropic) with { Without = s_streamedCalls, CountsStreams = false },
        s_mock.Through(SdkProvider.Gemini) with { Without = s_streamedCalls, CountsStreams = false },
        // An image's address, which the package sends as a text, is an object there.
        s_mock.Through(SdkProvider.OpenAiPlain) with { Without = ["image", .. s_streamedCalls], CountsStreams = false },
    ];

    public sealed class Rig() : SdkRig("mistral", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
