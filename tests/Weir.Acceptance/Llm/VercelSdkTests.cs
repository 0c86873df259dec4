namespace Weir.Acceptance;

/// <summary>The ai package with its providers.</summary>
public sealed class VercelSdkTests(VercelSdkTests.Rig rig) : IClassFixture<VercelSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "length",
        Tools = "tool-calls",
        Errors = SdkWords.OneError("APICallError"),
        CountsThoughts = false,
    };

    static readonly SdkTarget[] s_targets =
    [
        new("mock of OpenAI", "/v1", "gpt-5") { Surface = "chat", ShowsThoughts = false },
        new("mock of OpenAI's responses", "/v1", "gpt-5") { Surface = "responses" },
        new("mock of Anthropic", "", "claude-sonnet-4-0") { Surface = "anthropic" },
        new("mock of Gemini", "", "gemini-2.5-flash") { Surface = "google" },
    ];

    public sealed class Rig() : SdkRig("vercel", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
