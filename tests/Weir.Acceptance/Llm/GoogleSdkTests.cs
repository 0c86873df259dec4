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

    static readonly SdkTarget[] s_targets =
    [
        new("mock", "", "gemini-2.5-flash"),
        new("mock of the third generation", "", "gemini-3-flash-preview"),
    ];

    public sealed class Rig() : SdkRig("google", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
