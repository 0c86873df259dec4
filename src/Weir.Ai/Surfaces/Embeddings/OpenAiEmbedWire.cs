using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>POST /v1/embeddings: OpenAI's wire, and that of all providers that follow it (Mistral, Ollama, Voyage, vLLM).</summary>
sealed class OpenAiEmbedWire : EmbedWire
{
    public override EmbedRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        if (WireObject.Parse(body, problems, out var document) is not { } read) return null;
        using (document)
        {
            read.Text("model");
            return new EmbedRequest
            {
                Dialect = DialectName.OpenAiChat,
                Inputs = Inputs(read),
                Dimensions = read.Int("dimensions"),
                User = read.Text("user"),
                Formats = read.Text("encoding_format") is { } format ? [Known(format, read)] : [],
                Purpose = PurposeOf(read),
                Extras = read.Rest(),
            };
        }
    }

    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        NameLosses(request, losses, EmbedCan.User | EmbedCan.Dimensions);
        var texts = TextsOf(request, problems);
        var (model, dimensions) = (target.Model, request.Dimensions ?? target.Options.EmbeddingsDimensions);
        Write(output, json =>
        {
            json.WriteText("model", model);
            WriteTexts(json, "input", texts);
            if (dimensions is { } count) json.WriteNumber("dimensions", count);
            if (request.User is { } user) json.WriteText("user", user);
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, root =>
    {
        if (root.ArrayField("data"u8) is not { } entries) return null;
        List<(long Index, JsonText Vector)> vectors = [];
        var isText = false;
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.Field("embedding"u8) is not { } vector || !EmbedVectors.IsVector(vector)) return null;
            isText |= vector.ValueKind == JsonValueKind.String;
            vectors.Add((entry.LongField("index"u8) ?? vectors.Count, WireJson.Copy(vector)));
        }
        return new EmbedReply
        {
            ByFormat = [(isText ? "base64" : "float", [.. vectors.OrderBy(static entry => entry.Index).Select(static entry => entry.Vector)])],
            Model = root.TextField("model"u8),
            Usage = root.ObjectField("usage"u8) is { } usage && (usage.LongField("prompt_tokens"u8) ?? usage.LongField("total_tokens"u8)) is { } tokens
                ? new TokenUsage { Input = tokens }
                : null,
        };
    });

    public override void WriteReply(EmbedReply reply, EmbedRequest request, IBufferWriter<byte> output, Losses losses) => Write(output, json =>
    {
        var vectors = EmbedVectors.Numbers(reply) ?? [];
        var isBase64 = request.Formats is ["base64"];
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var i = 0; i < vectors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            json.WriteJson("embedding", isBase64 ? EmbedVectors.ToBase64(vectors[i]) : vectors[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteText("model", reply.Model ?? "");
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", reply.Usage?.Input ?? 0);
        json.WriteNumber("total_tokens", reply.Usage?.Input ?? 0);
        json.WriteEndObject();
    });

    /// <summary>The words of providers that have taken this wire over; the others are left to the extras.</summary>
    static EmbedPurpose? PurposeOf(WireObject read) => read.Any("input_type") is { ValueKind: JsonValueKind.String } word
        ? WireObject.TextOf(word) switch
        {
            "query" or "search_query" => EmbedPurpose.Query,
            "document" or "passage" or "search_document" => EmbedPurpose.Document,
            "classification" => EmbedPurpose.Classification,
            "clustering" => EmbedPurpose.Clustering,
            _ => Unknown(read),
        }
        : null;

    static EmbedPurpose? Unknown(WireObject read)
    {
        read.Problem("input_type", "must be query, document, classification or clustering");
        return null;
    }

    static string Known(string format, WireObject read)
    {
        if (format is not ("float" or "base64")) read.Problem("encoding_format", "must be float or base64");
        return format;
    }

    static List<EmbedInput> Inputs(WireObject read)
    {
        List<EmbedInput> inputs = [];
        switch (read.Any("input"))
        {
            case null:
                read.Missing("input");
                break;
            case { ValueKind: JsonValueKind.String } text:
                inputs.Add(new(WireObject.TextOf(text)));
                break;
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 0:
                read.Problem("input", "must not be empty");
                break;
            case { ValueKind: JsonValueKind.Array } list when list[0].ValueKind == JsonValueKind.Number:
                inputs.Add(new("") { Tokens = Tokens(list, read) });
                break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var item in list.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.String) inputs.Add(new(WireObject.TextOf(item)));
                    else if (item.ValueKind == JsonValueKind.Array) inputs.Add(new("") { Tokens = Tokens(item, read) });
                    else read.Problem("input", "must be a string, an array of strings, or tokens");
                }
                break;
            default:
                read.Problem("input", "must be a string, an array of strings, or tokens");
                break;
        }
        return inputs;
    }

    static List<int> Tokens(JsonElement list, WireObject read)
    {
        List<int> tokens = [];
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token)) tokens.Add(token);
            else read.Problem("input", "must hold whole numbers where it is tokens");
        }
        return tokens;
    }
}
