using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weir.House.Tests;

/// <summary>The lists of banned symbols. The analyzer passes over a line that it cannot resolve, so a slip of the pen bans nothing.</summary>
static class BannedSymbols
{
    static readonly Lazy<Compilation> Framework = new(static () => CSharpCompilation.Create(
        "framework",
        references: PlatformAssemblies().Select(static path => MetadataReference.CreateFromFile(path))));

    public static IEnumerable<Finding> Check(string path, IReadOnlyList<string> lines)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var (symbol, instead) = lines[i].Split(';', 2) is [var left, var right] ? (left, right) : (lines[i], "");
            if (instead.Length == 0)
                yield return new(path, i + 1, $"{symbol} is banned without a replacement; say what to write instead after a semicolon");
            if (!seen.Add(symbol))
                yield return new(path, i + 1, $"{symbol} stands twice");
            if (SymbolsOf(symbol).IsEmpty)
                yield return new(path, i + 1, $"{symbol} names nothing, so nothing is banned");
        }
    }

    static string[] PlatformAssemblies() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    static ImmutableArray<ISymbol> SymbolsOf(string id) => DocumentationCommentId.GetSymbolsForDeclarationId(id, Framework.Value);
}
