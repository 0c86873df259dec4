using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a legacy completion's request.</summary>
static class OpenAiCompletionsRequestReader
{
    public static ChatRequest? Read(WireObject root, RequestLine line, Problems problems)
    {
        var before = problems.Found.Count;
        var request = new ChatRequest { Dialect = DialectName.OpenAiCompletions, Model = root.Text("model") ?? line.Model ?? "" };
        if (request.Model.Length == 0) root.Missing("model");
        request.IsStream = root.Flag("stream") ?? line.IsStream ?? false;
        if (ReadPrompt(root) is { } prompt) request.Messages.Add(Message.OfText(Role.User, prompt));
        var logprobs = root.Int("logprobs");
        request.Sampling = new Sampling
        {
            OutputTokensMax = root.Int("max_tokens"),
            Temperature = root.Number("temperature"),
            TopP = root.Number("top_p"),
            TopK = root.Int("top_k"),
            FrequencyPenalty = root.Number("frequency_penalty"),
            PresencePenalty = root.Number("presence_penalty"),
            Seed = root.Long("seed"),
            Stop = root.Texts("stop"),
            Choices = root.Int("n"),
            Logprobs = logprobs is not null,
            TopLogprobs = logprobs,
        };
        if (request.Sampling.Choices < 1) root.Problem("n", $"must be at least 1, not {request.Sampling.Choices}");
        // -1 asks for as many as there is room for.
        if (request.Sampling.OutputTokensMax < -1) root.Problem("max_tokens", $"must be at least -1, not {request.Sampling.OutputTokensMax}");
        request.User = root.Text("user");
        if (root.Object("stream_options") is { } options)
        {
            request.AsksUsage = options.Flag("include_usage") ?? false;
            foreach (var extra in options.Rest()) request.Extras.Add(extra with { Name = OpenAiChatRequestReader.StreamOptions + extra.Name });
        }
        foreach (var extra in root.Rest())
            if (!extra.Value.Utf8.Span.SequenceEqual("null"u8)) request.Extras.Add(extra);
        return problems.Found.Count == before ? request : null;
    }

    static string? ReadPrompt(WireObject root)
    {
        switch (root.Any("prompt"))
        {
            case null: root.Missing("prompt"); return null;
            case { ValueKind: JsonValueKind.String }: return root.Text("prompt");
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 1 && list[0].ValueKind == JsonValueKind.String:
                return WireObject.TextOf(list[0]);
            case { ValueKind: JsonValueKind.Array }:
                root.Problem("prompt", "must be one text: several prompts, and prompts of token numbers, cannot be translated");
                return null;
            default:
                root.Problem("prompt", "must be a string or an array of one string");
                return null;
        }
    }
}
