namespace Weir.Acceptance;

/// <summary>The @langchain/anthropic package.</summary>
public sealed class LangChainAnthropicSdkTests(LangChainAnthropicSdkTests.Rig rig) : IClassFixture<LangChainAnthropicSdkTests.Rig>
{
    static readonly SdkWords s_words = new()
    {
        Length = "max_tokens",
        Tools = "tool_use",
        Errors = SdkWords.PlainErrors,
        CountsThoughts = false,
        StreamTokensAdded = 1,
    };

    static readonly SdkTarget[] s_targets =
    [
        new("mock", "", "claude-sonnet-4-0") { Surface = "anthropic" },
    ];

    public sealed class Rig() : SdkRig("langchain", s_words, s_targets);

    public static TheoryData<string, string> Cases => SdkRig.Cases(s_targets);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Works(string target, string scenario) => rig.CheckAsync(target, scenario);
}
