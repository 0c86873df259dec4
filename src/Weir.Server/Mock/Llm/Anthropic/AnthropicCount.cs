using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>count_tokens: the prompt's tokens, without an answer.</summary>
sealed class AnthropicCount(MockProvider provider) : MockOperation(provider)
{
    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        var question = new AnthropicReader(body, call.Check).Read(counts: true);
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], question.UserText);
        if (!await call.FailsAsync(script)) await call.SendJsonAsync(new JsonObject { ["input_tokens"] = question.Prompt.Tokens }, script);
    }
}
