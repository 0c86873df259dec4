using System.Text.Json;

namespace Weir.Ai;

/// <summary>Documents that are to be ordered by how well they answer a query.</summary>
sealed class RerankRequest : SurfaceRequest
{
    public required string Query { get; init; }

    /// <summary>The documents, each a text or an object, as they came.</summary>
    public required IReadOnlyList<JsonText> Documents { get; init; }

    /// <summary>Most results; null for all.</summary>
    public int? Top { get; init; }

    /// <summary>The answer is to repeat the documents; null where not said.</summary>
    public bool? ReturnsDocuments { get; init; }

    /// <summary>Most tokens of a document that are read; null where not said.</summary>
    public int? DocumentTokensMax { get; init; }

    public override TokenUsage Estimate(string model)
    {
        var query = TokenEstimator.Text(Query, model).Tokens;
        var tokens = 0L;
        foreach (var document in Documents) tokens += query + TokenEstimator.Text(TextOf(document), model).Tokens;
        return new TokenUsage { Input = tokens, IsEstimated = true };
    }

    /// <summary>The text of a document: itself, its field <c>text</c>, or all of it as JSON.</summary>
    public static string TextOf(JsonText document)
    {
        using var read = LooseJson.Parse(document.Utf8);
        return read?.RootElement switch
        {
            { ValueKind: JsonValueKind.String } text => WireJson.TextOf(text),
            { ValueKind: JsonValueKind.Object } fields => fields.TextField("text"u8) ?? document.ToString(),
            _ => document.ToString(),
        };
    }
}

/// <summary>A document's place in the order.</summary>
/// <param name="Index">Which document.</param>
/// <param name="Score">How well it answers, as it came.</param>
readonly record struct RerankResult(int Index, JsonText Score);

/// <summary>The order, best first.</summary>
sealed class RerankReply : SurfaceReply
{
    public required IReadOnlyList<RerankResult> Results { get; init; }

    /// <summary>Searches that the provider bills; null where it does not say.</summary>
    public long? SearchUnits { get; init; }
}
