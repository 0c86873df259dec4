using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a request's parameters; messages and tools have readers of their own.</summary>
static class OpenAiChatRequestReader
{
    /// <summary>Marks extras that stood in stream_options.</summary>
    public const string StreamOptions = "stream_options.";

    public static ChatRequest? Read(WireObject root, RequestLine line, Problems problems)
    {
        var before = problems.Found.Count;
        var request = new ChatRequest { Dialect = DialectName.OpenAiChat, Model = root.Text("model") ?? line.Model ?? "" };
        if (request.Model.Length == 0) root.Missing("model");
        request.IsStream = root.Flag("stream") ?? line.IsStream ?? false;
        OpenAiChatMessageReader.ReadAll(root, request.Messages);
        OpenAiChatToolReader.Read(root, request);
        ReadSampling(root, request);
        ReadAnswer(root, request);
        ReadMetadata(root, request);
        request.User = root.Text("user");
        request.Store = root.Flag("store");
        request.ServiceTier = root.Text("service_tier");
        if (root.Object("stream_options") is { } options)
        {
            request.AsksUsage = options.Flag("include_usage") ?? false;
            foreach (var extra in options.Rest()) request.Extras.Add(extra with { Name = StreamOptions + extra.Name });
        }
        request.Extras.AddRange(root.Rest().Where(static extra => !IsNull(extra)));
        return problems.Found.Count == before ? request : null;
    }

    static void ReadSampling(WireObject root, ChatRequest request)
    {
        var limit = root.Int("max_completion_tokens");
        var older = root.Int("max_tokens");
        AtLeast(root, "max_completion_tokens", limit, 1);
        AtLeast(root, "max_tokens", older, 1);
        var choices = root.Int("n");
        AtLeast(root, "n", choices, 1);
        var top = root.Int("top_logprobs");
        AtLeast(root, "top_logprobs", top, 0);
        request.Sampling = new Sampling
        {
            OutputTokensMax = limit ?? older,
            OutputTokensField = limit is not null ? "max_completion_tokens" : older is not null ? "max_tokens" : null,
            Temperature = root.Number("temperature"),
            TopP = root.Number("top_p"),
            TopK = root.Int("top_k"),
            FrequencyPenalty = root.Number("frequency_penalty"),
            PresencePenalty = root.Number("presence_penalty"),
            Seed = root.Long("seed"),
            Stop = root.Texts("stop"),
            Choices = choices,
            Logprobs = root.Flag("logprobs") ?? false,
            TopLogprobs = top,
        };
    }

    static void AtLeast(WireObject root, string name, int? value, int least)
    {
        if (value < least) root.Problem(name, $"must be at least {least}, not {value}");
    }

    static void ReadAnswer(WireObject root, ChatRequest request)
    {
        if (root.Text("reasoning_effort") is { } effort) request.Reasoning = new Reasoning { Effort = effort, IsEnabled = effort != "none" };
        request.Modalities.AddRange(root.Texts("modalities"));
        if (root.Object("audio") is { } audio) request.Audio = new AudioOutput(audio.Raw("voice"), audio.Text("format"));
        if (root.Object("response_format") is not { } format) return;
        switch (format.RequiredText("type"))
        {
            case "text": request.Format = new OutputFormat(OutputKind.Text); break;
            case "json_object": request.Format = new OutputFormat(OutputKind.JsonObject); break;
            case "json_schema" when format.Object("json_schema") is { } wire:
                var schema = wire.Object("schema") is null ? default : wire.Raw("schema");
                request.Format = new OutputFormat(OutputKind.JsonSchema, wire.RequiredText("name"), wire.Text("description"), schema, wire.Flag("strict"));
                break;
            case "json_schema": format.Missing("json_schema"); break;

            // Grammars and other forms of compatible providers.
            case { Length: > 0 }: request.Extras.Add(new Extra("response_format", root.Raw("response_format"))); break;
        }
    }

    /// <summary>OpenAI's metadata are texts by name; a provider that takes something else gets it as it came.</summary>
    static void ReadMetadata(WireObject root, ChatRequest request)
    {
        if (root.Object("metadata") is null || root.Any("metadata") is not { } metadata) return;
        foreach (var property in metadata.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String)
            {
                request.Metadata.Add(new(property.Name, WireObject.TextOf(property.Value)));
                continue;
            }
            request.Metadata.Clear();
            request.Extras.Add(new Extra("metadata", WireObject.Copy(metadata)));
            return;
        }
    }

    static bool IsNull(Extra extra) => extra.Value.Utf8.Span.SequenceEqual("null"u8);
}
