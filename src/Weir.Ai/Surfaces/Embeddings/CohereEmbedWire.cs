using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>POST /v2/embed of Cohere.</summary>
class CohereEmbedWire : EmbedWire
{
    static readonly string[] Formats = ["float", "int8", "uint8", "binary", "ubinary", "base64"];

    public override EmbedRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        if (WireObject.Parse(body, problems, out var document) is not { } read) return null;
        using (document)
        {
            read.Text("model");
            var word = read.RequiredText("input_type");
            EmbedPurpose? purpose = null;
            foreach (var one in Enum.GetValues<EmbedPurpose>())
                if (WordOf(one) == word) purpose = one;
            if (word.Length > 0 && purpose is null)
                read.Problem("input_type", "must be search_document, search_query, classification, clustering or image");
            return new EmbedRequest
            {
                Dialect = DialectName.Cohere,
                Inputs = Inputs(read),
                Dimensions = read.Int("output_dimension"),
                Purpose = purpose,
                Truncation = read.Text("truncate")?.ToLowerInvariant(),
                Formats = read.Texts("embedding_types"),
                Extras = read.Rest(),
            };
        }
    }

    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        NameLosses(request, losses, EmbedCan.Dimensions | EmbedCan.Truncation);
        var texts = TextsOf(request, problems);
        var model = target.Model;
        var options = target.Options;
        Write(output, json =>
        {
            if (NamesModel) json.WriteText("model", model);
            WriteTexts(json, "texts", texts);
            // Required here, and nowhere else: what the operator says holds where the client says nothing.
            json.WriteString("input_type", (request.Purpose is { } purpose ? WordOf(purpose) : null) ?? Usual(options));
            if (HasFormats(model)) WriteTexts(json, "embedding_types", ["float"]);
            if ((request.Dimensions ?? options.EmbeddingsDimensions) is { } count) json.WriteNumber("output_dimension", count);
            if (request.Truncation is { } truncation) json.WriteString("truncate", truncation.ToUpperInvariant());
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, static root =>
    {
        List<(string Format, IReadOnlyList<JsonText> Vectors)> found = [];
        // Bedrock's older models answer with the numbers alone.
        if (root.ArrayField("embeddings"u8) is { } plain)
        {
            if (EmbedVectors.ListOf(plain) is not { } vectors) return null;
            found.Add(("float", vectors));
        }
        foreach (var format in Formats)
        {
            if (root.ObjectField("embeddings"u8)?.Field(format) is not { } list) continue;
            if (EmbedVectors.ListOf(list) is not { } vectors) return null;
            found.Add((format, vectors));
        }
        var units = root.ObjectField("meta"u8)?.ObjectField("billed_units"u8);
        return found.Count == 0 ? null : new EmbedReply
        {
            ByFormat = found,
            Id = root.TextField("id"u8),
            Usage = units?.LongField("input_tokens"u8) is { } tokens ? new TokenUsage { Input = tokens } : null,
        };
    });

    public override void WriteReply(EmbedReply reply, EmbedRequest request, IBufferWriter<byte> output, Losses losses) => Write(output, json =>
    {
        var vectors = EmbedVectors.Numbers(reply) ?? [];
        json.WriteText("id", reply.Id ?? "");
        json.WriteStartObject("embeddings");
        if (request.Formats.Count == 0 || request.Formats.Contains("float")) WriteVectors(json, "float", vectors);
        if (request.Formats.Contains("base64")) WriteVectors(json, "base64", vectors.Select(EmbedVectors.ToBase64));
        json.WriteEndObject();
        WriteTexts(json, "texts", request.Inputs.Select(static input => input.Text));
        json.WriteStartObject("meta");
        json.WriteStartObject("api_version");
        json.WriteString("version", "2");
        json.WriteEndObject();
        json.WriteStartObject("billed_units");
        json.WriteNumber("input_tokens", reply.Usage?.Input ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("response_type", "embeddings_by_type");
    });

    /// <summary>The body names the model.</summary>
    protected virtual bool NamesModel => true;

    /// <summary>The model can be asked for a kind of vectors.</summary>
    protected virtual bool HasFormats(string model) => true;

    protected override string? WordOf(EmbedPurpose purpose) => purpose switch
    {
        EmbedPurpose.Query or EmbedPurpose.QuestionAnswering or EmbedPurpose.CodeQuery => "search_query",
        EmbedPurpose.Document => "search_document",
        EmbedPurpose.Classification => "classification",
        EmbedPurpose.Clustering => "clustering",
        EmbedPurpose.Image => "image",
        _ => null,
    };

    static string Usual(Plugins.ModelOptions options) => (options.Cohere ?? new Plugins.CohereOptions()).EmbeddingInputType switch
    {
        Plugins.EmbeddingInputType.Clustering => "clustering",
        Plugins.EmbeddingInputType.Image => "image",
        Plugins.EmbeddingInputType.SearchDocument => "search_document",
        Plugins.EmbeddingInputType.SearchQuery => "search_query",
        _ => "classification",
    };

    static List<EmbedInput> Inputs(WireObject read)
    {
        List<EmbedInput> inputs = [];
        if (read.Array("texts") is { } texts)
        {
            foreach (var text in texts.EnumerateArray())
            {
                if (text.ValueKind == JsonValueKind.String) inputs.Add(new(WireObject.TextOf(text)));
                else read.Problem("texts", "must be an array of strings");
            }
        }
        foreach (var image in read.Texts("images")) inputs.Add(new("") { Image = image });
        foreach (var input in read.Objects("inputs"))
        {
            var text = "";
            foreach (var part in input.Objects("content"))
            {
                if (part.Text("type") == "text") text += part.RequiredText("text");
                else part.Problem("type", "must be text: only texts can be embedded here");
            }
            inputs.Add(new(text));
        }
        if (inputs.Count == 0) read.Problem("texts", "must not be empty");
        return inputs;
    }
}

/// <summary>Cohere's embedding models on Bedrock: the path names the model, and those before version 4 know one kind of vectors.</summary>
sealed class BedrockCohereEmbedWire : CohereEmbedWire
{
    protected override bool NamesModel => false;

    protected override bool HasFormats(string model) => model.Contains("-v4", StringComparison.Ordinal);
}
