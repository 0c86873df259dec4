namespace Weir.Gateway.Tests.Pipeline;

public class PipelineTests
{
    readonly List<string> _log = [];

    [Fact]
    public async Task Runs_phases_in_order_and_streams_the_answer()
    {
        var harness = new PluginHarness(new Tracer("a", _log), new Tracer("b", _log));
        var got = await harness.GetAsync("/x?y=1");
        Assert.Equal((200, "upstream says hello"), (got.Status, got.Body));
        Assert.Equal(["a request", "b request", "a response", "b response", "a done", "b done"], _log);
        Assert.Equal(("/x", "?y=1"), (harness.Got!.Path, harness.Got.Query));
    }

    [Fact]
    public async Task An_answer_stops_later_request_phases_but_not_response_and_done()
    {
        var harness = new PluginHarness(new Tracer("a", _log, Answer.Error(403, "no")), new Tracer("b", _log));
        var got = await harness.GetAsync("/");
        Assert.Null(harness.Got);
        Assert.Equal(403, got.Status);
        Assert.Equal($"{{\n  \"message\":\"no\",\n  \"request_id\":\"{got.Exchange.RequestId}\"\n}}", got.Body);
        Assert.Equal(["a request", "a response", "b response", "a done", "b done"], _log);
    }

    [Fact]
    public async Task A_throwing_plugin_gives_500_without_details()
    {
        var harness = new PluginHarness(new Thrower());
        var got = await harness.GetAsync("/");
        Assert.Equal(500, got.Status);
        Assert.DoesNotContain("secret detail", got.Body);
    }

    sealed class Tracer(string name, List<string> log, Answer? answer = null) : IOnRequest, IOnResponse, IOnDone
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            log.Add(name + " request");
            return answer is null ? Verdict.Continue : Verdict.Stop(answer);
        }

        public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
        {
            log.Add(name + " response");
            return Verdict.Continue;
        }

        public void OnDone(Exchange exchange) => log.Add(name + " done");
    }

    sealed class Thrower : IOnRequest
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => throw new InvalidOperationException("secret detail");
    }
}
