using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>A gateway with budgets before the mock of all providers. Prices of gpt-4o: $2.50 a million tokens of prompt, $10 of answer.</summary>
static class BudgetRig
{
    /// <summary>A document with these budgets, each a YAML flow mapping.</summary>
    public static string Document(string mock, params string[] budgets) => $$$"""
        _format_version: "3.0"
        budgets:
        {{{string.Join('\n', budgets.Select(static budget => "- " + budget))}}}
        consumers:
        - {username: ann, custom_id: a-1, groups: [{name: gold}], keyauth_credentials: [{key: ann-key}]}
        - {username: anyone}
        - {username: bob, keyauth_credentials: [{key: bob-key}]}
        consumer_groups: [{name: gold}]
        routes:
        - name: models
          paths: [/]
          strip_path: false
        plugins:
        - {name: key-auth, config: {anonymous: anyone}}
        - name: ai-proxy-advanced
          config:
            balancer: {algorithm: priority, failover_criteria: [error, timeout, http_500, http_503, non_idempotent]}
            targets:
            - weight: 300
              auth: {header_name: Authorization, header_value: Bearer sk-operator}
              logging: {log_statistics: true}
              model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{{mock}}}", input_cost: 2.5, output_cost: 10} }
            - weight: 200
              auth: {header_name: x-api-key, header_value: sk-operator}
              logging: {log_statistics: true}
              model: {provider: anthropic, name: claude-sonnet-4-5, model_alias: claude,
                options: {upstream_url: "{{{mock}}}", input_cost: 2.5, output_cost: 10} }
            - weight: 100
              auth: {header_name: x-goog-api-key, header_value: sk-operator}
              model: {provider: gemini, name: gemini-2.5-flash, model_alias: gemini,
                options: {upstream_url: "{{{mock}}}", input_cost: 2.5, output_cost: 10} }
            - weight: 50
              auth: {header_name: Authorization, header_value: Bearer sk-operator}
              model: {provider: openai, name: gpt-free, model_alias: unpriced, options: {upstream_url: "{{{mock}}}"} }
        """;

    public static Task<HttpResponseMessage> ChatAsync(
        HttpClient client, string text, int? maxTokens = null, bool stream = false, string model = "gpt-4o", string? key = null, string? user = null)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["stream"] = stream,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        };
        if (maxTokens is not null) body["max_tokens"] = maxTokens;
        if (user is not null) body["user"] = user;
        return SendAsync(client, "/v1/chat/completions", body, key);
    }

    public static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, JsonObject body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("apikey", key);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public static decimal Remaining(HttpResponseMessage answer) => decimal.Parse(Header(answer, "Weir-Budget-Remaining")!, CultureInfo.InvariantCulture);

    public static async Task<string> ErrorAsync(HttpResponseMessage answer) =>
        (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["message"]!;

    /// <summary>A number of the metrics page; 0 when it is not there.</summary>
    public static async Task<double> MetricAsync(TestGateway gateway, string series)
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri(gateway.Status, "/metrics"));
        var line = page.Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
