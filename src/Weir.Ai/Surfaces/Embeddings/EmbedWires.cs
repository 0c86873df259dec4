using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>The wires of embeddings.</summary>
static class EmbedWires
{
    public static readonly OpenAiEmbedWire OpenAi = new();
    public static readonly GeminiEmbedWire Gemini = new();
    public static readonly VertexEmbedWire Vertex = new();
    public static readonly CohereEmbedWire Cohere = new();
    public static readonly BedrockCohereEmbedWire BedrockCohere = new();
    public static readonly BedrockTitanEmbedWire BedrockTitan = new();
    public static readonly BedrockNovaEmbedWire BedrockNova = new();

    /// <summary>The wire that clients of a dialect speak; null for none.</summary>
    public static EmbedWire? Of(DialectName dialect) => dialect switch
    {
        DialectName.OpenAiChat => OpenAi,
        DialectName.Gemini => Gemini,
        DialectName.Cohere => Cohere,
        _ => null,
    };

    /// <summary>The wire that a model on Bedrock wants; null for none that is known.</summary>
    public static EmbedWire? OfBedrock(string model) =>
        model.Contains("cohere.", StringComparison.Ordinal) ? BedrockCohere
        : model.Contains("titan-embed", StringComparison.Ordinal) ? BedrockTitan
        : model.Contains("nova", StringComparison.Ordinal) ? BedrockNova
        : null;
}

/// <summary>A wire of embeddings.</summary>
abstract class EmbedWire : SurfaceWire<EmbedRequest, EmbedReply>
{
    /// <summary>What this wire calls a purpose; null where it has no word for it.</summary>
    protected virtual string? WordOf(EmbedPurpose purpose) => null;

    /// <summary>Names what no other wire than the request's own can say, and what this one cannot.</summary>
    protected void NameLosses(EmbedRequest request, Losses losses, EmbedCan can)
    {
        losses.Add("", request.Extras);
        if (request.User is not null && !can.HasFlag(EmbedCan.User)) losses.Add("user");
        if (request.Truncation is not null && !can.HasFlag(EmbedCan.Truncation)) losses.Add("truncate");
        if (request.Normalize is not null && !can.HasFlag(EmbedCan.Normalize)) losses.Add("normalize");
        var isGemini = request.Dialect == DialectName.Gemini;
        if (request.Dimensions is not null && !can.HasFlag(EmbedCan.Dimensions)) losses.Add(isGemini ? "outputDimensionality" : "dimensions");
        if (request.Purpose is { } purpose && WordOf(purpose) is null) losses.Add(isGemini ? "taskType" : "input_type");
        foreach (var format in request.Formats)
            if (format is not ("float" or "base64")) losses.Add("embedding_types");
        if (!can.HasFlag(EmbedCan.Title) && request.Inputs.Any(static input => input.Title is not null)) losses.Add("title");
    }

    /// <summary>The texts; what is no text is a problem.</summary>
    protected static List<string> TextsOf(EmbedRequest request, Problems problems)
    {
        List<string> texts = [];
        foreach (var input in request.Inputs)
        {
            if (input.Tokens is not null) problems.Add("input", "must be text: tokens are numbers of OpenAI's vocabulary, which this model does not have");
            else if (input.Image is not null) problems.Add("input", "must be text: this model embeds no images");
            else texts.Add(input.Text);
            if (problems.Found.Count > 0) break;
        }
        return texts;
    }

    protected static void Write(IBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }

    protected static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteText(text);
        json.WriteEndArray();
    }

    protected static void WriteVectors(Utf8JsonWriter json, string name, IEnumerable<JsonText> vectors)
    {
        json.WriteStartArray(name);
        foreach (var vector in vectors) vector.WriteTo(json);
        json.WriteEndArray();
    }

    /// <summary>Reads an answer that is a JSON object; null when it is none.</summary>
    protected static EmbedReply? Read(ReadOnlyMemory<byte> body, Func<JsonElement, EmbedReply?> read)
    {
        using var document = LooseJson.Parse(body);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root ? read(root) : null;
    }

    protected static EmbedReply Floats(IReadOnlyList<JsonText> vectors, string? model = null, TokenUsage? usage = null, string? id = null) =>
        new() { ByFormat = [("float", vectors)], Model = model, Usage = usage, Id = id };
}

/// <summary>What a wire of embeddings can say.</summary>
[Flags]
enum EmbedCan
{
    Nothing = 0,
    User = 1,
    Truncation = 2,
    Normalize = 4,
    Dimensions = 8,
    Title = 16,
}
