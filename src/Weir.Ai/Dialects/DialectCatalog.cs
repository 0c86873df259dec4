namespace Weir.Ai;

/// <summary>Every dialect once.</summary>
static class DialectCatalog
{
    static readonly Dialect?[] ByName = Build();

    public static Dialect Of(DialectName name) => ByName[(int)name] ?? throw new InvalidOperationException($"The house has no dialect {name}.");

    static Dialect?[] Build()
    {
        Dialect[] all =
            [
                new OpenAiChatDialect(), new OpenAiResponsesDialect(), new OpenAiCompletionsDialect(), new AnthropicDialect(), new GeminiDialect(),
                new BedrockDialect(), new CohereDialect(),
            ];
        var byName = new Dialect?[Enum.GetValues<DialectName>().Length];
        foreach (var dialect in all) byName[(int)dialect.Name] = dialect;
        return byName;
    }
}
