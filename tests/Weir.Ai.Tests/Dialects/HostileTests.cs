namespace Weir.Ai.Tests;

public sealed class HostileTests
{
    static readonly GeminiDialect Gemini = new();
    static readonly OpenAiResponsesDialect Responses = new();
    static readonly CohereDialect Cohere = new();

    [Fact]
    public void Gemini_bears_any_request()
    {
        foreach (var one in Varied("gemini")) Hostile.Requests(Gemini, one.Request.GetRawText());
    }

    [Fact]
    public void Responses_bears_any_request()
    {
        foreach (var one in Varied("openai-responses")) Hostile.Requests(Responses, one.Request.GetRawText());
    }

    [Fact]
    public void Cohere_bears_any_request()
    {
        foreach (var one in Varied("cohere")) Hostile.Requests(Cohere, one.Request.GetRawText());
    }

    [Fact]
    public void Gemini_bears_any_answer()
    {
        foreach (var one in Varied("gemini").Where(one => !one.Stream)) Hostile.Replies(Gemini, one.Response, Gemini, Responses, Cohere);
    }

    [Fact]
    public void Responses_bears_any_answer()
    {
        foreach (var one in Varied("openai-responses").Where(one => !one.Stream)) Hostile.Replies(Responses, one.Response, Gemini, Responses, Cohere);
    }

    [Fact]
    public void Cohere_bears_any_answer()
    {
        foreach (var one in Varied("cohere").Where(one => !one.Stream)) Hostile.Replies(Cohere, one.Response, Gemini, Responses, Cohere);
    }

    [Fact]
    public void Gemini_bears_any_stream() => Hostile.Streams(Gemini, Wires.OfChunks("gemini", "google-tool-call.chunks.txt"), Gemini, Responses, Cohere);

    [Fact]
    public void Gemini_bears_any_array() => Hostile.Streams(
        Gemini,
        "[" + string.Join(",\r\n", File.ReadLines(Path.Combine(Recorded.Folder("gemini"), "google-text.chunks.txt")).Where(line => line.Length > 0)) + "]",
        Gemini);

    [Theory]
    [InlineData("lmstudio-tool-call.1.chunks.txt")]
    [InlineData("openai-local-shell-tool.1.chunks.txt")]
    [InlineData("azure-text.1.chunks.txt")]
    public void Responses_bears_any_stream(string file) => Hostile.Streams(Responses, Wires.OfChunks("openai-responses", file), Gemini, Responses, Cohere);

    [Theory]
    [InlineData("cohere-tool-call.chunks.txt")]
    [InlineData("cohere-text.chunks.txt")]
    public void Cohere_bears_any_stream(string file) => Hostile.Streams(Cohere, Wires.OfChunks("cohere", file), Gemini, Responses, Cohere);

    /// <summary>The first exchanges of the recorded ones: they were chosen for having the most different fields, the small ones first.</summary>
    static IEnumerable<Recorded> Varied(string folder) => Recorded.All(folder).Where(one => one.Status == 200).Take(10);
}
