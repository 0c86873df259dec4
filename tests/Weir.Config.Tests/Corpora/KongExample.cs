using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Config.Tests;

/// <summary>
/// Examples of Kong's documentation hold the <c>config</c> of one plugin, with <c>${name}</c> for what the reader has to fill in, or the fields of one entity.
/// This makes documents of them, as YAML that is JSON.
/// </summary>
static partial class KongExample
{
    public static string Document(string file, string text)
    {
        var report = new Report(100);
        var folders = file.Split('/');
        text = Environment().Replace(text, "value");
        if (YamlText.Read(file, text, new ReadLimits(), report) is not MapNode root)
            throw new InvalidOperationException($"{file} is not an example: {string.Join("; ", report.Problems())}");
        return folders[1] == "_entities" ? Entity(folders[^2], root) : Plugin(folders[1], root);
    }

    static string Plugin(string plugin, MapNode root)
    {
        var config = Json(root.Find("config") ?? new MapNode(root.Place, []), root.Find("variables") as MapNode);
        return $$"""{"_format_version": "3.0", "plugins": [{"name": "{{plugin}}", "config": {{config}}}]}""";
    }

    static string Entity(string folder, MapNode root)
    {
        var kind = folder switch
        {
            "consumer-groups" => "consumer_groups",
            "upstream" => "upstreams",
            _ => folder,
        };
        // Each example refers to what other examples declare.
        var stubs = new StringBuilder();
        if (kind == "routes" && (root.Find("service") as MapNode)?.FindText("name") is { } service)
            stubs.Append($$""", "services": [{"name": "{{service}}", "host": "example.com"}]""");
        foreach (var group in kind == "consumers" ? (root.Find("groups") as ListNode)?.Items ?? [] : [])
            stubs.Append($$""", "consumer_groups": [{{Json(group)}}]""");
        return $$"""{"_format_version": "3.0", "{{kind}}": [{{Json(root)}}]{{stubs}}}""";
    }

    static string Json(Node node, MapNode? variables = null) => Variable().Replace(Encoding.UTF8.GetString(NodeJson.Bytes(node)), match =>
    {
        var name = match.Groups[1].Value;
        return Value(name + (variables?.Find(name) as MapNode)?.FindText("value"));
    });

    // What a reader would fill in, by what the variable and its example are called.
    static string Value(string variable) => variable switch
    {
        _ when variable.Contains("url", StringComparison.OrdinalIgnoreCase) || variable.Contains("endpoint", StringComparison.OrdinalIgnoreCase)
            => "https://example.com/path",
        _ when variable.EndsWith("id", StringComparison.OrdinalIgnoreCase) => "6f6a2bd0-7d5f-4b0c-9d6e-0a4f5a2f2b11",
        _ when variable.Contains("host", StringComparison.OrdinalIgnoreCase) => "host.example.com",
        // Its text is checked; a reference is not.
        _ when variable.StartsWith("gcp_service_account_json", StringComparison.Ordinal) => "{vault://env/gcp-service-account}",
        _ => "value",
    };

    [GeneratedRegex("""\$\{\{ *env "[A-Z_0-9]+" *\}\}""")]
    private static partial Regex Environment();

    [GeneratedRegex(@"\$\{([A-Za-z0-9_-]+)\}")]
    private static partial Regex Variable();
}
