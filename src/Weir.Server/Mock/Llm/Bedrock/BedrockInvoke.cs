using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>InvokeModel, for the models of Bedrock that have no conversations: embeddings of Titan, Nova and Cohere, and rankings.</summary>
sealed class BedrockInvoke(MockProvider provider) : MockOperation(provider)
{
    const int Dimensions = 1024;

    readonly CohereEmbed _cohereEmbed = new(provider, isBedrock: true);
    readonly CohereRerank _rerank = new(provider, isBedrock: true);

    public override async Task AnswerAsync(MockCall call)
    {
        if (call.Target.Contains("rerank", StringComparison.Ordinal)) await _rerank.AnswerAsync(call);
        else if (call.Target.Contains("cohere.embed", StringComparison.Ordinal)) await _cohereEmbed.AnswerAsync(call);
        else if (call.Target.Contains("titan-embed", StringComparison.Ordinal)) await EmbedAsync(call, Titan);
        else if (call.Target.Contains("nova", StringComparison.Ordinal)) await EmbedAsync(call, Nova);
        else await call.FailAsync(Provider.NoSuchModel(call.Target));
    }

    async Task EmbedAsync(MockCall call, Func<JsonObject, MockCall, (string Text, JsonObject Answer)> embed)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        var (text, answer) = embed(body, call);
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], text);
        if (await call.FailsAsync(script)) return;
        call.Response.Headers["x-amzn-bedrock-input-token-count"] = MockTally.TokensOf(text).ToString(CultureInfo.InvariantCulture);
        await call.SendJsonAsync(answer, script);
    }

    static (string Text, JsonObject Answer) Titan(JsonObject body, MockCall call)
    {
        call.Check.Only(body, "", new HashSet<string> { "inputText", "dimensions", "normalize", "embeddingTypes" });
        var text = call.Check.Text(body, "inputText", "", required: true) ?? "";
        var dimensions = call.Check.Integer(body, "dimensions", "", min: 1, max: MockVector.DimensionsMax) ?? Dimensions;
        return (text, new JsonObject { ["embedding"] = MockVector.Json(text, dimensions), ["inputTextTokenCount"] = MockTally.TokensOf(text) });
    }

    static (string Text, JsonObject Answer) Nova(JsonObject body, MockCall call)
    {
        call.Check.OneOf(body, "taskType", "", true, "SINGLE_EMBEDDING");
        var single = call.Check.Object(body, "singleEmbeddingParams", "", required: true) ?? [];
        call.Check.Text(single, "embeddingPurpose", "singleEmbeddingParams", required: true);
        var input = call.Check.Object(single, "text", "singleEmbeddingParams", required: true) ?? [];
        call.Check.OneOf(input, "truncationMode", "singleEmbeddingParams.text", true, "NONE", "START", "END");
        var text = call.Check.Text(input, "value", "singleEmbeddingParams.text", required: true) ?? "";
        var dimensions = call.Check.Integer(single, "embeddingDimension", "singleEmbeddingParams", min: 1, max: MockVector.DimensionsMax) ?? Dimensions;
        var vector = new JsonObject { ["embeddingType"] = "TEXT", ["embedding"] = MockVector.Json(text, dimensions) };
        return (text, new JsonObject { ["embeddings"] = new JsonArray(vector) });
    }
}
