namespace Weir.Ai.Tests;

public sealed class SurfaceTests
{
    [Theory]
    [InlineData("/v1/chat/completions", nameof(Operation.Chat), nameof(DialectName.OpenAiChat))]
    [InlineData("/openai/deployments/d/chat/completions", nameof(Operation.Chat), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/completions", nameof(Operation.Chat), nameof(DialectName.OpenAiCompletions))]
    [InlineData("/x/v1/messages", nameof(Operation.Chat), nameof(DialectName.Anthropic))]
    [InlineData("/v1/messages/count_tokens", nameof(Operation.CountTokens), nameof(DialectName.Anthropic))]
    [InlineData("/v1/responses", nameof(Operation.Chat), nameof(DialectName.OpenAiResponses))]
    [InlineData("/v2/chat", nameof(Operation.Chat), nameof(DialectName.Cohere))]
    [InlineData("/v2/embed", nameof(Operation.Embeddings), nameof(DialectName.Cohere))]
    [InlineData("/v2/rerank", nameof(Operation.Rerank), nameof(DialectName.Cohere))]
    [InlineData("/v1/embeddings", nameof(Operation.Embeddings), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/images/generations", nameof(Operation.Images), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/images/edits", nameof(Operation.ImageEdits), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/audio/speech", nameof(Operation.Speech), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/audio/transcriptions", nameof(Operation.Transcription), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/audio/translations", nameof(Operation.AudioTranslation), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/models", nameof(Operation.Models), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/models/gpt-4o", nameof(Operation.Models), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/files/file-1/content", nameof(Operation.Files), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/batches/b/cancel", nameof(Operation.Batches), nameof(DialectName.OpenAiChat))]
    [InlineData("/v1/threads/t/runs", nameof(Operation.Assistants), nameof(DialectName.OpenAiChat))]
    public void Knows_the_paths_of_the_vendors(string path, string operation, string dialect)
    {
        var surface = Surface.OfPath(path);
        Assert.Equal(operation, surface?.Operation.ToString());
        Assert.Equal(dialect, surface?.Dialect.ToString());
        Assert.Equal(default(RequestLine), surface?.Line);
    }

    [Theory]
    [InlineData("/v1beta/models/gemini-2.5-flash:generateContent", nameof(Operation.Chat), "gemini-2.5-flash", false)]
    [InlineData("/v1beta/models/gemini-2.5-flash:streamGenerateContent", nameof(Operation.Chat), "gemini-2.5-flash", true)]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/g:generateContent", nameof(Operation.Chat), "g", false)]
    [InlineData("/v1beta/models/a%2Fb:countTokens", nameof(Operation.CountTokens), "a/b", false)]
    [InlineData("/v1beta/models/e:embedContent", nameof(Operation.Embeddings), "e", false)]
    [InlineData("/v1beta/models/e:batchEmbedContents", nameof(Operation.Embeddings), "e", false)]
    [InlineData("/model/anthropic.claude-v1%3A0/converse", nameof(Operation.Chat), "anthropic.claude-v1:0", false)]
    [InlineData("/model/arn%3Aaws%3Abedrock%2Fm/converse-stream", nameof(Operation.Chat), "arn:aws:bedrock/m", true)]
    public void Takes_model_and_streaming_from_the_path(string path, string operation, string model, bool isStream)
    {
        var surface = Surface.OfPath(path);
        Assert.Equal(operation, surface?.Operation.ToString());
        Assert.Equal(new RequestLine(model, isStream), surface?.Line);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/chat")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/V1/MESSAGES")]
    [InlineData("/v1beta/models/g:deleteEverything")]
    [InlineData("/v1beta/models/:generateContent")]
    [InlineData("/model//converse")]
    [InlineData("/model/x/invoke")]
    [InlineData("/converse")]
    public void Says_nothing_of_other_paths(string path) => Assert.True(Surface.OfPath(path) is null or { Line.Model: "" });
}
