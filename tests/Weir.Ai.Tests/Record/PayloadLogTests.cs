using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class PayloadLogTests
{
    const string Key = "sk-AAAABBBBCCCCDDDDEEEE";
    const string Logging = ",\"logging\":{\"log_payloads\":true}";

    [Theory]
    [InlineData("""{"redact":["passport"]}""", "logging.redact[0]")]
    [InlineData("""{"redact_patterns":["("]}""", "logging.redact_patterns[0]")]
    [InlineData("""{"redact_patterns":["a*"]}""", "logging.redact_patterns[0]")]
    [InlineData("""{"payload_bytes_max":0}""", "logging.payload_bytes_max")]
    [InlineData("""{"log_payloads":"yes"}""", "logging.log_payloads")]
    public void Refuses_bad_configuration(string logging, string field)
    {
        var config = $$$"""{"auth":{},"model":{"provider":"openai","name":"m"},"logging":{{{logging}}} }""";
        Assert.Contains(LlmExchange.Check<AiProxy, AiProxy.Config>(config), problem => problem.Field == field);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Logs_requests_and_answers_without_what_is_secret(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var wire = speaker.WireOf(provider);
        foreach (var isStream in new[] { false, true })
        {
            var said = Speaker.Say(wire, isStream, 3, (ReplyPartKind.Text, $"Your card is 4111 1111 1111 1111, your key {Key}."));
            var rig = new LlmRig().Proxy(provider, Logging).Answer(said, isStream ? wire.StreamContentType : "application/json", pieceBytes: 100);
            var answer = await speaker.AskAsync(rig, $"I am jane@example.org, key {Key}", isStream);
            Assert.Contains(Key, speaker.Hear(answer, isStream).TextOf(ReplyPartKind.Text), StringComparison.Ordinal);
            var payload = Payload(answer);
            Assert.Contains("I am [REDACTED], key [REDACTED]", payload["request"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Contains("Your card is [REDACTED], your key [REDACTED].", payload["response"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.DoesNotContain("Bearer", answer.Log("ai"), StringComparison.Ordinal);
            Assert.Null(payload["truncated"]);
        }
    }

    [Fact]
    public async Task Logs_nothing_unless_told_to()
    {
        var rig = new LlmRig().Proxy("openai", ",\"logging\":{\"log_statistics\":true}").Answer(Said("hi"));
        var log = JsonNode.Parse((await Speaker.All[0].AskAsync(rig, "hi", isStream: false)).Log("ai")!)!["proxy"]!;
        Assert.NotNull(log["meta"]);
        Assert.Null(log["payload"]);
        rig = new LlmRig().Proxy("openai").Answer(Said("hi"));
        Assert.Null((await Speaker.All[0].AskAsync(rig, "hi", isStream: false)).Log("ai"));
    }

    [Fact]
    public async Task Logs_what_a_guard_let_through_and_not_what_it_took_out()
    {
        var rig = new LlmRig().With<AiTextGuard, AiTextGuard.Config>("""{"rules":[{"pattern":"bluebird"}]}""")
            .Proxy("openai", Logging).Answer(Said("bluebird it is"));
        var answer = await Speaker.All[0].AskAsync(rig, "bluebird?", isStream: false);
        Assert.DoesNotContain("bluebird", answer.Log("ai"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_calls_of_tools_in_streams()
    {
        var wire = Speaker.All[0].Dialect;
        var said = Speaker.Say(wire, isStream: true, 3, (ReplyPartKind.Text, "Sending."), (ReplyPartKind.ToolCall, "{\"to\":\"jane@example.org\"}"));
        var rig = new LlmRig().Proxy("openai", Logging).Answer(said, wire.StreamContentType);
        var payload = Payload(await Speaker.All[0].AskAsync(rig, "hi", isStream: true));
        Assert.Equal("Sending.\nsend {\"to\":\"[REDACTED]\"}", payload["response"]!.GetValue<string>());
    }

    [Fact]
    public async Task Logs_errors_of_providers()
    {
        var rig = new LlmRig().Proxy("openai", Logging).Answer("""{"error":{"message":"no such thing"}}"""u8.ToArray(), status: 404);
        var answer = await Speaker.All[0].AskAsync(rig, "hi", isStream: false);
        Assert.Contains("no such thing", Payload(answer)["response"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Cuts_what_is_long_and_leaves_no_half_of_a_secret(int bytesMax)
    {
        var log = new PayloadLog(new TargetLogging { PayloadBytesMax = bytesMax });
        for (var before = 0; before < bytesMax + 10; before++)
        {
            var text = new string('.', before) + " " + Key + new string('.', 3000);
            var body = log.Body(JsonSerializer.SerializeToUtf8Bytes(new { text }), out var isCut);
            Assert.True(isCut);
            Assert.DoesNotContain("sk-A", body, StringComparison.Ordinal);
            Assert.InRange(Encoding.UTF8.GetByteCount(body), 1, bytesMax);
            Assert.DoesNotContain("sk-A", log.Text(text, isBeginning: true, out isCut), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"a":[1,true,null,"x"],"b":{"c":-1.5e3}}""", """{"a":[1,true,null,"x"],"b":{"c":-1.5e3}}""")]
    [InlineData("""{"card":4111111111111111,"jane@example.org":"\u0073k-AAAABBBBCCCCDDDDEEEE"}""", """{"card":"[REDACTED]","[REDACTED]":"[REDACTED]"}""")]
    [InlineData("no JSON, jane@example.org", "no JSON, [REDACTED]")]
    [InlineData("""{"half":"jane@example.org""", """{"half":"[REDACTED]""")]
    [InlineData("", "")]
    public void Redacts_values_names_and_numbers(string body, string expected)
    {
        Assert.Equal(expected, new PayloadLog(new TargetLogging()).Body(Encoding.UTF8.GetBytes(body), out var isCut));
        Assert.False(isCut);
    }

    [Fact]
    public void Redacts_what_the_operator_names_and_only_that()
    {
        var log = new PayloadLog(new TargetLogging { Redact = [], RedactPatterns = ["case \\d+"] });
        Assert.Equal("jane@example.org has [REDACTED]", log.Text("jane@example.org has case 17", isBeginning: false, out _));
    }

    static JsonNode Payload(RigAnswer answer) => JsonNode.Parse(answer.Log("ai")!)!["proxy"]!["payload"]!;

    static byte[] Said(string text) => Speaker.Say(Speaker.All[0].Dialect, isStream: false, 99, (ReplyPartKind.Text, text));
}
