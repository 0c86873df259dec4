using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>
/// Language models that need no network and no key: the wires of OpenAI, Anthropic, Gemini, Bedrock and Cohere on one listener, told apart by path.
/// Written from the providers' documents and apart from Weir's own dialects, so that one is a check on the other.
/// </summary>
/// <param name="requiresKey">Answers 401 where the provider would without a key.</param>
/// <param name="time">For delays and cache lifetimes.</param>
sealed class MockLlm(bool requiresKey, TimeProvider time)
{
    readonly MockPromptCache _cache = new(time);

    /// <summary>Talks over a WebSocket, as OpenAI's Realtime API does.</summary>
    public Task AnswerRealtimeAsync(HttpContext context)
    {
        if (!requiresKey || MockPaths.HasOpenAiKey(context.Request)) return OpenAiRealtime.AnswerAsync(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    /// <summary>Answers when the path is one of a provider's; false when it is not.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        if (MockPaths.Find(context.Request) is not { } found) return false;
        var call = new MockCall(context, found.Operation.Provider, found.Model, _cache, time);
        try
        {
            if (requiresKey && await found.Operation.Provider.RefusalAsync(context.Request) is { } refusal) await call.FailAsync(refusal);
            else await found.Operation.AnswerAsync(call);
        }
        catch (OperationCanceledException)
        {
            // The client has gone; nobody waits for the rest.
        }
        return true;
    }
}
