using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>
/// A plugin is one folder, <c>Plugins/Family/Plugin/</c>: its class with its config record. Its reference page stands in docs/plugins,
/// its tests at the same place under tests/.
/// </summary>
static class PluginFolders
{
    const string Home = "src/Weir.Gateway/Plugins";
    const string TestHome = "tests/Weir.Gateway.Tests/Plugins";

    static readonly string[] Families = ["Authentication", "Security", "Traffic", "Transformation", "Logging", "Serverless"];

    public static IEnumerable<Finding> Check(IReadOnlyCollection<SourceFile> files)
    {
        var folders = files
            .Where(static file => file.IsCSharp && file.IsUnder(Home) && file.Path.Split('/').Length > 5)
            .GroupBy(static file => string.Join('/', file.Path.Split('/').Take(5)))
            .OrderBy(static folder => folder.Key, StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            foreach (var finding in CheckFolder(folder.Key, [.. folder], files))
                yield return finding;
        }
    }

    static IEnumerable<Finding> CheckFolder(string folder, SourceFile[] sources, IReadOnlyCollection<SourceFile> all)
    {
        var family = folder.Split('/')[3];
        if (!Families.Contains(family))
            yield return new(folder, 0, $"'{family}' is no family of plugins: {string.Join(", ", Families)}");

        var kinds = sources.SelectMany(Declared<ClassDeclarationSyntax>).Where(static type => ConfigOf(type) is not null).ToList();
        if (kinds.Count == 0)
            yield return new(folder, 0, "holds no class that implements IPluginKind<…>; what plugins share stands in the family's folder");

        foreach (var kind in kinds)
        {
            var config = ConfigOf(kind)!.Split('.')[^1];
            if (!sources.SelectMany(Declared<RecordDeclarationSyntax>).Any(record => record.Identifier.Text == config))
                yield return new(folder, 0, $"{kind.Identifier.Text} has no config record '{config}' in its folder");

            if (NameOf(kind) is not { } name)
                yield return new(folder, 0, $"{kind.Identifier.Text} needs `static string Name => \"…\"`");
            else if (!all.Any(file => file.Path == $"docs/plugins/{name}.md"))
                yield return new(folder, 0, $"'{name}' has no reference page docs/plugins/{name}.md");
        }

        var tests = TestHome + folder[Home.Length..];
        if (!all.Any(file => (file.IsUnder(tests) || file.Path == tests + "Tests.cs") && HasTests(file)))
            yield return new(folder, 0, $"has no tests in {tests}/");
    }

    static IEnumerable<T> Declared<T>(SourceFile file) => file.Root.DescendantNodes().OfType<T>();

    static bool HasTests(SourceFile file) =>
        file.Text.Contains("[Fact", StringComparison.Ordinal) || file.Text.Contains("[Theory", StringComparison.Ordinal);

    /// <summary>The type argument of IPluginKind, when the class implements it.</summary>
    static string? ConfigOf(ClassDeclarationSyntax type) => type.BaseList?.Types
        .Select(static parent => parent.Type).OfType<GenericNameSyntax>()
        .Where(static parent => parent.Identifier.Text == "IPluginKind")
        .Select(static parent => parent.TypeArgumentList.Arguments[0].ToString())
        .FirstOrDefault();

    static string? NameOf(ClassDeclarationSyntax type) => type.Members.OfType<PropertyDeclarationSyntax>()
        .Where(static property => property.Identifier.Text == "Name")
        .SelectMany(static property => property.DescendantNodes().OfType<LiteralExpressionSyntax>())
        .Select(static literal => literal.Token.ValueText)
        .FirstOrDefault();
}
