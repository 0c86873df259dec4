using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server.Tests;

/// <summary>The mock on a port of its own, and requests to it.</summary>
sealed class MockRig : IAsyncDisposable
{
    public const string Chat = "/v1/chat/completions";
    public const string Messages = "/v1/messages";
    public const string Generate = "/v1beta/models/gemini-2.5-flash:generateContent";
    public const string Converse = "/model/us.anthropic.claude-sonnet-4-0/converse";
    public const string Cohere = "/v2/chat";

    readonly MockServer _mock;
    readonly HttpClient _client;

    MockRig(MockServer mock)
    {
        _mock = mock;
        _client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(mock.Address) };
    }

    public static async Task<MockRig> StartAsync(bool requiresKey = false)
    {
        var mock = new MockServer("127.0.0.1:0", TimeProvider.System, requiresKey);
        await mock.StartAsync(CancellationToken.None);
        return new MockRig(mock);
    }

    public async Task<HttpResponseMessage> SendAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (path == Messages) request.Headers.Add("anthropic-version", "2023-06-01");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The answer to a request that must be taken.</summary>
    public async Task<JsonNode> AskAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<(int Status, string Body)> TryAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, body, headers);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _mock.DisposeAsync();
    }
}
