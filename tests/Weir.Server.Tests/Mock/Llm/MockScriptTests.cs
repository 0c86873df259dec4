namespace Weir.Server.Tests;

/// <summary>What the mock does wrong on demand.</summary>
public sealed class MockScriptTests : IAsyncLifetime
{
    MockRig _mock = null!;

    public async ValueTask InitializeAsync() => _mock = await MockRig.StartAsync();

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    static string Body(string text, bool isStream = false) =>
        $$"""{"model":"gpt-4o","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]}""";

    [Theory]
    [InlineData("status=1")]
    [InlineData("status=many")]
    [InlineData("close-after")]
    [InlineData("empty=3")]
    [InlineData("sleep=3")]
    public async Task Says_what_it_does_not_understand(string script)
    {
        var (status, body) = await _mock.TryAsync(MockRig.Chat, Body("hi"), ("X-Mock", script));
        Assert.Equal(400, status);
        Assert.Contains($"does not understand '{script}'", body);
    }

    [Theory]
    [InlineData(MockRig.Chat, "rate_limit_exceeded")]
    [InlineData(MockRig.Messages, "rate_limit_error")]
    [InlineData(MockRig.Generate, "RESOURCE_EXHAUSTED")]
    [InlineData(MockRig.Converse, "told to answer 429")]
    [InlineData(MockRig.Cohere, "told to answer 429")]
    public async Task Fails_in_the_words_of_each_wire(string path, string word)
    {
        using var response = await _mock.SendAsync(path, "{}", ("X-Mock", "status=429; retry-after=2"));
        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("2", response.Headers.GetValues("Retry-After").Single());
        Assert.Contains(word, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Takes_its_script_from_the_words_of_the_user()
    {
        Assert.Equal(503, (await _mock.TryAsync(MockRig.Chat, Body("please [mock: status=503] now"))).Status);
        Assert.Equal("", (await _mock.TryAsync(MockRig.Chat, Body("[mock: empty]"))).Body);
    }

    [Fact]
    public async Task Breaks_a_stream_after_its_chunks()
    {
        using var response = await _mock.SendAsync(MockRig.Chat, Body("hello hello hello", isStream: true), ("X-Mock", "close-after=2"));
        await using var stream = await response.Content.ReadAsStreamAsync();
        var got = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(got));
        var text = System.Text.Encoding.UTF8.GetString(got.ToArray());
        Assert.Contains("\"delta\":{\"content\":\"said\"}", text);
        Assert.DoesNotContain("[DONE]", text);
    }

    [Fact]
    public async Task Ends_a_stream_with_an_error_event()
    {
        var (status, body) = await _mock.TryAsync(MockRig.Chat, Body("hello hello hello", isStream: true), ("X-Mock", "error-after=2"));
        Assert.Equal(200, status);
        Assert.EndsWith("\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n", body);
    }

    [Fact]
    public async Task Refuses_and_filters_as_models_do()
    {
        var refused = await _mock.AskAsync(MockRig.Chat, Body("hi"), ("X-Mock", "refuse"));
        Assert.Equal("I cannot help with that.", (string?)refused["choices"]![0]!["message"]!["refusal"]);
        var filtered = await _mock.AskAsync(MockRig.Chat, Body("hi"), ("X-Mock", "filter"));
        Assert.Equal("content_filter", (string?)filtered["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_not_found()
    {
        var (status, body) = await _mock.TryAsync(MockRig.Chat, """{"model":"no-such-model","messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(404, status);
        Assert.Contains("model_not_found", body);
    }
}
