namespace Weir.Ai.Tests;

public sealed class TokenEstimatorTests
{
    const string Begin = "<!-- errors: begin -->\n";
    const string End = "<!-- errors: end -->\n";

    [Fact]
    public async Task The_error_figures_in_the_docs_are_those_of_the_cases()
    {
        await Task.WhenAll(Vocabularies.O200kAsync(), Vocabularies.Cl100kAsync());
        var table = EstimateErrors.Table();
        var path = Path.Combine(TokenCase.Folder, "..", "..", "..", "docs", "tokens.md");
        var text = await File.ReadAllTextAsync(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("WEIR_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(path, text[..begin] + table + text[end..]);
        else Assert.Equal(text[begin..end], table);
    }

    [Fact]
    public async Task Prompts_of_openais_models_are_counted_to_the_token()
    {
        await Task.WhenAll(Vocabularies.O200kAsync(), Vocabularies.Cl100kAsync());
        string[] exact = ["gpt", "gpt-4o-mini", "gpt-5", "o"];
        var plain = UsageCase.Stored.Where(each => each.Tools is null && exact.Contains(TokenFamilies.Of(each.Model).Family)).ToList();
        Assert.True(plain.Count > 20);
        var right = plain.Count(static each => Math.Abs(TokenEstimator.Prompt(each.ToRequest(), each.Model).Tokens - each.Input) <= 2);
        Assert.InRange(right, plain.Count * 9 / 10, plain.Count);
    }

    [Fact]
    public async Task The_upper_bound_holds_for_nearly_all_that_was_recorded()
    {
        await Task.WhenAll(Vocabularies.O200kAsync(), Vocabularies.Cl100kAsync());
        var all = UsageCase.Stored;
        var over = all.Count(static each => each.Input > TokenEstimator.Prompt(each.ToRequest(), each.Model).TokensMax);
        Assert.InRange(over, 0, all.Count / 20);
    }

    [Theory]
    [InlineData("gpt-4o", "gpt")]
    [InlineData("gpt-4o-mini-2024-07-18", "gpt-4o-mini")]
    [InlineData("gpt-4-turbo", "gpt-3.5 and gpt-4")]
    [InlineData("gpt-35-turbo", "gpt-3.5 and gpt-4")]
    [InlineData("gpt-4.1", "gpt")]
    [InlineData("GPT-5.4-mini", "gpt-5")]
    [InlineData("openai/gpt-oss-120b", "gpt-oss")]
    [InlineData("o3-mini", "o")]
    [InlineData("o1", "o")]
    [InlineData("openai/o4-mini-2025-04-16", "o")]
    [InlineData("olmo-2", "other")]
    [InlineData("claude-3-5-sonnet-20241022", "claude")]
    [InlineData("claude-sonnet-4-20250514", "claude")]
    [InlineData("claude-opus-4-6", "claude")]
    [InlineData("claude-opus-4-7", "claude since 4.7")]
    [InlineData("us.anthropic.claude-opus-4-8-v1:0", "claude since 4.7")]
    [InlineData("claude-sonnet-5", "claude since 4.7")]
    [InlineData("anthropic/claude-fable-5", "claude since 4.7")]
    [InlineData("gemini-2.5-pro", "gemini")]
    [InlineData("mistralai/mixtral-8x7b", "mistral")]
    [InlineData("deepseek-r1-distill-llama-70b", "deepseek")]
    [InlineData("", "other")]
    [InlineData("claude-opus-", "claude")]
    [InlineData("claude-opus-99999999999999999999", "claude")]
    public void Knows_families_by_name(string model, string family) => Assert.Equal(family, TokenFamilies.Of(model).Family);

    [Fact]
    public async Task Without_a_vocabulary_a_text_is_estimated_within_a_factor_of_two()
    {
        var o200k = await Vocabularies.O200kAsync();
        // Not the mixtures: nobody writes those.
        var sentences = TokenCase.Stored
            .Where(static each => each.Text.Length > 20 && each.Text.Distinct().Count() > 12 && each.Text.Count(char.IsLetter) > 15).ToList();
        List<string> wrong = [];
        foreach (var (text, _, _) in sentences)
        {
            var (guess, right) = (ScriptTokens.Of(text), o200k.Count(text));
            if (guess * 2 < right || guess > right * 2) wrong.Add($"{guess} for {right}: {text}");
        }
        Assert.InRange(wrong.Count, 0, sentences.Count / 5);
    }

    [Fact]
    public void A_body_is_estimated_by_its_length()
    {
        var bodies = UsageCase.Stored.Where(static each => each.Bytes > 1000 && TokenFamilies.Of(each.Model).Family != "other").ToList();
        Assert.True(bodies.Count > 10);
        var over = bodies.Count(static each => each.Input > TokenEstimator.Body(each.Bytes, each.Model).TokensMax);
        Assert.InRange(over, 0, bodies.Count / 10);
        Assert.Equal(0, TokenEstimator.Body(0, "gemini-2.5-pro").Tokens);
    }

    [Fact]
    public async Task Everything_in_a_message_counts()
    {
        await Vocabularies.O200kAsync();
        var empty = Tokens();
        Part[] parts =
        [
            new TextPart("hello world"), new RefusalPart("I cannot do that"), new ReasoningPart("let me think"),
            new ToolCallPart("1", "weather", "{\"city\": \"Paris\"}"),
            new ToolResultPart("1", [new TextPart("sunny")]), new ImagePart(new Media { Url = "https://x/y.png" }),
            new AudioPart(new Media { Base64 = "AAAA" }),
            new DocumentPart(new Media { FileId = "f" }), new VideoPart(new Media { Url = "https://x/v" }), new OpaquePart("x", JsonText.Of("{\"a\": 1}")),
        ];
        foreach (var part in parts) Assert.True(Tokens(part) > empty, part.GetType().Name);

        static long Tokens(params Part[] parts)
        {
            var request = new ChatRequest { Dialect = default };
            request.Messages.Add(new Message { Role = Role.User, Parts = [.. parts] });
            return TokenEstimator.Prompt(request, "gpt-4o").Tokens;
        }
    }

    [Fact]
    public void A_text_without_characters_has_no_tokens() => Assert.Equal(0, TokenEstimator.Text("", "gpt-4o").Tokens);
}
