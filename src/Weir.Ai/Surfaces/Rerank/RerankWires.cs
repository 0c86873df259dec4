using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>The wires of rankings.</summary>
static class RerankWires
{
    public static readonly CohereRerankWire Cohere = new();
    public static readonly PlainRerankWire Plain = new();
    public static readonly BedrockRerankWire BedrockCohere = new(isCohere: true);
    public static readonly BedrockRerankWire BedrockAmazon = new(isCohere: false);

    /// <summary>The wire that clients of a dialect speak; null for none.</summary>
    public static RerankWire? Of(DialectName dialect) => dialect switch
    {
        DialectName.Cohere => Cohere,
        DialectName.OpenAiChat => Plain,
        _ => null,
    };

    /// <summary>The wire that a model on Bedrock wants; null for none that is known.</summary>
    public static RerankWire? OfBedrock(string model) =>
        model.Contains("cohere.rerank", StringComparison.Ordinal) ? BedrockCohere
        : model.Contains("amazon.rerank", StringComparison.Ordinal) ? BedrockAmazon
        : null;
}

/// <summary>A wire of rankings. All have Cohere's first one for their model, and differ in what they have added to it.</summary>
abstract class RerankWire : SurfaceWire<RerankRequest, RerankReply>
{
    protected abstract DialectName Dialect { get; }

    public override RerankRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        if (WireObject.Parse(body, problems, out var document) is not { } read) return null;
        using (document)
        {
            read.Text("model");
            return new RerankRequest
            {
                Dialect = Dialect,
                Query = read.RequiredText("query"),
                Documents = Documents(read),
                // Voyage says top_k.
                Top = read.Int("top_n") ?? read.Int("top_k"),
                ReturnsDocuments = read.Flag("return_documents"),
                DocumentTokensMax = read.Int("max_tokens_per_doc"),
                Extras = read.Rest(),
            };
        }
    }

    public override RerankReply? ReadReply(ReadOnlyMemory<byte> body)
    {
        using var document = LooseJson.Parse(body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root) return null;
        // Voyage says data.
        if ((root.ArrayField("results"u8) ?? root.ArrayField("data"u8)) is not { } list) return null;
        List<RerankResult> results = [];
        foreach (var result in list.EnumerateArray())
        {
            if (result.LongField("index"u8) is not { } index || index is < 0 or > int.MaxValue) return null;
            if (result.Field("relevance_score"u8) is not { ValueKind: JsonValueKind.Number } score) return null;
            results.Add(new((int)index, WireJson.Copy(score)));
        }
        var units = root.ObjectField("meta"u8)?.ObjectField("billed_units"u8);
        var tokens = root.ObjectField("usage"u8)?.LongField("total_tokens"u8) ?? units?.LongField("input_tokens"u8)
            ?? root.ObjectField("meta"u8)?.ObjectField("tokens"u8)?.LongField("input_tokens"u8);
        return new RerankReply
        {
            Id = root.TextField("id"u8),
            Model = root.TextField("model"u8),
            Results = results,
            SearchUnits = units?.LongField("search_units"u8),
            Usage = tokens is { } count ? new TokenUsage { Input = count } : null,
        };
    }

    /// <summary>Writes an object.</summary>
    protected static void Write(IBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }

    /// <summary>Documents, which all wires take as texts.</summary>
    protected static void WriteTexts(Utf8JsonWriter json, RerankRequest request)
    {
        json.WriteText("query", request.Query);
        json.WriteStartArray("documents");
        foreach (var document in request.Documents) json.WriteText(RerankRequest.TextOf(document));
        json.WriteEndArray();
        if (request.Top is { } top) json.WriteNumber("top_n", top);
    }

    protected static void WriteResults(Utf8JsonWriter json, RerankReply reply, RerankRequest request)
    {
        json.WriteStartArray("results");
        foreach (var (index, score) in reply.Results)
        {
            json.WriteStartObject();
            json.WriteNumber("index", index);
            // The provider need not send back what is at hand.
            if (request.ReturnsDocuments == true && index < request.Documents.Count)
            {
                json.WriteStartObject("document");
                json.WriteText("text", RerankRequest.TextOf(request.Documents[index]));
                json.WriteEndObject();
            }
            json.WriteJson("relevance_score", score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static List<JsonText> Documents(WireObject read)
    {
        List<JsonText> documents = [];
        if (read.Array("documents") is not { } list)
        {
            if (!read.Has("documents")) read.Missing("documents");
            return documents;
        }
        foreach (var document in list.EnumerateArray())
        {
            if (document.ValueKind is JsonValueKind.String or JsonValueKind.Object) documents.Add(WireObject.Copy(document));
            else read.Problem($"documents[{documents.Count}]", "must be a string or an object");
        }
        if (documents.Count == 0) read.Problem("documents", "must not be empty");
        return documents;
    }
}

/// <summary>POST /v2/rerank of Cohere.</summary>
sealed class CohereRerankWire : RerankWire
{
    protected override DialectName Dialect => DialectName.Cohere;

    public override void WriteRequest(RerankRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        losses.Add("", request.Extras);
        var model = target.Model;
        Write(output, json =>
        {
            json.WriteText("model", model);
            WriteTexts(json, request);
            if (request.DocumentTokensMax is { } tokens) json.WriteNumber("max_tokens_per_doc", tokens);
        });
    }

    public override void WriteReply(RerankReply reply, RerankRequest request, IBufferWriter<byte> output, Losses losses) => Write(output, json =>
    {
        json.WriteText("id", reply.Id ?? "");
        WriteResults(json, reply, request);
        json.WriteStartObject("meta");
        json.WriteStartObject("api_version");
        json.WriteString("version", "2");
        json.WriteEndObject();
        json.WriteStartObject("billed_units");
        if (reply.SearchUnits is { } units) json.WriteNumber("search_units", units);
        else json.WriteNumber("input_tokens", reply.Usage?.Input ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}

/// <summary>POST /v1/rerank of Jina, Voyage, vLLM and whoever else has taken over Cohere's first version.</summary>
sealed class PlainRerankWire : RerankWire
{
    protected override DialectName Dialect => DialectName.OpenAiChat;

    public override void WriteRequest(RerankRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        losses.Add("", request.Extras);
        if (request.DocumentTokensMax is not null) losses.Add("max_tokens_per_doc");
        var model = target.Model;
        Write(output, json =>
        {
            json.WriteText("model", model);
            WriteTexts(json, request);
        });
    }

    public override void WriteReply(RerankReply reply, RerankRequest request, IBufferWriter<byte> output, Losses losses) => Write(output, json =>
    {
        json.WriteText("id", reply.Id ?? "");
        json.WriteText("model", reply.Model ?? "");
        json.WriteStartObject("usage");
        json.WriteNumber("total_tokens", reply.Usage?.Input ?? 0);
        json.WriteEndObject();
        WriteResults(json, reply, request);
    });
}

/// <summary>Ranking models on Bedrock. No client speaks it.</summary>
sealed class BedrockRerankWire(bool isCohere) : RerankWire
{
    protected override DialectName Dialect => DialectName.Bedrock;

    public override void WriteRequest(RerankRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        losses.Add("", request.Extras);
        if (request.DocumentTokensMax is not null && !isCohere) losses.Add("max_tokens_per_doc");
        Write(output, json =>
        {
            WriteTexts(json, request);
            if (!isCohere) return;
            if (request.DocumentTokensMax is { } tokens) json.WriteNumber("max_tokens_per_doc", tokens);
            json.WriteNumber("api_version", 2);
        });
    }

    public override void WriteReply(RerankReply reply, RerankRequest request, IBufferWriter<byte> output, Losses losses) =>
        throw new NotSupportedException("no client speaks this wire");
}
