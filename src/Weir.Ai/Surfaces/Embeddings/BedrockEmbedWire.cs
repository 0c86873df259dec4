using System.Buffers;

namespace Weir.Ai;

/// <summary>Amazon's embedding models on Bedrock, each of which takes one text at a time. No client speaks these wires.</summary>
abstract class BedrockEmbedWire : EmbedWire
{
    public override EmbedRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) => null;

    public override void WriteReply(EmbedReply reply, EmbedRequest request, IBufferWriter<byte> output, Losses losses) =>
        throw new NotSupportedException("no client speaks this wire");

    /// <summary>The one text; null, and a problem, when there is another number of them.</summary>
    protected static string? TextOf(EmbedRequest request, in SurfaceTarget target, Problems problems)
    {
        var texts = TextsOf(request, problems);
        if (problems.Found.Count == 0 && texts.Count != 1) problems.Add("input", $"must be one text: {target.Model} embeds one at a time");
        return problems.Found.Count == 0 ? texts[0] : null;
    }
}

/// <summary>Amazon Titan Text Embeddings.</summary>
sealed class BedrockTitanEmbedWire : BedrockEmbedWire
{
    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        // The first version has neither of these.
        var isOld = target.Model.Contains("embed-text-v1", StringComparison.Ordinal) || target.Model.Contains("embed-g1", StringComparison.Ordinal);
        NameLosses(request, losses, isOld ? EmbedCan.Nothing : EmbedCan.Dimensions | EmbedCan.Normalize);
        if (TextOf(request, target, problems) is not { } text) return;
        var options = target.Options;
        Write(output, json =>
        {
            json.WriteText("inputText", text);
            if (isOld) return;
            if ((request.Dimensions ?? options.EmbeddingsDimensions) is { } count) json.WriteNumber("dimensions", count);
            if ((request.Normalize ?? options.Bedrock?.EmbeddingsNormalize) is { } normalize) json.WriteBoolean("normalize", normalize);
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, static root =>
    {
        var vector = root.ArrayField("embedding"u8) ?? root.ObjectField("embeddingsByType"u8)?.ArrayField("float"u8);
        if (vector is not { } numbers || !EmbedVectors.IsVector(numbers)) return null;
        return Floats([WireJson.Copy(numbers)], usage: root.LongField("inputTextTokenCount"u8) is { } tokens ? new TokenUsage { Input = tokens } : null);
    });
}

/// <summary>Amazon Nova Multimodal Embeddings.</summary>
sealed class BedrockNovaEmbedWire : BedrockEmbedWire
{
    public override void WriteRequest(EmbedRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        NameLosses(request, losses, EmbedCan.Dimensions | EmbedCan.Truncation);
        if (TextOf(request, target, problems) is not { } text) return;
        var dimensions = request.Dimensions ?? target.Options.EmbeddingsDimensions;
        Write(output, json =>
        {
            json.WriteString("taskType", "SINGLE_EMBEDDING");
            json.WriteStartObject("singleEmbeddingParams");
            json.WriteString("embeddingPurpose", (request.Purpose is { } purpose ? WordOf(purpose) : null) ?? "GENERIC_INDEX");
            if (dimensions is { } count) json.WriteNumber("embeddingDimension", count);
            json.WriteStartObject("text");
            json.WriteString("truncationMode", request.Truncation?.ToUpperInvariant() ?? "END");
            json.WriteText("value", text);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public override EmbedReply? ReadReply(ReadOnlyMemory<byte> body) => Read(body, static root =>
        root.ArrayField("embeddings"u8) is { } list && list.GetArrayLength() > 0
            && list[0].ArrayField("embedding"u8) is { } vector && EmbedVectors.IsVector(vector)
            ? Floats([WireJson.Copy(vector)])
            : null);

    protected override string? WordOf(EmbedPurpose purpose) => purpose switch
    {
        EmbedPurpose.Query or EmbedPurpose.QuestionAnswering or EmbedPurpose.CodeQuery => "GENERIC_RETRIEVAL",
        EmbedPurpose.Document => "GENERIC_INDEX",
        EmbedPurpose.Classification => "CLASSIFICATION",
        EmbedPurpose.Clustering => "CLUSTERING",
        _ => null,
    };
}
