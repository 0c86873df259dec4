using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>Words that say nothing in a name, and marks of unfinished work or of how the work was organised in any text.</summary>
static partial class WordRules
{
    static readonly string[] EmptyWords =
    [
        "manager", "managers", "helper", "helpers", "util", "utils", "utility", "utilities", "processor", "processors",
        "common", "base", "impl", "data", "info", "infos",
    ];

    // Spelled in halves, or this file would be its own finding.
    static readonly string[] UnfinishedMarks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];

    static readonly string[] ProcessWords = ["issue" + " #", "helper" + " session", "spr" + "int", "story" + " point", "work" + "tree", "code" + " review bot"];

    static readonly Regex Unfinished = new($@"\b({string.Join('|', UnfinishedMarks)})\b", RegexOptions.NonBacktracking);

    static readonly Regex Process = new(
        $@"\b({string.Join('|', ProcessWords.Select(Regex.Escape))}|{"issue"} [0-9]+\b)", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase);

    /// <summary>Names of files, folders and types that hold one of the empty words as a word of its own.</summary>
    public static IEnumerable<Finding> CheckNames(SourceFile file)
    {
        foreach (var part in file.Path.Split('/'))
        {
            if (EmptyWordIn(part) is { } word)
                yield return new(file.Path, 0, $"'{word}' in the name '{part}' says nothing; name what it does");
        }

        foreach (var type in file.Root.DescendantNodes().Where(static node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax))
        {
            var name = type is BaseTypeDeclarationSyntax declared ? declared.Identifier.Text : ((DelegateDeclarationSyntax)type).Identifier.Text;
            if (EmptyWordIn(name) is { } word)
                yield return new(file.Path, file.LineOf(type), $"'{word}' in the name '{name}' says nothing; name what it does");
        }
    }

    public static IEnumerable<Finding> CheckUnfinished(SourceFile file) =>
        CheckText(file, Unfinished, "finish it, or write down what is not there in the docs");

    public static IEnumerable<Finding> CheckProcess(SourceFile file) => CheckText(file, Process, "the tree says what is, not how the work was organised");

    static IEnumerable<Finding> CheckText(SourceFile file, Regex words, string advice)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            foreach (Match match in words.Matches(file.Lines[i]))
                yield return new(file.Path, i + 1, $"'{match.Value}': {advice}");
        }
    }

    static string? EmptyWordIn(string name) =>
        Words().Matches(name).Select(static match => match.Value.ToLowerInvariant()).FirstOrDefault(EmptyWords.Contains);

    /// <summary>The words of a Pascal-cased, dotted or dashed name: <c>HTTPBodyReader</c> is HTTP, Body, Reader.</summary>
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Words();
}
