namespace Weir.House.Tests;

public sealed class PluginFoldersTests
{
    const string Folder = "src/Weir.Gateway/Plugins/Traffic/Brake";

    static readonly SourceFile Plugin = new(
        Folder + "/BrakePlugin.cs",
        """
        namespace Weir.Gateway.Plugins;
        sealed class BrakePlugin : IPlugin, IPluginKind<BrakePlugin.Config> { public static string Name => "brake"; public sealed record Config; }
        """);

    static readonly SourceFile Page = new("docs/plugins/brake.md", "");
    static readonly SourceFile Tests = new("tests/Weir.Gateway.Tests/Plugins/Traffic/Brake/BrakePluginTests.cs", "[Fact]");

    [Fact]
    public void Every_plugin_folder_is_complete() => Finding.ExpectNone(PluginFolders.Check(Tree.Texts));

    [Fact]
    public void Accepts_a_complete_folder() => Assert.Empty(PluginFolders.Check([Plugin, Page, Tests]));

    [Fact]
    public void What_a_family_shares_is_no_plugin_folder() =>
        Assert.Empty(PluginFolders.Check([new("src/Weir.Gateway/Plugins/Logging/LogQueue.cs", ""), new("src/Weir.Gateway/Plugins/Plans.cs", "")]));

    [Fact]
    public void Sees_a_folder_without_a_page() => Assert.Contains("docs/plugins/brake.md", Assert.Single(PluginFolders.Check([Plugin, Tests])).Message);

    [Fact]
    public void Sees_a_folder_without_tests() => Assert.Contains("no tests", Assert.Single(PluginFolders.Check([Plugin, Page])).Message);

    [Fact]
    public void Sees_a_test_folder_that_tests_nothing() =>
        Assert.Contains("no tests", Assert.Single(PluginFolders.Check([Plugin, Page, new(Tests.Path, "class BrakePluginTests;")])).Message);

    [Fact]
    public void Sees_a_folder_without_a_plugin() =>
        Assert.Contains("IPluginKind", Assert.Single(PluginFolders.Check([new(Plugin.Path, "class Brake;"), Tests])).Message);

    [Fact]
    public void Sees_a_plugin_without_a_config_record() =>
        Assert.Contains("no config record", Assert.Single(PluginFolders.Check([Changed("record Config", "record Other"), Page, Tests])).Message);

    [Fact]
    public void Sees_a_plugin_without_a_name() =>
        Assert.Contains("needs", Assert.Single(PluginFolders.Check([Changed("\"brake\"", "Other"), Page, Tests])).Message);

    [Fact]
    public void Sees_a_family_that_does_not_exist()
    {
        SourceFile[] files = [Moved(Plugin), Page, Moved(Tests)];
        Assert.Contains("no family", Assert.Single(PluginFolders.Check(files)).Message);
    }

    static SourceFile Changed(string from, string to) => new(Plugin.Path, Plugin.Text.Replace(from, to, StringComparison.Ordinal));

    static SourceFile Moved(SourceFile file) => new(file.Path.Replace("/Traffic/", "/Misc/", StringComparison.Ordinal), file.Text);
}
