using Weir.Config;

namespace Weir.Server.Tests;

/// <summary>Documents with models, read with the real catalog.</summary>
static class ModelDocument
{
    public const string Provider = """
        model_providers:
        - name: main
          type: openai
          config: {auth: {headers: [{name: Authorization, value: Bearer x}]}}

        """;

    static readonly ReadOptions s_options = new() { Plugins = Catalog.All.ToDictionary(static kind => kind.Name) };

    public static DocumentResult Try(string yaml) => DocumentReader.ReadText("kong.yaml", "_format_version: \"3.0\"\n" + yaml, s_options);

    /// <summary>The document; fails the test when there is a problem.</summary>
    public static Document Read(string yaml)
    {
        var result = Try(yaml);
        Assert.Empty(result.Problems.Select(static problem => problem.ToString()));
        return result.Document!;
    }

    /// <summary>The problems, as people see them.</summary>
    public static string[] Problems(string yaml) => [.. Try(yaml).Problems.Select(static problem => problem.ToString())];
}
