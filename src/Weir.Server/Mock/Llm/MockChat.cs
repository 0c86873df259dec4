using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>A conversation with a model over some wire: reads, checks, thinks, and answers whole or as a stream.</summary>
abstract class MockChat(MockProvider provider) : MockOperation(provider)
{
    /// <summary>Models of such names do not exist.</summary>
    const string NoModelStart = "no-such";

    /// <summary>The wire caches long prompts without being asked.</summary>
    protected virtual bool CachesUnmarked => true;

    protected abstract MockQuestion Read(JsonObject body, MockCall call);

    protected abstract JsonObject Whole(MockQuestion question, MockReply reply, MockCall call);

    protected abstract IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call);

    protected virtual MockFraming Framing(MockCall call) => MockEventStream.Instance;

    /// <summary>An error in the midst of a stream.</summary>
    protected virtual MockEvent Failure(MockProblem problem) => new(null, Provider.Error(problem));

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        var question = Read(body, call);
        if (question.Model.StartsWith(NoModelStart, StringComparison.Ordinal))
        {
            await call.FailAsync(Provider.NoSuchModel(question.Model));
            return;
        }
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], question.UserText);
        if (await call.FailsAsync(script)) return;
        var reply = MockMind.Answer(question, script, call.Id, call.Cache.Visit(question.Prompt, CachesUnmarked));
        if (question.IsStream) await call.StreamAsync(Stream(question, reply, call), Framing(call), script, Failure);
        else await call.SendJsonAsync(Whole(question, reply, call), script);
    }
}
