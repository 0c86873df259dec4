namespace Weir.Ai.Tests;

public sealed class ModelPatternTests
{
    [Theory]
    [InlineData("gpt-4o", "GPT-4o", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("gpt-4o*", "gpt-4o-mini", true)]
    [InlineData("*claude-*-v1:0", "us.anthropic.claude-opus-4-v1:0", true)]
    [InlineData("*claude-*-v1:0", "us.anthropic.claude-opus-4-v2:0", false)]
    [InlineData("a*b*c", "abbbcbc", true)]
    [InlineData("a**c", "ac", true)]
    [InlineData("", "a", false)]
    [InlineData("a*", "", false)]
    public void Matches_whole_names(string pattern, string model, bool matches) => Assert.Equal(matches, ModelPattern.Matches(pattern, model));

    [Fact]
    public void A_pattern_full_of_stars_ends() =>
        Assert.False(ModelPattern.Matches(string.Concat(Enumerable.Repeat("a*", 50)) + "b", new string('a', 10_000)));
}
