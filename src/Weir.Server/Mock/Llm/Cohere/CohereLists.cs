using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Rerank: the more words of the query stand in a document, the higher it comes.</summary>
sealed class CohereRerank(MockProvider provider, bool isBedrock = false) : MockOperation(provider)
{
    static readonly char[] s_gaps = [' ', ',', '.', '?', '!', '\n'];

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        call.Check.Text(body, "model", "", required: !isBedrock);
        if (isBedrock && call.Target.StartsWith("cohere.", StringComparison.Ordinal)) call.Check.Integer(body, "api_version", "", min: 2, max: 2);
        var query = call.Check.Text(body, "query", "", required: true) ?? "";
        var documents = call.Check.Array(body, "documents", "", required: true) ?? [];
        if (documents.Count == 0) call.Check.Fail("invalid request: list of documents must not be empty");
        var top = call.Check.Integer(body, "top_n", "", min: 1) ?? documents.Count;
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], query);
        if (await call.FailsAsync(script)) return;
        var words = query.Split(s_gaps, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ranked = documents.Select((document, index) => (Index: index, Score: Score(words, document)))
            .OrderByDescending(static entry => entry.Score).Take(top)
            .Select(static entry => (JsonNode)new JsonObject { ["index"] = entry.Index, ["relevance_score"] = entry.Score });
        await call.SendJsonAsync(
            new JsonObject
            {
                ["id"] = call.Id,
                ["results"] = new JsonArray([.. ranked]),
                ["meta"] = new JsonObject
                {
                    ["api_version"] = new JsonObject { ["version"] = "2" },
                    ["billed_units"] = new JsonObject { ["search_units"] = 1 },
                },
            }, script);
    }

    static double Score(HashSet<string> words, JsonNode? document)
    {
        var text = MockJson.IsText(document) ? document!.ToString() : document?["text"]?.ToString() ?? "";
        var found = text.Split(s_gaps, StringSplitOptions.RemoveEmptyEntries).Where(words.Contains).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        return words.Count == 0 ? 0 : Math.Round((double)found / words.Count, 4);
    }
}

/// <summary>Embed of API version 2.</summary>
sealed class CohereEmbed(MockProvider provider, bool isBedrock = false) : MockOperation(provider)
{
    const int Dimensions = 1024;

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        call.Check.Text(body, "model", "", required: !isBedrock);
        call.Check.OneOf(body, "input_type", "", true, "search_document", "search_query", "classification", "clustering", "image");
        var texts = call.Check.Texts(call.Check.Array(body, "texts", "", required: true), "texts").ToList();
        var dimensions = call.Check.Integer(body, "output_dimension", "", min: 1, max: MockVector.DimensionsMax) ?? Dimensions;
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], texts.FirstOrDefault() ?? "");
        if (await call.FailsAsync(script)) return;
        if (isBedrock) call.Response.Headers["x-amzn-bedrock-input-token-count"] = texts.Sum(MockTally.TokensOf).ToString(CultureInfo.InvariantCulture);
        var vectors = new JsonArray([.. texts.Select(text => (JsonNode)MockVector.Json(text, dimensions))]);
        await call.SendJsonAsync(
            new JsonObject
            {
                ["id"] = call.Id,
                // Bedrock's models before version 4 know one kind of vectors.
                ["embeddings"] = isBedrock && !call.Target.Contains("-v4", StringComparison.Ordinal) ? vectors : new JsonObject { ["float"] = vectors },
                ["texts"] = new JsonArray([.. texts.Select(static text => (JsonNode)text)]),
                ["meta"] = new JsonObject
                {
                    ["api_version"] = new JsonObject { ["version"] = "2" },
                    ["billed_units"] = new JsonObject { ["input_tokens"] = texts.Sum(MockTally.TokensOf) },
                },
            }, script);
    }
}
