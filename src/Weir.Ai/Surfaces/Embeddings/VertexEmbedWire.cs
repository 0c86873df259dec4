using System.Buffers;

namespace Weir.Ai;

/// <summary>predict of Vertex AI's embedding models. No client speaks it.</summary>
sealed class VertexEmbedWire : EmbedWire
{
    public override EmbedRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) => null;

    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        NameLosses(request, losses, EmbedCan.Dimensions | EmbedCan.Title | EmbedCan.Truncation);
        var texts = TextsOf(request, problems);
        var dimensions = request.Dimensions ?? target.Options.EmbeddingsDimensions;
        var task = request.Purpose is { } purpose ? WordOf(purpose) : null;
        Write(output, json =>
        {
            json.WriteStartArray("instances");
            for (var i = 0; i < texts.Count; i++)
            {
                json.WriteStartObject();
                json.WriteText("content", texts[i]);
                if (task is not null) json.WriteString("task_type", task);
                if (request.Inputs[i].Title is { } title) json.WriteText("title", title);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (dimensions is null && request.Truncation is null) return;
            json.WriteStartObject("parameters");
            if (dimensions is { } count) json.WriteNumber("outputDimensionality", count);
            if (request.Truncation is { } truncation) json.WriteBoolean("autoTruncate", truncation != "none");
            json.WriteEndObject();
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, static root =>
    {
        if (root.ArrayField("predictions"u8) is not { } entries) return null;
        List<JsonText> vectors = [];
        long? tokens = null;
        foreach (var entry in entries.EnumerateArray())
        {
            var made = entry.ObjectField("embeddings"u8);
            if (made?.ArrayField("values"u8) is not { } values || !EmbedVectors.IsVector(values)) return null;
            vectors.Add(WireJson.Copy(values));
            if (made?.ObjectField("statistics"u8)?.LongField("token_count"u8) is { } count) tokens = (tokens ?? 0) + count;
        }
        return Floats(vectors, usage: tokens is { } all ? new TokenUsage { Input = all } : null);
    });

    public override void WriteReply(EmbedReply reply, EmbedRequest request, IBufferWriter<byte> output, Losses losses) =>
        throw new NotSupportedException("no client speaks this wire");

    protected override string? WordOf(EmbedPurpose purpose) => GeminiEmbedWire.Word(purpose);
}
