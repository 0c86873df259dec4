namespace Weir.House.Tests;

public sealed class WordRulesTests
{
    [Fact]
    public void Names_say_something() => Finding.ExpectNone(Tree.CSharp.SelectMany(WordRules.CheckNames));

    [Fact]
    public void Nothing_is_marked_unfinished() => Finding.ExpectNone(Tree.Texts.Where(static file => file.IsProse).SelectMany(WordRules.CheckUnfinished));

    [Fact]
    public void Texts_speak_of_the_product_only() => Finding.ExpectNone(Tree.Texts.Where(static file => file.IsProse).SelectMany(WordRules.CheckProcess));

    [Theory]
    [InlineData("src/Weir.Gateway/A.cs", "class RouteManager;", "manager")]
    [InlineData("src/Weir.Gateway/A.cs", "abstract record PluginBase { }", "base")]
    [InlineData("src/Weir.Gateway/A.cs", "enum HTTPInfo;", "info")]
    [InlineData("src/Weir.Gateway/A.cs", "delegate void DataReader();", "data")]
    [InlineData("src/Weir.Gateway/A.cs", "interface IUtils;", "utils")]
    [InlineData("src/Weir.Gateway/StringHelpers.cs", "", "helpers")]
    [InlineData("src/Weir.Gateway/Common/A.cs", "", "common")]
    public void Sees_a_name_that_says_nothing(string path, string source, string word) =>
        Assert.Contains($"'{word}'", Assert.Single(WordRules.CheckNames(new(path, source))).Message);

    [Theory]
    [InlineData("class Database;")]
    [InlineData("class Metadata;")]
    [InlineData("class Baseline;")]
    [InlineData("class Utilisation;")]
    [InlineData("class Informer;")]
    public void A_longer_word_is_another_word(string source) => Assert.Empty(WordRules.CheckNames(new("src/Weir.Gateway/A.cs", source)));

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("# FIX" + "ME")]
    [InlineData("a HA" + "CK, sorry")]
    public void Sees_a_mark_of_unfinished_work(string text) => Assert.Single(WordRules.CheckUnfinished(new("src/A.cs", text)));

    [Theory]
    [InlineData("hackathon, XX, todoist")]
    [InlineData("the todo list of the example")]
    public void Leaves_ordinary_words_alone(string text) => Assert.Empty(WordRules.CheckUnfinished(new("docs/a.md", text)));

    [Theory]
    [InlineData("see issue" + " #12")]
    [InlineData("as issue" + " 12 says")]
    [InlineData("in the next spr" + "int")]
    public void Sees_words_about_the_work(string text) => Assert.Single(WordRules.CheckProcess(new("docs/a.md", text)));

    [Fact]
    public void Leaves_an_issue_without_a_number_alone() => Assert.Empty(WordRules.CheckProcess(new("docs/a.md", "open an issue when a footprint grows")));
}
