using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Control.Tests;

public sealed partial class AdminDescriptionTests
{
    [Fact]
    public async Task Describes_every_operation_that_is_served()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var document = (await admin.GetAsync("/openapi.json")).Json;
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        foreach (var endpoint in admin.Api.Endpoints)
            foreach (var operation in endpoint.Operations)
                Assert.True(
                    document.GetProperty("paths").GetProperty(endpoint.Template).TryGetProperty(operation.Method.ToLowerInvariant(), out _), endpoint.Template);
    }

    [Fact]
    public async Task Has_a_parameter_for_every_brace_and_an_id_for_every_operation()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var document = (await admin.GetAsync("/openapi.json")).Json;
        HashSet<string> ids = [];
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var braces = Braces().Matches(path.Name).Select(static match => match.Groups[1].Value).ToList();
            var named = path.Value.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Select(static parameter => parameter.GetProperty("name").GetString()!).ToList() : [];
            Assert.Equal(braces, named);
            Assert.Equal(braces.Distinct(), braces);
            foreach (var operation in path.Value.EnumerateObject().Where(static member => member.Name != "parameters"))
            {
                Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!), $"{operation.Name} {path.Name}");
                Assert.Matches("^[a-z0-9_]+$", operation.Value.GetProperty("operationId").GetString()!);
                Assert.NotEmpty(operation.Value.GetProperty("responses").EnumerateObject());
                Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            }
        }
    }

    [Fact]
    public async Task References_only_what_it_has()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var document = (await admin.GetAsync("/openapi.json")).Json;
        var targets = References(document).Distinct().ToList();
        Assert.NotEmpty(targets);
        foreach (var target in targets)
        {
            var at = document;
            Assert.StartsWith("#/", target, StringComparison.Ordinal);
            foreach (var step in target[2..].Split('/')) Assert.True(at.TryGetProperty(step, out at), target);
        }
    }

    static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    [GeneratedRegex("\\{([^}]+)\\}")]
    private static partial Regex Braces();
}
