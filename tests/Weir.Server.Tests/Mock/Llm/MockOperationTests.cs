using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Weir.Server.Tests;

/// <summary>What providers offer beside conversations.</summary>
public sealed class MockOperationTests : IAsyncLifetime
{
    MockRig _mock = null!;

    public async ValueTask InitializeAsync() => _mock = await MockRig.StartAsync();

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task Embeds_the_same_text_alike_in_both_encodings()
    {
        var plain = await _mock.AskAsync("/v1/embeddings", """{"model":"text-embedding-3-small","input":["a","b","a"],"dimensions":4}""");
        var packed = await _mock.AskAsync("/v1/embeddings", """{"model":"text-embedding-3-small","input":"a","dimensions":4,"encoding_format":"base64"}""");
        float[] first = [.. plain["data"]![0]!["embedding"]!.AsArray().Select(static value => (float)value!)];
        Assert.Equal(plain["data"]![0]!["embedding"]!.ToJsonString(), plain["data"]![2]!["embedding"]!.ToJsonString());
        Assert.NotEqual(plain["data"]![0]!["embedding"]!.ToJsonString(), plain["data"]![1]!["embedding"]!.ToJsonString());
        Assert.Equal(first, MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)packed["data"]![0]!["embedding"]!)).ToArray());
        Assert.Equal(1.0, first.Sum(static value => value * value), 3);
        Assert.Equal(3, (int)plain["usage"]!["prompt_tokens"]!);
    }

    [Fact]
    public async Task Ranks_documents_by_the_words_they_share()
    {
        var ranked = await _mock.AskAsync(
            "/v2/rerank", """{"model":"rerank-v3.5","query":"red fox","documents":["a blue whale","the red fox","a fox"],"top_n":2}""");
        Assert.Equal([1, 2], ranked["results"]!.AsArray().Select(static entry => (int)entry!["index"]!));
    }

    [Fact]
    public async Task Counts_tokens_as_the_answer_would()
    {
        var counted = await _mock.AskAsync(
            "/v1/messages/count_tokens", """{"model":"claude","messages":[{"role":"user","content":"Hello there"}]}""", ("anthropic-version", "2023-06-01"));
        Assert.Equal(3, (int)counted["input_tokens"]!);
        var gemini = await _mock.AskAsync("/v1beta/models/g:countTokens", """{"contents":[{"parts":[{"text":"Hello there"}]}]}""");
        Assert.Equal(3, (int)gemini["totalTokens"]!);
    }

    [Fact]
    public async Task Streams_gemini_as_an_array_where_events_are_not_asked_for()
    {
        const string body = """{"contents":[{"parts":[{"text":"Hello"}]}]}""";
        using var array = await _mock.SendAsync("/v1beta/models/g:streamGenerateContent", body);
        Assert.Equal("application/json", array.Content.Headers.ContentType!.MediaType);
        Assert.Equal(5, JsonNode.Parse(await array.Content.ReadAsStringAsync())!.AsArray().Count);
        using var events = await _mock.SendAsync("/v1beta/models/g:streamGenerateContent?alt=sse", body);
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Makes_images_and_speech()
    {
        var images = await _mock.AskAsync("/v1/images/generations", """{"model":"gpt-image-1","prompt":"a weir","n":2}""");
        Assert.Equal(2, images["data"]!.AsArray().Count);
        using var speech = await _mock.SendAsync("/v1/audio/speech", """{"model":"tts-1","input":"Hello","voice":"alloy","response_format":"wav"}""");
        Assert.Equal("RIFF"u8.ToArray(), (await speech.Content.ReadAsByteArrayAsync())[..4]);
    }

    [Fact]
    public async Task Takes_vertex_and_azure_paths_with_the_model_in_them()
    {
        var vertex = await _mock.AskAsync(
            "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4:rawPredict",
            """{"anthropic_version":"vertex-2023-10-16","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal("claude-sonnet-4", (string?)vertex["model"]);
        var azure = await _mock.AskAsync(
            "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", """{"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal("gpt-4o", (string?)azure["model"]);
    }

    [Fact]
    public async Task Echoes_what_is_nobodys_path()
    {
        var echo = await _mock.AskAsync("/anything/v1/chat/completions", """{"a":1}""");
        Assert.Equal("""{"a":1}""", (string?)echo["body"]);
    }
}
