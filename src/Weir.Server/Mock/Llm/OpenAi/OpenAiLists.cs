using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Embeddings.</summary>
sealed class OpenAiEmbeddings(MockProvider provider) : MockOperation(provider)
{
    const int Dimensions = 1536;
    const int LargeDimensions = 3072;

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        var model = call.Check.Text(body, "model", "", call.Target.Length == 0) ?? call.Target;
        var texts = Texts(body["input"], call.Check);
        var isBase64 = call.Check.OneOf(body, "encoding_format", "", false, "float", "base64") == "base64";
        var dimensions = call.Check.Integer(body, "dimensions", "", min: 1, max: MockVector.DimensionsMax)
            ?? (model.Contains("large", StringComparison.Ordinal) ? LargeDimensions : Dimensions);
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], texts.FirstOrDefault() ?? "");
        if (await call.FailsAsync(script)) return;
        var list = new JsonArray();
        foreach (var text in texts)
        {
            list.Add(new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = list.Count,
                ["embedding"] = isBase64 ? MockVector.Base64(text, dimensions) : MockVector.Json(text, dimensions),
            });
        }
        var tokens = texts.Sum(MockTally.TokensOf);
        var usage = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };
        await call.SendJsonAsync(new JsonObject { ["object"] = "list", ["data"] = list, ["model"] = model, ["usage"] = usage }, script);
    }

    /// <summary>A text, texts, tokens, or lists of tokens; tokens are taken for their numbers' text.</summary>
    static List<string> Texts(JsonNode? input, MockCheck check)
    {
        switch (input)
        {
            case JsonValue when MockJson.IsText(input):
                return [input.GetValue<string>()];
            case JsonArray { Count: > 0 } list when list[0]?.GetValueKind() == JsonValueKind.Number:
                return [list.ToJsonString()];
            case JsonArray { Count: > 0 } list:
                return [.. list.Select(static entry => entry?.ToString() ?? "")];
            case null:
                check.RequireMissing("input");
                return [];
            default:
                check.Fail("'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.", "input");
                return [];
        }
    }
}

/// <summary>Models, as OpenAI and as Anthropic list them.</summary>
sealed class OpenAiModelList(MockProvider provider) : MockOperation(provider)
{
    static readonly (string Name, string Owner)[] s_models =
    [
        ("gpt-4o", "openai"), ("gpt-4o-mini", "openai"), ("gpt-5", "openai"), ("text-embedding-3-small", "openai"), ("claude-sonnet-4-0", "anthropic"),
        ("gemini-2.5-flash", "google"), ("mistral-small-latest", "mistral"), ("command-a-03-2025", "cohere"),
    ];

    public override Task AnswerAsync(MockCall call)
    {
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], "");
        if (call.Target.Length > 0)
        {
            var one = Array.Find(s_models, model => model.Name == call.Target);
            return one.Name is null ? call.FailAsync(Provider.NoSuchModel(call.Target)) : call.SendJsonAsync(Entry(one), script);
        }
        var list = new JsonArray([.. s_models.Select(Entry)]);
        return call.SendJsonAsync(Provider is AnthropicProvider
            ? new JsonObject { ["data"] = list, ["has_more"] = false, ["first_id"] = s_models[0].Name, ["last_id"] = s_models[^1].Name }
            : new JsonObject { ["object"] = "list", ["data"] = list }, script);
    }

    JsonNode Entry((string Name, string Owner) model) => Provider is AnthropicProvider
        ? new JsonObject { ["type"] = "model", ["id"] = model.Name, ["display_name"] = model.Name, ["created_at"] = "2026-01-01T00:00:00Z" }
        : new JsonObject { ["id"] = model.Name, ["object"] = "model", ["created"] = 1767225600, ["owned_by"] = model.Owner };
}
