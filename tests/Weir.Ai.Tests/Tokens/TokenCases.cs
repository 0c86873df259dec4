using System.Text.Json;

namespace Weir.Ai.Tests;

/// <summary>Texts with the tokens that another encoder makes of them.</summary>
/// <param name="Text">The text.</param>
/// <param name="O200k">Its tokens in o200k_base.</param>
/// <param name="Cl100k">Its tokens in cl100k_base.</param>
sealed record TokenCase(string Text, int[] O200k, int[] Cl100k)
{
    public static IReadOnlyList<TokenCase> Read(string json) => JsonSerializer.Deserialize<TokenCase[]>(json, JsonSerializerOptions.Web)!;

    /// <summary>The cases that make-cases.mjs wrote.</summary>
    public static IReadOnlyList<TokenCase> Stored => Read(File.ReadAllText(Path.Combine(Folder, "token-cases.json")));

    /// <summary>The folder of these tests in the tree.</summary>
    public static string Folder
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Weir.slnx"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "tests", "Weir.Ai.Tests", "Tokens");
        }
    }
}
