using Weir.Config;

namespace Weir.Server.Tests;

public sealed class Ai2KongTests : IDisposable
{
    const string Models = """
        _format_version: "3.0"
        _info: {select_tags: [ai]}
        model_providers:
        - name: main
          type: openai
          config: {auth: {headers: [{name: Authorization, value: "Bearer {vault://env/openai-key}"}]}}
        policies:
        - {name: guard, type: ai-prompt-guard, config: {deny_patterns: ["(?i)ignore: yes"]}}
        - {name: all, type: rate-limiting, global: true, config: {minute: 1000}}
        models:
        - name: gpt
          formats: [{type: openai}, {type: gemini}]
          targets: [{name: gpt-4o, provider: main, config: {temperature: 0.5}}]
          policies: [guard]
          access: {virtual_keys: true, acls: {deny: [interns]}}
        - name: claude
          formats: [{type: anthropic}]
          targets: [{name: "123", provider: main}]
        virtual_keys:
        - {name: k, hash: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", models: [gpt]}
        services:
        - {name: other, url: "http://other.test", routes: [{name: r, paths: [/other]}]}
        """;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-ai2kong");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_it_prints_means_what_the_models_mean()
    {
        var (code, yaml, error) = Run(Write(Models));
        Assert.Equal((0, ""), (code, error));
        Assert.DoesNotContain("model_providers", yaml);
        Assert.DoesNotContain("policies:", yaml);
        var (before, after) = (Read(Models), Read(yaml));
        Assert.Equal(Ids(before), Ids(after));
        Assert.Equal(Weir.Gateway.DocumentHash.Of(before with { Models = [], ModelProviders = [], Policies = [] }), Weir.Gateway.DocumentHash.Of(after));
        // Printed again it stays as it is.
        Assert.Equal(yaml, Run(Write(yaml)).Output);
    }

    [Fact]
    public void References_to_vaults_stay_and_values_of_the_environment_are_not_printed()
    {
        const string Secret = "sk-very-secret";
        Environment.SetEnvironmentVariable("DECK_AI2KONG_TEST", Secret);
        var (code, yaml, _) = Run(Write(Models.Replace("{vault://env/openai-key}", "${{ env \"DECK_AI2KONG_TEST\" }}", StringComparison.Ordinal)
            .Replace("deny_patterns: [\"(?i)ignore: yes\"]", "deny_patterns: [\"{vault://env/pattern}\"]", StringComparison.Ordinal)));
        Assert.Equal(0, code);
        Assert.DoesNotContain(Secret, yaml);
        Assert.Contains("'Bearer ${{ env \"DECK_AI2KONG_TEST\" }}'", yaml);
        Assert.Contains("{vault://env/pattern}", yaml);
        Assert.Equal(yaml, Run(Write(yaml)).Output);
    }

    [Fact]
    public void A_file_with_problems_is_not_printed()
    {
        var (code, yaml, error) = Run(Write(Models.Replace("provider: main, config", "provider: mian, config", StringComparison.Ordinal)));
        Assert.Equal((1, ""), (code, yaml));
        Assert.Contains("model 'gpt': targets[0].provider: there is no model_provider 'mian'", error);
    }

    [Fact]
    public void A_file_must_be_named()
    {
        var (code, _, error) = Run();
        Assert.Equal(2, code);
        Assert.Contains("name at least one file", error);
    }

    static string[] Ids(Document document) =>
    [
        .. document.AiModels.Select(static each => each.Id!), .. document.Routes.Select(static each => each.Id!),
        .. document.Plugins.Select(static each => each.Entity.Id!).Order(), .. document.VirtualKeys.Select(static each => each.Id!),
    ];

    static Document Read(string yaml)
    {
        var options = new ReadOptions { Plugins = Catalog.All.ToDictionary(static kind => kind.Name), ResolveSecrets = false };
        var read = DocumentReader.ReadText("kong.yaml", yaml, options);
        Assert.Empty(read.Problems.Select(static problem => problem.ToString()));
        return read.Document!;
    }

    string Write(string yaml)
    {
        var path = Path.Combine(_folder.FullName, "ai.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }

    static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = FileCommand.Create(output, error).Parse(["ai2kong", .. arguments]).Invoke();
        return (code, output.ToString(), error.ToString());
    }
}
