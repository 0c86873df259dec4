using System.Buffers;

namespace Weir.Ai;

/// <summary>embedContent and batchEmbedContents of the Gemini API. Requests are always written as a batch.</summary>
sealed class GeminiEmbedWire : EmbedWire
{
    public override EmbedRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        if (WireObject.Parse(body, problems, out var document) is not { } read) return null;
        using (document)
        {
            if (!read.Has("requests") && read.Has("content")) return One(read);
            var requests = read.Objects("requests").Select(One).ToList();
            if (requests.Count == 0) read.Problem("requests", "must not be empty");
            var first = requests.FirstOrDefault();
            if (requests.Exists(one => one.Dimensions != first?.Dimensions || one.Purpose != first?.Purpose))
                read.Problem("requests", "must all have the same taskType and outputDimensionality: this model is asked once for all");
            return new EmbedRequest
            {
                Dialect = DialectName.Gemini,
                Inputs = [.. requests.SelectMany(static one => one.Inputs)],
                Dimensions = first?.Dimensions,
                Purpose = first?.Purpose,
                Extras = [.. read.Rest(), .. requests.SelectMany(static one => one.Extras)],
            };
        }
    }

    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        NameLosses(request, losses, EmbedCan.Dimensions | EmbedCan.Title);
        var texts = TextsOf(request, problems);
        var (model, dimensions) = (target.Model, request.Dimensions ?? target.Options.EmbeddingsDimensions);
        var task = request.Purpose is { } purpose ? WordOf(purpose) : null;
        Write(output, json =>
        {
            json.WriteStartArray("requests");
            for (var i = 0; i < texts.Count; i++)
            {
                json.WriteStartObject();
                json.WriteText("model", "models/" + model);
                json.WriteStartObject("content");
                json.WriteStartArray("parts");
                json.WriteStartObject();
                json.WriteText("text", texts[i]);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                if (task is not null) json.WriteString("taskType", task);
                if (request.Inputs[i].Title is { } title) json.WriteText("title", title);
                if (dimensions is { } count) json.WriteNumber("outputDimensionality", count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, static root =>
    {
        if (root.ArrayField("embeddings"u8) is not { } entries) return null;
        List<JsonText> vectors = [];
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.ArrayField("values"u8) is not { } values || !EmbedVectors.IsVector(values)) return null;
            vectors.Add(WireJson.Copy(values));
        }
        var tokens = root.ObjectField("usageMetadata"u8)?.LongField("promptTokenCount"u8);
        return Floats(vectors, usage: tokens is { } count ? new TokenUsage { Input = count } : null);
    });

    public override void WriteReply(EmbedReply reply, EmbedRequest request, IBufferWriter<byte> output, Losses losses) => Write(output, json =>
    {
        var vectors = EmbedVectors.Numbers(reply) ?? [];
        if (request.IsSingle)
        {
            json.WriteStartObject("embedding");
            if (vectors.Count > 0) json.WriteJson("values", vectors[0]);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("embeddings");
            foreach (var vector in vectors)
            {
                json.WriteStartObject();
                json.WriteJson("values", vector);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", reply.Usage?.Input ?? 0);
        json.WriteEndObject();
    });

    protected override string? WordOf(EmbedPurpose purpose) => Word(purpose);

    /// <summary>Google's word for a purpose, the same for Vertex AI.</summary>
    internal static string? Word(EmbedPurpose purpose) => purpose switch
    {
        EmbedPurpose.Query => "RETRIEVAL_QUERY",
        EmbedPurpose.Document => "RETRIEVAL_DOCUMENT",
        EmbedPurpose.Similarity => "SEMANTIC_SIMILARITY",
        EmbedPurpose.Classification => "CLASSIFICATION",
        EmbedPurpose.Clustering => "CLUSTERING",
        EmbedPurpose.QuestionAnswering => "QUESTION_ANSWERING",
        EmbedPurpose.FactVerification => "FACT_VERIFICATION",
        EmbedPurpose.CodeQuery => "CODE_RETRIEVAL_QUERY",
        _ => null,
    };

    static EmbedRequest One(WireObject read)
    {
        read.Text("model");
        var word = read.Text("taskType") ?? read.Text("task_type");
        EmbedPurpose? purpose = null;
        foreach (var one in Enum.GetValues<EmbedPurpose>())
            if (word is not null && Word(one) == word) purpose = one;
        if (word is not (null or "TASK_TYPE_UNSPECIFIED") && purpose is null) read.Problem("taskType", "is no task type");
        return new EmbedRequest
        {
            Dialect = DialectName.Gemini,
            IsSingle = true,
            Inputs = [Input(read)],
            Dimensions = read.Int("outputDimensionality") ?? read.Int("output_dimensionality"),
            Purpose = purpose,
            Extras = read.Rest(),
        };
    }

    static EmbedInput Input(WireObject read)
    {
        var title = read.Text("title");
        if (read.Object("content") is not { } content)
        {
            if (!read.Has("content")) read.Missing("content");
            return default;
        }
        content.Text("role");
        var text = "";
        foreach (var part in content.Objects("parts"))
        {
            if (part.Text("text") is { } piece) text += piece;
            else part.Problem("text", "is required: only texts can be embedded here");
        }
        return new EmbedInput(text) { Title = title };
    }
}
