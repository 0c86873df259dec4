using Microsoft.Extensions.Logging.Abstractions;
using Weir.Telemetry;

namespace Weir.Ai.Tests;

public sealed class MirrorTests : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("weir-mirror").FullName;
    readonly UsageLedger _ledger;

    public MirrorTests() => _ledger = new UsageLedger(
        new UsageLedgerSettings { Folder = _folder }, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("{}", "target")]
    [InlineData("""{"target":{"model":{"provider":"openai"}},"percentage":200}""", "percentage")]
    [InlineData("""{"target":{"model":{"provider":"openai"}},"concurrency_max":0}""", "concurrency_max")]
    [InlineData("""{"target":{"model":{"provider":"openai"}},"timeout":0}""", "timeout")]
    [InlineData("""{"target":{"model":{"provider":"openai","name":"$(x)"}}}""", "mirror.target.model.name")]
    [InlineData("""{"target":{"model":{"provider":"openai"},"auth":{"header_name":"A"}}}""", "mirror.target.auth")]
    public void Reports_mirrors_that_cannot_be(string mirror, string field) =>
        Assert.Contains(ProxyRig.Check(Config(mirror)), problem => problem.Field.EndsWith(field, StringComparison.Ordinal));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Books_what_a_copy_used_and_gives_its_answer_to_nobody(bool isStream)
    {
        var rig = new ProxyRig(Config(To("openai", "gpt-5")), _ledger);
        rig.Provider.Answer = message => message.To.Host != "mirror.test" ? Answer(isStream)
            : isStream ? ScriptedReply.Stream((0, ChatAnswers.Chunk("copy")), (0, ChatAnswers.End))
            : ScriptedReply.Json(ChatAnswers.Whole.Replace("Hi", "copy", StringComparison.Ordinal));
        var got = await rig.AskAsync(isStream);
        await rig.MirrorAsync();
        Assert.DoesNotContain("copy", got.Body, StringComparison.Ordinal);
        var records = new UsageReader(_folder).Read().ToList();
        Assert.Equal([false, true], records.Select(static record => record.IsMirror));
        Assert.Equal((10, 5, "ok", "gpt-5"), (records[1].Tokens.Input, records[1].Tokens.Output, records[1].Outcome, rig.SentModel(1)));
        Assert.Contains("weir_llm_mirrors_total{provider=\"openai\",model=\"gpt-5\",outcome=\"complete\"} 1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaks_the_wire_of_its_target_and_sends_no_key_of_the_clients()
    {
        var rig = new ProxyRig(Config(To("anthropic", "claude")), _ledger);
        rig.Provider.Answer = message => message.To.Host != "mirror.test" ? Answer(false) : ScriptedReply.Json("""
            {"id":"m","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"copy"}],"stop_reason":"end_turn",
            "usage":{"input_tokens":3,"output_tokens":4}}
            """);
        await rig.AskAsync(prepare: static exchange => exchange.Http.Request.Headers.Authorization = "Bearer theirs");
        await rig.MirrorAsync();
        Assert.Equal("/v1/messages", rig.Provider.Sent[1].Path);
        Assert.Null(rig.Provider.Sent[1].Exchange);
        Assert.DoesNotContain(rig.Provider.Sent[1].Headers, static header => header.Value.Contains("theirs", StringComparison.Ordinal));
        Assert.Equal((3, 4), (new UsageReader(_folder).Read().Last().Tokens.Input, new UsageReader(_folder).Read().Last().Tokens.Output));
    }

    [Fact]
    public async Task Leaves_the_client_alone_when_a_copy_fails()
    {
        var rig = new ProxyRig(Config(To("openai", "gpt-5")), _ledger);
        rig.Provider.Answer = message => message.To.Host == "mirror.test" ? throw new InvalidOperationException("a bug") : Answer(false);
        Assert.Equal(200, (await rig.AskAsync()).Status);
        await rig.MirrorAsync();
        rig.Provider.Answer = message => message.To.Host == "mirror.test" ? ScriptedReply.Refusal(500) : Answer(false);
        Assert.Equal(200, (await rig.AskAsync()).Status);
        await rig.MirrorAsync();
        Assert.Contains("outcome=\"refused\"} 1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.29, 2)]
    [InlineData(0.31, 1)]
    public async Task Copies_a_share_of_the_calls(double chance, int sent)
    {
        var rig = new ProxyRig(Config("""{"percentage":30,"target":{"model":{"provider":"openai","options":{"upstream_url":"http://mirror.test"}}}}"""));
        rig.Random.Share = chance;
        await rig.AskAsync();
        await rig.MirrorAsync();
        Assert.Equal(sent, rig.Provider.Sent.Count);
    }

    [Fact]
    public async Task Drops_copies_beyond_its_limit()
    {
        var rig = new ProxyRig(Config(To("openai", "m", "\"concurrency_max\":1,")));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Provider.Hold = message => message.To.Host == "mirror.test" ? gate.Task : Task.CompletedTask;
        await rig.AskAsync();
        await rig.AskAsync();
        gate.SetResult();
        await rig.MirrorAsync();
        Assert.Contains("weir_llm_mirrors_total{provider=\"openai\",model=\"m\",outcome=\"dropped\"} 1\n", rig.Metrics, StringComparison.Ordinal);
        rig.Provider.Sent.Clear();
        await rig.AskAsync();
        await rig.MirrorAsync();
        Assert.Equal(2, rig.Provider.Sent.Count);
    }

    static ScriptedReply Answer(bool isStream) =>
        isStream ? ScriptedReply.Stream((0, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End)) : ScriptedReply.Json(ChatAnswers.Whole);

    static string To(string provider, string model, string settings = "") => $$"""
        { {{settings}} "target":{
          "auth":{"header_name":"X-Key","header_value":"k"},
          "model":{"provider":"{{provider}}","name":"{{model}}","options":{"upstream_url":"http://mirror.test"} }
        } }
        """;

    static string Config(string mirror) =>
        $$"""{"mirror":{{mirror}},"targets":[{"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"} } }]}""";
}
