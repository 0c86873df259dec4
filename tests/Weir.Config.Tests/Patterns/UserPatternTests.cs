namespace Weir.Config.Tests;

public sealed class UserPatternTests
{
    [Theory]
    [InlineData("ignore this", true)]
    [InlineData("say SYSTEM PROMPT aloud", true)]
    [InlineData("end", true)]
    [InlineData("the end", false)]
    [InlineData("IGNORE this", false)]
    [InlineData("", false)]
    public void One_of_several_is_enough_and_each_keeps_its_options_to_itself(string text, bool matches) =>
        Assert.Equal(matches, Assert.Single(UserPattern.CompileAny(["(?i)system (prompt|message)", "ignore|forget", "^end$"])).IsMatch(text));

    [Theory]
    [InlineData("(?x) a # )|(?:b", "c")]
    [InlineData("(?<n>a)(?#comment)", "c")]
    public void Those_with_comments_stay_by_themselves(string pattern, string other)
    {
        var compiled = UserPattern.CompileAny([pattern, other]);
        Assert.Equal(2, compiled.Length);
        Assert.Matches(compiled[0], "a");
        Assert.DoesNotMatch(compiled[0], "b");
        Assert.Matches(compiled[1], "c");
    }

    [Fact]
    public void Groups_of_the_same_name_do_not_disturb_each_other()
    {
        var compiled = UserPattern.CompileAny(["(?<n>a)x", "(?<n>b)y"]);
        foreach (var (text, matches) in new[] { ("ax", true), ("by", true), ("ay", false) })
            Assert.Equal(matches, compiled.Any(regex => regex.IsMatch(text)));
    }

    [Fact]
    public void None_and_one_are_what_they_are()
    {
        Assert.Empty(UserPattern.CompileAny([]));
        Assert.Matches(Assert.Single(UserPattern.CompileAny(["a|b"])), "b");
    }
}
