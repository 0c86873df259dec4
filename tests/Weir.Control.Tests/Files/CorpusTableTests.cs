using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Control.Tests.Files;

/// <summary>Every file of the test data is one of those that a test compares, or stands here with the reason why not.</summary>
public sealed class CorpusTableTests(ITestOutputHelper output)
{
    static readonly (string Pattern, string Outcome)[] Claims =
    [
        (@"^openapi2kong/[^/]+\.(yaml|circular-yaml|expected.*json)$", "OpenApiConverterTests"),
        (@"^openapi2kong/invalid/", "OpenApiConverterTests"),
        (@"^merge/", "FileMergerTests"),
        (@"^plugins/", "PluginAdditionTests"),
        (@"^convert/(4|002-[^/]+)/", "FileConversionTests"),
        (@"^convert/(5|6|8)/", "FileRendererTests"),
        (@"^convert/1/", "out of scope: input of the deprecated conversion to Konnect, without an expected output"),
        (@"^render/(003|deterministic)", "FileRendererTests"),
        (@"^render/005", "out of scope: inputs of warnings that only decK prints, without an expected output"),
        (@"^lint/001", "RulesetTests"),
        (@"^lint/002-extends/(kong|oas|ruleset-|expected-recommended-off|expected-recommended-plus)", "RulesetTests"),
        (@"^lint/002-extends/expected-recommended-only", "out of scope: rules of spectral:oas for OpenAPI documents; the ruleset is refused"),
        (@"^kong2tf/input\.yaml$", "out of scope: has no expected output"),
        (@"^kong2tf/", "TerraformConverterTests"),
        (@"^validate/", "out of scope: what a server would answer; `weir file validate` asks none"),
        (@"^jsonpath/", "JsonPathTests"),
        (@"^LICENCES\.md$", ""),
    ];

    [Fact]
    public void Every_file_of_the_data_is_compared_or_has_its_reason()
    {
        var root = Given.Path();
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        var outcomes = files
            .Select(file => (File: file, Claim: Claims.FirstOrDefault(claim => Regex.IsMatch(file, claim.Pattern, RegexOptions.NonBacktracking))))
            .Where(static pair => pair.Claim.Outcome != "").ToList();
        Assert.Empty(outcomes.Where(static pair => pair.Claim.Pattern is null).Select(static pair => pair.File));
        var table = new StringBuilder("folder          compared  out of scope\n");
        foreach (var folder in outcomes.GroupBy(static pair => pair.File.Split('/')[0]))
        {
            var outside = folder.Count(static pair => pair.Claim.Outcome.StartsWith("out of scope", StringComparison.Ordinal));
            table.Append(CultureInfo.InvariantCulture, $"{folder.Key,-14} {folder.Count() - outside,9} {outside,13}\n");
        }
        foreach (var (file, claim) in outcomes.Where(static pair => pair.Claim.Outcome.StartsWith("out of scope", StringComparison.Ordinal)))
            table.Append("  ").Append(file).Append(": ").Append(claim.Outcome).Append('\n');
        output.WriteLine(table.ToString());
    }
}
