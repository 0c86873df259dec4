using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weir.House.Tests;

/// <summary>One text file of the tree: its path from the root, with forward slashes, and what it says.</summary>
sealed class SourceFile(string path, string text)
{
    string[]? _lines;
    SyntaxTree? _syntax;

    public string Path => path;

    public string Text => text;

    public string Name => System.IO.Path.GetFileName(path);

    public bool IsCSharp => path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Written by us line by line: sources, scripts, project files. Not documents, nor files that tests read as input.</summary>
    public bool IsCode => IsCSharp || text.StartsWith("#!", StringComparison.Ordinal)
        || System.IO.Path.GetExtension(path) is ".csproj" or ".props" or ".targets" or ".slnx" or ".sh";

    /// <summary>Read by people: documents and code.</summary>
    public bool IsProse => path.EndsWith(".md", StringComparison.Ordinal) || IsCode;

    public IReadOnlyList<string> Lines => _lines ??= text.Split('\n');

    public SyntaxTree Syntax => _syntax ??= CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview));

    public SyntaxNode Root => Syntax.GetRoot(TestContext.Current.CancellationToken);

    public int LineOf(SyntaxNode node) => LineOf(node.SpanStart);

    public int LineOf(int position) => Syntax.GetText(TestContext.Current.CancellationToken).Lines.GetLineFromPosition(position).LineNumber + 1;

    public bool IsUnder(string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    public override string ToString() => path;
}
