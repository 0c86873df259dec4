using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>
/// How a C# file is put together: one file-scoped namespace, flat per project (tests may follow their folders); no regions; no code in comments.
/// </summary>
static class ShapeRules
{
    /// <summary>Projects whose namespace is not their name, or that have a second one.</summary>
    static readonly Dictionary<string, string[]> Namespaces = new()
    {
        ["Weir.Sdk"] = ["Weir"],
        ["Weir.Gateway"] = ["Weir.Gateway", "Weir.Gateway.Plugins"],
        ["Weir.Ai"] = ["Weir.Ai", "Weir.Ai.Plugins"],
    };

    public static IEnumerable<Finding> CheckNamespace(SourceFile file, string project)
    {
        var spaces = file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().ToList();
        var declares = file.Root.ChildNodes().Any(static node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);
        var isTopLevel = file.Root.ChildNodes().Any(static node => node is GlobalStatementSyntax);
        if (spaces.Count == 0 && declares && !isTopLevel)
            yield return new(file.Path, 1, "types outside a namespace");
        if (spaces.Count > 1)
            yield return new(file.Path, file.LineOf(spaces[1]), "a second namespace; one a file");
        string[] allowed = Namespaces.TryGetValue(project, out var named) ? named : [project];
        foreach (var space in spaces)
        {
            if (space is not FileScopedNamespaceDeclarationSyntax)
                yield return new(file.Path, file.LineOf(space), "a namespace with braces; make it file-scoped");
            var name = space.Name.ToString();
            var isUnderTests = file.IsUnder("tests") && name.StartsWith(project + ".", StringComparison.Ordinal);
            if (!allowed.Contains(name) && !isUnderTests)
                yield return new(file.Path, file.LineOf(space), $"namespace {name}; namespaces are flat: {string.Join(" or ", allowed)}");
        }
    }

    public static IEnumerable<Finding> CheckRegions(SourceFile file) =>
        from trivia in file.Root.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select new Finding(file.Path, file.LineOf(trivia.SpanStart), "a region; split the file by meaning instead");

    public static IEnumerable<Finding> CheckCommentedCode(SourceFile file) =>
        from trivia in file.Root.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) && IsStatement(trivia.ToString().TrimStart('/').Trim())
        select new Finding(file.Path, file.LineOf(trivia.SpanStart), "code in a comment; git remembers it");

    /// <summary>Only what no sentence parses as: "that stands;" is a declaration to the compiler, "x = 1;" is none to a reader.</summary>
    static bool IsStatement(string comment)
    {
        if (!comment.EndsWith(';'))
            return comment.EndsWith('{') && (comment.StartsWith("if (", StringComparison.Ordinal) || comment.StartsWith("for", StringComparison.Ordinal));
        var statement = SyntaxFactory.ParseStatement(comment);
        if (statement.ContainsDiagnostics || statement.FullSpan.Length != comment.Length)
            return false;
        return statement switch
        {
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax or InvocationExpressionSyntax or AwaitExpressionSyntax } => true,
            LocalDeclarationStatementSyntax local => local.Declaration.Variables.Any(static variable => variable.Initializer is not null),
            ReturnStatementSyntax { Expression: not (null or IdentifierNameSyntax) } => true,
            _ => false,
        };
    }
}
