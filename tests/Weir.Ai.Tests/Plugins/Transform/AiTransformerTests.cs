using System.Text;
using System.Text.Json.Nodes;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiTransformerTests
{
    const string Llm = "\"llm\":{\"route_type\":\"llm/v1/chat\",\"auth\":{\"header_name\":\"Authorization\",\"header_value\":\"Bearer side\"},"
        + "\"model\":{\"provider\":\"PROVIDER\",\"name\":\"side\",\"options\":{\"upstream_url\":\"http://side\",\"anthropic_version\":\"2023-06-01\"}}}";

    [Theory]
    [InlineData("{}", "llm", "required")]
    [InlineData("{\"prompt\":\"p\"}", "llm", "required")]
    [InlineData("{" + Llm + "}", "prompt", "required")]
    [InlineData("{\"prompt\":\"p\",\"transformation_extract_pattern\":\"(\"," + Llm + "}", "transformation_extract_pattern", "invalid regex")]
    [InlineData("{\"prompt\":\"p\",\"http_timeout\":0," + Llm + "}", "http_timeout", "")]
    [InlineData("{\"prompt\":\"p\",\"http_proxy_host\":\"proxy\"," + Llm + "}", "http_proxy_host", "must be unset")]
    [InlineData("{\"prompt\":\"p\",\"https_proxy_port\":80," + Llm + "}", "https_proxy_port", "must be unset")]
    [InlineData("{\"prompt\":\"p\",\"proxy_config\":{\"proxy_scheme\":\"http\"}," + Llm + "}", "proxy_config", "must be unset")]
    [InlineData("{\"prompt\":\"p\",\"llm\":{\"route_type\":\"llm/v1/embeddings\",\"model\":{\"provider\":\"openai\"}}}", "llm.route_type", "must be llm/v1")]
    [InlineData("{\"prompt\":\"p\",\"llm\":{\"auth\":{\"allow_override\":true},\"model\":{\"provider\":\"openai\"}}}", "llm.auth.allow_override",
        "must be false")]
    [InlineData("{\"prompt\":\"p\",\"llm\":{\"auth\":{\"header_name\":\"a\"},\"model\":{\"provider\":\"openai\"}}}", "llm.auth", "all or none")]
    [InlineData("{\"prompt\":\"p\",\"max_request_body_size\":-1," + Llm + "}", "max_request_body_size", "")]
    public void Refuse_bad_configuration(string config, string field, string message)
    {
        config = config.Replace("PROVIDER", "openai", StringComparison.Ordinal);
        var request = Assert.Single(LlmExchange.Check<AiRequestTransformer, AiRequestTransformer.Config>(config), problem => problem.Field == field);
        Assert.Contains(message, request.Message, StringComparison.Ordinal);
        var response = Assert.Single(LlmExchange.Check<AiResponseTransformer, AiResponseTransformer.Config>(config), problem => problem.Field == field);
        Assert.Contains(message, response.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    [InlineData("bedrock")]
    [InlineData("cohere")]
    public async Task The_model_makes_another_body_of_a_request(string provider)
    {
        var rig = Requests(provider, ",\"transformation_extract_pattern\":\"{((.|\\n)*)}\"")
            .Answer(Said(provider, "Sure: {\"city\":\"Rome\",\n\"country\":\"Italy\"} done"));
        var answer = await rig.RunAsync("/orders", """{"city":"Rome"}""");
        Assert.Equal("{\"city\":\"Rome\",\n\"country\":\"Italy\"}", Encoding.UTF8.GetString(answer.Exchange.Upstream.Body!.Value.Span));
        var sent = Assert.Single(rig.Sent);
        var request = Encoding.UTF8.GetString(sent.Body.Span);
        Assert.Contains("Add countries", request, StringComparison.Ordinal);
        Assert.Contains("Rome", request, StringComparison.Ordinal);
        Assert.Contains(sent.Headers, static header => header is { Key: "Authorization", Value: "Bearer side" });
        Assert.Equal("side", sent.To.Host);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task A_call_of_a_model_goes_on_with_its_new_body(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var rig = Requests("openai", "").Proxy(provider).Answer(Said("openai", speaker.Request("Bonjour", isStream: false)))
            .Answer(Speaker.Say(speaker.WireOf(provider), isStream: false, 9, (ReplyPartKind.Text, "ok")));
        Assert.Equal(200, (await speaker.AskAsync(rig, "Hello", isStream: false)).Status);
        Assert.Contains("Hello", Encoding.UTF8.GetString(rig.Sent[0].Body.Span), StringComparison.Ordinal);
        Assert.Contains("Bonjour", Encoding.UTF8.GetString(rig.Sent[1].Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_are_made_as_configured()
    {
        var rig = Requests("openai", ",\"http_timeout\":1234,\"https_verify\":false").Answer(Said("openai", "x"));
        await rig.RunAsync("/orders", "body");
        Assert.Equal((1234, 1234, 1234), (rig.Sent[0].ConnectTimeoutMs, rig.Sent[0].ReadTimeoutMs, rig.Sent[0].WriteTimeoutMs));
        Assert.False(rig.Sent[0].To.Verify);
    }

    [Fact]
    public async Task Failures_of_the_model_are_answered_as_Kong_answers_them()
    {
        await Refused(Requests("openai", "").Fail(UpstreamFailure.Unreachable), 400, "failed to introspect request with AI service: the model provider cannot");
        await Refused(Requests("openai", "").Fail(UpstreamFailure.Timeout), 400, "failed to introspect request with AI service: the model provider did not");
        await Refused(Requests("openai", "").Answer("""{"error":{"message":"bad key"}}"""u8.ToArray(), status: 401), 400,
            "failed to introspect request with AI service: bad key");
        await Refused(Requests("openai", "").Answer("<html>"u8.ToArray()), 400, "failed to introspect request with AI service: ");
        await Refused(Requests("openai", "").Answer(Said("openai", "")), 400, "no 'choices' in upstream AI service response");
        await Refused(Requests("openai", ",\"transformation_extract_pattern\":\"{.*}\"").Answer(Said("openai", "sorry")), 400,
            "AI response did not match specified regular expression");
        await Refused(Requests("openai", ",\"max_request_body_size\":3"), 413, "larger than the limit of 3 bytes");

        static async Task Refused(LlmRig rig, int status, string message)
        {
            var answer = await rig.RunAsync("/orders", """{"a":1}""");
            Assert.Equal(status, answer.Status);
            Assert.Contains(message, JsonNode.Parse(answer.Bytes)!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Answers_of_models_are_made_anew_whole_and_streamed(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        foreach (var isStream in new[] { false, true })
        {
            var made = Encoding.UTF8.GetString(Speaker.Say(speaker.Dialect, isStream: false, 99, (ReplyPartKind.Text, "ACK")));
            var rig = new LlmRig().Proxy(provider).With<AiResponseTransformer, AiResponseTransformer.Config>(Config("openai", ""))
                .Answer(Speaker.Say(speaker.WireOf(provider), isStream: false, 9, (ReplyPartKind.Text, "ack"))).Answer(Said("openai", made));
            var answer = await speaker.AskAsync(rig, "hi", isStream);
            Assert.Equal(200, answer.Status);
            Assert.Equal("ACK", speaker.Hear(answer, isStream).TextOf(ReplyPartKind.Text));
            Assert.DoesNotContain("\"stream\":true", Encoding.UTF8.GetString(rig.Sent[0].Body.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_cannot_be_streamed_is_an_error()
    {
        var speaker = Speaker.All[0];
        var rig = new LlmRig().Proxy("openai").With<AiResponseTransformer, AiResponseTransformer.Config>(Config("openai", ""))
            .Answer(Speaker.Say(speaker.Dialect, isStream: false, 9, (ReplyPartKind.Text, "ack"))).Answer(Said("openai", "just text"));
        Assert.Equal(500, (await speaker.AskAsync(rig, "hi", isStream: true)).Status);
    }

    [Theory]
    [InlineData("""{"status":201,"headers":{"X-New":"v","Content-Type":"text/plain","Content-Length":"9"},"body":"made"}""", 201, "made", "v", "text/plain")]
    [InlineData("""{"body":{"a":1}}""", 200, """{"a":1}""", "", "application/json")]
    [InlineData("""{"a":1}""", 200, """{"a":1}""", "", "application/json")]
    public async Task The_model_may_tell_status_and_headers(string instructions, int status, string body, string header, string type)
    {
        var answer = await Instructed(instructions);
        Assert.Equal((status, body), (answer.Status, answer.Text));
        Assert.Equal((header, type), (answer.Header("X-New"), answer.Header("Content-Type")));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[1]")]
    [InlineData("""{"status":"high"}""")]
    [InlineData("""{"status":99}""")]
    [InlineData("""{"headers":[]}""")]
    [InlineData("""{"headers":{"a b":"c"}}""")]
    [InlineData("""{"headers":{"a":"x\r\ny: z"}}""")]
    public async Task Instructions_that_make_no_answer_are_an_error(string instructions)
    {
        var answer = await Instructed(instructions);
        Assert.Equal(500, answer.Status);
        Assert.Contains("failed to parse JSON response instructions from AI backend", answer.Text, StringComparison.Ordinal);
    }

    static Task<RigAnswer> Instructed(string instructions)
    {
        var speaker = Speaker.All[0];
        var rig = new LlmRig().Proxy("openai")
            .With<AiResponseTransformer, AiResponseTransformer.Config>(Config("openai", ",\"parse_llm_response_json_instructions\":true"))
            .Answer(Speaker.Say(speaker.Dialect, isStream: false, 9, (ReplyPartKind.Text, "ack"))).Answer(Said("openai", instructions));
        return speaker.AskAsync(rig, "hi", isStream: false);
    }

    static LlmRig Requests(string provider, string more) => new LlmRig().With<AiRequestTransformer, AiRequestTransformer.Config>(Config(provider, more));

    static string Config(string provider, string more) =>
        "{\"prompt\":\"Add countries\"" + more + "," + Llm.Replace("PROVIDER", provider, StringComparison.Ordinal) + "}";

    static byte[] Said(string provider, string text) =>
        Speaker.Say(Speaker.All.First(one => one.Provider == provider).Dialect, isStream: false, 999, (ReplyPartKind.Text, text));
}
