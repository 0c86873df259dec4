using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>
/// Which path belongs to which provider's operation. What stands before an OpenAI path is ignored: compatible providers put it at
/// many places.
/// </summary>
static class MockPaths
{
    static readonly OpenAiProvider s_openAi = new();
    static readonly AnthropicProvider s_anthropic = new();
    static readonly GeminiProvider s_gemini = new();
    static readonly BedrockProvider s_bedrock = new();
    static readonly CohereProvider s_cohere = new();

    static readonly OpenAiFiles s_files = new(s_openAi);
    static readonly OpenAiModelList s_models = new(s_openAi);
    static readonly OpenAiModelList s_anthropicModels = new(s_anthropic);

    /// <summary>By the end of the path; the first that fits.</summary>
    static readonly (string End, MockOperation Operation)[] s_ends =
    [
        ("/chat/completions", new OpenAiChat(s_openAi)),
        ("/completions", new OpenAiCompletions(s_openAi)),
        ("/responses", new OpenAiResponses(s_openAi)),
        ("/embeddings", new OpenAiEmbeddings(s_openAi)),
        ("/images/generations", new OpenAiImages(s_openAi)),
        ("/images/edits", new OpenAiImages(s_openAi)),
        ("/audio/speech", new OpenAiSpeech(s_openAi)),
        ("/audio/transcriptions", new OpenAiAudioText(s_openAi)),
        ("/audio/translations", new OpenAiAudioText(s_openAi)),
        ("/v1/messages", new AnthropicMessages(s_anthropic)),
        ("/v1/messages/count_tokens", new AnthropicCount(s_anthropic)),
        (":rawPredict", new AnthropicMessages(s_anthropic)),
        (":streamRawPredict", new AnthropicMessages(s_anthropic)),
        (":generateContent", new GeminiContent(s_gemini, false)),
        (":streamGenerateContent", new GeminiContent(s_gemini, true)),
        (":embedContent", new GeminiEmbedding(s_gemini, "embedContent")),
        (":batchEmbedContents", new GeminiEmbedding(s_gemini, "batchEmbedContents")),
        (":predict", new GeminiEmbedding(s_gemini, "predict")),
        (":countTokens", new GeminiEmbedding(s_gemini, "countTokens")),
        ("/converse", new BedrockConverse(s_bedrock, false)),
        ("/converse-stream", new BedrockConverse(s_bedrock, true)),
        ("/invoke", new BedrockInvoke(s_bedrock)),
        ("/v2/chat", new CohereChat(s_cohere)),
        ("/v2/embed", new CohereEmbed(s_cohere)),
        ("/rerank", new CohereRerank(s_cohere)),
    ];

    /// <summary>Parts of paths before which no model stands, and after which one does.</summary>
    static readonly string[] s_beforeModel = ["/deployments/", "/models/", "/model/"];

    public static bool HasOpenAiKey(HttpRequest request) => s_openAi.HasKey(request);

    public static (MockOperation Operation, string Model)? Find(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        if (path.Contains("/v1/files", StringComparison.Ordinal) || path.Contains("/v1/batches", StringComparison.Ordinal)) return (s_files, "");
        if (HttpMethods.IsGet(request.Method)) return FindModels(request, path);
        if (!HttpMethods.IsPost(request.Method)) return null;
        foreach (var (end, operation) in s_ends)
        {
            if (path.EndsWith(end, StringComparison.Ordinal)) return (operation, Model(path[..^end.Length]));
        }
        return null;
    }

    static (MockOperation Operation, string Model)? FindModels(HttpRequest request, string path)
    {
        var models = request.Headers["anthropic-version"].Count > 0 ? s_anthropicModels : s_models;
        if (path.EndsWith("/models", StringComparison.Ordinal)) return (models, "");
        var at = path.LastIndexOf("/models/", StringComparison.Ordinal);
        return at < 0 ? null : (models, Uri.UnescapeDataString(path[(at + "/models/".Length)..]));
    }

    static string Model(string path)
    {
        foreach (var before in s_beforeModel)
        {
            var at = path.LastIndexOf(before, StringComparison.Ordinal);
            if (at >= 0) return Uri.UnescapeDataString(path[(at + before.Length)..]);
        }
        return "";
    }
}
