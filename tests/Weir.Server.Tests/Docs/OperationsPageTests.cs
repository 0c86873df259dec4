using System.Text.RegularExpressions;

namespace Weir.Server.Tests;

/// <summary>What the operations page lists by hand is what the code has.</summary>
public sealed partial class OperationsPageTests
{
    static readonly string Root = FindRoot();

    [Fact]
    public void Names_every_metric_and_none_that_is_gone()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal));
        var declared = sources.SelectMany(static path => Declared().Matches(File.ReadAllText(path))).Select(static match => match.Groups[1].Value).ToHashSet();
        var named = Named().Matches(Page()).Select(static match => match.Value).ToHashSet();
        Assert.Equal(declared.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("`connections_max` | 100,000 |")]
    [InlineData("`request_line_bytes_max` | 8,192 |")]
    [InlineData("`request_headers_max`, `request_headers_bytes_max` | 100, 32,768 |")]
    [InlineData("`client_header_timeout_seconds` | 30 |")]
    [InlineData("`keepalive_timeout_seconds` | 75 |")]
    [InlineData("`client_bytes_per_second_min`, `client_rate_grace_seconds` | 240, after 10 s |")]
    [InlineData("`http2_streams_max` | 128 |")]
    [InlineData("`http2_frame_bytes_max`, `http2_header_table_bytes` | 16,384, 4,096 |")]
    [InlineData("`http2_stream_window_bytes`, `http2_connection_window_bytes` | 786,432, 1,048,576 |")]
    public void Lists_the_defaults_of_the_settings(string row)
    {
        Assert.Contains(row, Page());
        var defaults = Numbers().Matches(row.Split('|')[1]).Select(static match => match.Value.Replace(",", "", StringComparison.Ordinal));
        var names = Quoted().Matches(row).Select(static match => match.Groups[1].Value);
        var settings = ReferencePages.All(Catalog.All).Single(static page => page.Path == "reference/settings.md").Text.Split('\n');
        foreach (var (name, value) in names.Zip(defaults))
            Assert.Contains(settings, line =>
                line.StartsWith($"| `{name}` |", StringComparison.Ordinal) && line.Contains($"| `{value}` |", StringComparison.Ordinal));
    }

    static string Page() => File.ReadAllText(Path.Combine(Root, "docs/operations.md"));

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no Weir.slnx above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("\"(weir_[a-z0-9_]+)\"")]
    private static partial Regex Declared();

    [GeneratedRegex("weir_[a-z0-9_]*[a-z0-9]")]
    private static partial Regex Named();

    [GeneratedRegex("[0-9]+(,[0-9]{3})*")]
    private static partial Regex Numbers();

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex Quoted();
}
