using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>How long files and methods are. A file over 400 lines or a method over 70 is a question, listed; the caps are refusals.</summary>
static class Sizes
{
    public const int FileLinesAsked = 400;
    public const int FileLinesMax = 600;
    public const int MethodLinesAsked = 70;
    public const int MethodLinesMax = 120;

    public readonly record struct Size(string Path, int Line, string Name, int Lines);

    public static Size OfFile(SourceFile file) => new(file.Path, 0, file.Name, file.Lines.Count - (file.Text.EndsWith('\n') ? 1 : 0));

    public static IEnumerable<Size> OfMethods(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            var name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                OperatorDeclarationSyntax @operator => "operator " + @operator.OperatorToken.Text,
                LocalFunctionStatementSyntax local => local.Identifier.Text,
                AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
                _ => null,
            };
            if (name is not null)
                yield return new(file.Path, file.LineOf(node), name, file.LineOf(node.Span.End) - file.LineOf(node) + 1);
        }
    }

    public static IEnumerable<Finding> Check(SourceFile file)
    {
        if (OfFile(file) is { Lines: > FileLinesMax } whole)
            yield return new(file.Path, 0, $"{whole.Lines} lines; at most {FileLinesMax}, and {FileLinesAsked} already asks why: split by meaning");
        foreach (var method in OfMethods(file).Where(static method => method.Lines > MethodLinesMax))
            yield return new(method.Path, method.Line, $"{method.Name} has {method.Lines} lines; at most {MethodLinesMax}, and a screen is {MethodLinesAsked}");
    }

    /// <summary>One row per project, then everything that is longer than asked for.</summary>
    public static string Table(IReadOnlyCollection<SourceFile> files)
    {
        var text = new StringBuilder();
        text.AppendLine("project                     files  median    p90    max    methods  median    p90    max");
        foreach (var project in files.GroupBy(static file => string.Join('/', file.Path.Split('/').Take(2))).OrderBy(static group => group.Key))
            AppendRow(text, project.Key, [.. project]);
        AppendRow(text, "all", files);
        foreach (var file in files.Select(OfFile).Where(static file => file.Lines > FileLinesAsked).OrderByDescending(static file => file.Lines))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {file.Path}: {file.Lines} lines");
        var methods = files.SelectMany(OfMethods).Where(static method => method.Lines > MethodLinesAsked);
        foreach (var method in methods.OrderByDescending(static method => method.Lines))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {method.Path}:{method.Line}: {method.Name}, {method.Lines} lines");
        return text.ToString();
    }

    static void AppendRow(StringBuilder text, string name, IReadOnlyCollection<SourceFile> files)
    {
        int[] whole = [.. files.Select(static file => OfFile(file).Lines).Order()];
        int[] methods = [.. files.SelectMany(OfMethods).Select(static method => method.Lines).Order()];
        text.Append(CultureInfo.InvariantCulture, $"{name,-26} {whole.Length,6} {At(whole, 50),7} {At(whole, 90),6} {At(whole, 100),6}");
        text.AppendLine(CultureInfo.InvariantCulture, $"   {methods.Length,8} {At(methods, 50),7} {At(methods, 90),6} {At(methods, 100),6}");
    }

    static int At(int[] sorted, int percent) => sorted.Length == 0 ? 0 : sorted[(sorted.Length - 1) * percent / 100];
}
