using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Budgets through the whole gateway, from the document to the wire, with the mock of all providers behind it.</summary>
public sealed class BudgetTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task A_call_that_may_cost_more_than_is_left_is_refused_in_the_clients_dialect()
    {
        // An answer of 100 tokens costs $0.001.
        await using var gateway = await TestGateway.StartAsync(Document("{name: all, applies_to: everyone, limit: '0.0015'}"));
        using var first = await AskAsync(gateway, "Hello [mock: tokens=100]", maxTokens: 100);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("all", Header(first, "Weir-Budget"));
        var left = decimal.Parse(Header(first, "Weir-Budget-Remaining")!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0.0015m - decimal.Parse(Header(first, "Weir-LLM-Cost")!, System.Globalization.CultureInfo.InvariantCulture), left);
        using var second = await AskAsync(gateway, "Hello", maxTokens: 100);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
        var error = JsonNode.Parse(await second.Content.ReadAsStringAsync())!["error"]!;
        Assert.StartsWith("the budget 'all' is used up until ", (string?)error["message"], StringComparison.Ordinal);
    }

    static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    static Task<HttpResponseMessage> AskAsync(TestGateway gateway, string text, int? maxTokens = null, bool stream = false) =>
        gateway.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "gpt-4o", stream, max_tokens = maxTokens, messages = new[] { new { role = "user", content = text } } }),
        });

    string Document(params string[] budgets) => $$"""
        _format_version: "3.0"
        budgets:
        {{string.Join('\n', budgets.Select(static budget => "- " + budget))}}
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy-advanced
          config:
            targets:
            - auth: {header_name: Authorization, header_value: Bearer sk-operator}
              model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{_mock.Address}}", input_cost: 2.5, output_cost: 10} }
        """;
}
