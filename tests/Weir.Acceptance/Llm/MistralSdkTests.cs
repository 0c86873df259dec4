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

    static readonly SdkTarget[] s_targets =
    [
        new("mock", "", "mistral-small-latest") { ShowsThoughts = false },
    ];

    public sealed class Rig() : SdkRig("mistral", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
