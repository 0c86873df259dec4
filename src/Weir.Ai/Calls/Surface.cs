namespace Weir.Ai;

/// <summary>What a client asks of a model.</summary>
enum Operation
{
    /// <summary>A conversation, in any dialect.</summary>
    Chat,
    CountTokens,
    Embeddings,
    Rerank,
    Images,
    ImageEdits,
    Speech,
    Transcription,
    AudioTranslation,
    Video,
    Models,
    Files,
    Batches,
    Assistants,
    Realtime,

    /// <summary>Anything else: passed through as it is.</summary>
    Other,
}

/// <summary>What a request asks for and in which dialect, as its path tells.</summary>
/// <param name="Operation">What is asked for.</param>
/// <param name="Dialect">The dialect; for operations that are no conversation, the one of the same vendor's conversations.</param>
/// <param name="Line">Model and streaming where the path says them.</param>
readonly record struct Surface(Operation Operation, DialectName Dialect, RequestLine Line = default)
{
    static readonly (string Suffix, Operation Operation, DialectName Dialect)[] Suffixes =
    [
        ("/chat/completions", Operation.Chat, DialectName.OpenAiChat),
        ("/v1/messages", Operation.Chat, DialectName.Anthropic),
        ("/v1/messages/count_tokens", Operation.CountTokens, DialectName.Anthropic),
        ("/responses", Operation.Chat, DialectName.OpenAiResponses),
        ("/completions", Operation.Chat, DialectName.OpenAiCompletions),
        ("/v2/chat", Operation.Chat, DialectName.Cohere),
        ("/v2/embed", Operation.Embeddings, DialectName.Cohere),
        ("/v2/rerank", Operation.Rerank, DialectName.Cohere),
        ("/rerank", Operation.Rerank, DialectName.OpenAiChat),
        ("/embeddings", Operation.Embeddings, DialectName.OpenAiChat),
        ("/images/generations", Operation.Images, DialectName.OpenAiChat),
        ("/images/edits", Operation.ImageEdits, DialectName.OpenAiChat),
        ("/images/variations", Operation.ImageEdits, DialectName.OpenAiChat),
        ("/audio/speech", Operation.Speech, DialectName.OpenAiChat),
        ("/audio/transcriptions", Operation.Transcription, DialectName.OpenAiChat),
        ("/audio/translations", Operation.AudioTranslation, DialectName.OpenAiChat),
        ("/videos", Operation.Video, DialectName.OpenAiChat),
        ("/models", Operation.Models, DialectName.OpenAiChat),
        ("/realtime", Operation.Realtime, DialectName.OpenAiChat),
    ];

    /// <summary>What the path of a request says; null when it is no path of any vendor's API.</summary>
    public static Surface? OfPath(string path)
    {
        foreach (var (suffix, operation, dialect) in Suffixes)
            if (path.EndsWith(suffix, StringComparison.Ordinal)) return new Surface(operation, dialect);
        return OfGemini(path) ?? OfBedrock(path) ?? OfCollection(path);
    }

    /// <summary><c>…/models/{model}:generateContent</c>; Vertex AI puts projects, locations and publishers before it.</summary>
    static Surface? OfGemini(string path)
    {
        const string Models = "/models/";
        var colon = path.LastIndexOf(':');
        var models = path.LastIndexOf(Models, StringComparison.Ordinal);
        if (colon < 0 || models < 0 || colon < models + Models.Length) return null;
        var model = Uri.UnescapeDataString(path[(models + Models.Length)..colon]);
        return path[(colon + 1)..] switch
        {
            "generateContent" => new Surface(Operation.Chat, DialectName.Gemini, new RequestLine(model, false)),
            "streamGenerateContent" => new Surface(Operation.Chat, DialectName.Gemini, new RequestLine(model, true)),
            "countTokens" => new Surface(Operation.CountTokens, DialectName.Gemini, new RequestLine(model, false)),
            "embedContent" or "batchEmbedContents" => new Surface(Operation.Embeddings, DialectName.Gemini, new RequestLine(model, false)),
            _ => null,
        };
    }

    /// <summary><c>/model/{modelId}/converse</c>; the id may be an ARN with encoded slashes.</summary>
    static Surface? OfBedrock(string path)
    {
        const string Model = "/model/";
        var start = path.IndexOf(Model, StringComparison.Ordinal);
        var slash = path.LastIndexOf('/');
        if (start < 0 || slash < start + Model.Length) return null;
        var model = Uri.UnescapeDataString(path[(start + Model.Length)..slash]);
        return path[(slash + 1)..] switch
        {
            "converse" => new Surface(Operation.Chat, DialectName.Bedrock, new RequestLine(model, false)),
            "converse-stream" => new Surface(Operation.Chat, DialectName.Bedrock, new RequestLine(model, true)),
            _ => null,
        };
    }

    static Surface? OfCollection(string path)
    {
        if (path.Contains("/v1/models/", StringComparison.Ordinal)) return new Surface(Operation.Models, DialectName.OpenAiChat);
        if (path.Contains("/v1/files", StringComparison.Ordinal)) return new Surface(Operation.Files, DialectName.OpenAiChat);
        if (path.Contains("/v1/batches", StringComparison.Ordinal)) return new Surface(Operation.Batches, DialectName.OpenAiChat);
        if (path.Contains("/v1/assistants", StringComparison.Ordinal) || path.Contains("/v1/threads", StringComparison.Ordinal))
            return new Surface(Operation.Assistants, DialectName.OpenAiChat);
        return null;
    }
}
