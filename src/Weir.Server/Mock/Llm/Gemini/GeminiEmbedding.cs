using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>embedContent, batchEmbedContents, countTokens, and predict of Vertex AI.</summary>
sealed class GeminiEmbedding(MockProvider provider, string method) : MockOperation(provider)
{
    const int Dimensions = 768;

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } raw) return;
        var body = GeminiNames.Camel(raw);
        JsonObject answer;
        switch (method)
        {
            case "countTokens":
                var request = call.Check.Object(body, "generateContentRequest", "") ?? body;
                request.Remove("model");
                answer = new() { ["totalTokens"] = new GeminiReader(request, call.Check, call.Target).Read(false).Prompt.Tokens };
                break;
            case "predict":
                var length = call.Check.Object(body, "parameters", "") is { } parameters
                    ? call.Check.Integer(parameters, "outputDimensionality", "parameters", min: 1, max: MockVector.DimensionsMax)
                    : null;
                var instances = call.Check.Objects(call.Check.Array(body, "instances", "", required: true), "instances");
                answer = new() { ["predictions"] = new JsonArray([.. instances.Select(one => (JsonNode)Prediction(one.Item, one.Path, length, call))]) };
                break;
            case "embedContent":
                answer = new() { ["embedding"] = Embedding(body, "", call) };
                break;
            default:
                var requests = call.Check.Array(body, "requests", "", required: true);
                var made = call.Check.Objects(requests, "requests").Select(one => (JsonNode)Embedding(one.Item, one.Path, call));
                answer = new() { ["embeddings"] = new JsonArray([.. made]) };
                break;
        }
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], "");
        if (!await call.FailsAsync(script)) await call.SendJsonAsync(answer, script);
    }

    static JsonObject Prediction(JsonObject instance, string path, int? dimensions, MockCall call)
    {
        var text = call.Check.Text(instance, "content", path, required: true) ?? "";
        var statistics = new JsonObject { ["token_count"] = MockTally.TokensOf(text), ["truncated"] = false };
        return new() { ["embeddings"] = new JsonObject { ["values"] = MockVector.Json(text, dimensions ?? Dimensions), ["statistics"] = statistics } };
    }

    static JsonObject Embedding(JsonObject request, string path, MockCall call)
    {
        var content = call.Check.Object(request, "content", path, required: true) ?? [];
        var parts = call.Check.Objects(call.Check.Array(content, "parts", $"{path}content", required: true), $"{path}content.parts");
        var text = string.Concat(parts.Select(part => call.Check.Text(part.Item, "text", part.Path)));
        var dimensions = call.Check.Integer(request, "outputDimensionality", path, min: 1, max: MockVector.DimensionsMax) ?? Dimensions;
        return new() { ["values"] = MockVector.Json(text, dimensions) };
    }
}
