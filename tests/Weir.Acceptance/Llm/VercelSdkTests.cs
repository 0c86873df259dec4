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

    static readonly SdkTarget s_chat = new("OpenAI chat", "/v1", "gpt-5") { Surface = "chat", ShowsThoughts = false };
    static readonly SdkTarget s_responses = new("OpenAI responses", "/v1", "gpt-5") { Surface = "responses" };
    static readonly SdkTarget s_anthropic = new("Anthropic", "", "claude-sonnet-4-0") { Surface = "anthropic" };
    static readonly SdkTarget s_google = new("Gemini", "", "gemini-2.5-flash") { Surface = "google" };

    static readonly SdkTarget[] s_targets =
    [
        s_chat,
        s_chat.Through(SdkProvider.OpenAi),
        s_chat.Through(SdkProvider.Anthropic),
        s_chat.Through(SdkProvider.Gemini),
        s_chat.Through(SdkProvider.DeepSeek),
        s_responses,
        s_responses.Through(SdkProvider.OpenAi),
        s_anthropic,
        s_anthropic.Through(SdkProvider.Anthropic),
        s_anthropic.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false },
        s_anthropic.Through(SdkProvider.Gemini),
        s_google,
        s_google.Through(SdkProvider.Gemini),
        s_google.Through(SdkProvider.OpenAiPlain) with { ShowsThoughts = false },
        s_google.Through(SdkProvider.Anthropic),
    ];

    public sealed class Rig() : SdkRig("vercel", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
