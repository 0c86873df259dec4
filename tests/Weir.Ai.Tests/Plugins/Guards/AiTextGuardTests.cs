using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiTextGuardTests
{
    const string Key = "sk-AAAABBBBCCCCDDDDEEEE";
    const string Redact = """{"rules":[{"find":"api_key"},{"find":"email","replacement":"[e-mail]"}]}""";
    const string Block = """{"rules":[{"name":"r","pattern":"(?i)\\bevil\\b","action":"block"}]}""";

    [Theory]
    [InlineData("{}", "rules", "required")]
    [InlineData("""{"rules":[]}""", "rules", "")]
    [InlineData("""{"rules":[{}]}""", "rules[0]", "exactly one")]
    [InlineData("""{"rules":[{"find":"email","pattern":"a"}]}""", "rules[0]", "exactly one")]
    [InlineData("""{"rules":[{"find":"passport"}]}""", "rules[0].find", "")]
    [InlineData("""{"rules":[{"pattern":"("}]}""", "rules[0].pattern", "invalid regex: '('")]
    [InlineData("""{"rules":[{"pattern":"a*"}]}""", "rules[0].pattern", "matches the empty text")]
    [InlineData("""{"rules":[{"pattern":"(?x)a b"}]}""", "rules[0].pattern", "invalid regex")]
    [InlineData("""{"rules":[{"pattern":"(?=a)b"}]}""", "rules[0].pattern", "invalid regex")]
    [InlineData("""{"rules":[{"pattern":"a","action":"shout"}]}""", "rules[0].action", "")]
    [InlineData("""{"rules":[{"pattern":"a","apply_to":"head"}]}""", "rules[0].apply_to", "")]
    [InlineData("""{"rules":[{"pattern":"a"},{"name":"0","pattern":"b"}]}""", "rules[1].name", "another rule is called '0', too")]
    [InlineData("""{"rules":[{"pattern":"a"}],"response_buffer_size":1}""", "response_buffer_size", "")]
    [InlineData("""{"rules":[{"pattern":"a"}],"error_code":200}""", "error_code", "")]
    [InlineData("""{"rules":[{"pattern":"a"}],"roles":[]}""", "roles", "")]
    [InlineData("""{"rules":[{"pattern":"a"}],"roles":["judge"]}""", "roles[0]", "")]
    [InlineData("""{"rules":[{"pattern":"a"}],"max_request_body_size":-1}""", "max_request_body_size", "")]
    [InlineData("""{"rules":[{"pattern":"a"}],"llm_format":"klingon"}""", "llm_format", "")]
    public void Refuses_bad_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(LlmExchange.Check<AiTextGuard, AiTextGuard.Config>(config), problem => problem.Field == field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Takes_out_of_requests_what_it_finds(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var rig = Rig(Redact, provider).Answer(Speaker.Say(speaker.WireOf(provider), isStream: false, 99, (ReplyPartKind.Text, "ok")));
        var answer = await speaker.AskAsync(rig, $"My key is {Key} and I am jane@example.org.", isStream: false);
        Assert.Equal(200, answer.Status);
        var sent = Encoding.UTF8.GetString(rig.Sent[0].Body.Span);
        Assert.DoesNotContain(Key, sent, StringComparison.Ordinal);
        Assert.Contains("My key is [REDACTED] and I am [e-mail].", sent, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Refuses_requests_in_the_clients_dialect(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var answer = await speaker.AskAsync(Rig(Block, provider), "be EVIL", isStream: true);
        Assert.Equal(400, answer.Status);
        Assert.Equal("refused by a guard", speaker.Dialect.ReadError(400, answer.Bytes).Message);
        Assert.Equal("""{"blocked":"r"}""", answer.Log("ai_text_guard"));
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Takes_out_of_answers_what_it_finds_whole_and_streamed(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var wire = speaker.WireOf(provider);
        (ReplyPartKind, string)[] parts = client == nameof(DialectName.OpenAiCompletions)
            ? [(ReplyPartKind.Text, $"The key is {Key}, ask jane@example.org.")]
            : [(ReplyPartKind.Text, $"The key is {Key}, ask jane@example.org."), (ReplyPartKind.ToolCall, "{\"to\":\"jane@example.org\",\"n\":1}")];
        foreach (var (isStream, pieceChars, pieceBytes) in new[] { (false, 99, 9999), (true, 1, 9999), (true, 4, 7), (true, 5, 64), (true, 99, 9999) })
        {
            var rig = Rig(Redact, provider).Answer(Speaker.Say(wire, isStream, pieceChars, parts), ContentType(wire, isStream), pieceBytes: pieceBytes);
            var answer = await speaker.AskAsync(rig, "hi", isStream);
            var heard = speaker.Hear(answer, isStream);
            Assert.Equal("The key is [REDACTED], ask [e-mail].", heard.TextOf(ReplyPartKind.Text));
            if (parts.Length > 1) Assert.Equal("{\"to\":\"[e-mail]\",\"n\":1}", heard.TextOf(ReplyPartKind.ToolCall));
            Assert.DoesNotContain("jane@", answer.Text, StringComparison.Ordinal);
            Assert.Equal(ReplyEventKind.Ended, heard.Events[^1].Kind);
        }
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Ends_an_answer_that_is_not_allowed(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var wire = speaker.WireOf(provider);
        foreach (var (isStream, pieceChars, pieceBytes) in new[] { (false, 99, 9999), (true, 4, 7), (true, 5, 64) })
        {
            var body = Speaker.Say(wire, isStream, pieceChars, (ReplyPartKind.Text, "Fine so far, then evil. And more."));
            var answer = await speaker.AskAsync(Rig(Block, provider).Answer(body, ContentType(wire, isStream), pieceBytes: pieceBytes), "hi", isStream);
            Assert.DoesNotContain("evil", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("more", answer.Text, StringComparison.Ordinal);
            Assert.Equal("""{"blocked":"r"}""", answer.Log("ai_text_guard"));
            if (!isStream)
            {
                Assert.Equal(400, answer.Status);
                Assert.Equal("refused by a guard", speaker.Dialect.ReadError(400, answer.Bytes).Message);
                continue;
            }
            var heard = speaker.Hear(answer, isStream);
            Assert.Equal(200, answer.Status);
            Assert.Equal("Fine so far, then ", heard.TextOf(ReplyPartKind.Text));
            Assert.Equal(ReplyEventKind.Failed, heard.Events[^1].Kind);
            Assert.Contains("refused by a guard", heard.Events[^1].Error!.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task An_answer_of_which_nothing_has_been_sent_is_refused_with_a_status(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var wire = speaker.WireOf(provider);
        var body = Speaker.Say(wire, isStream: true, 1, (ReplyPartKind.Text, "Evil! And more."));
        var answer = await speaker.AskAsync(Rig(Block, provider).Answer(body, ContentType(wire, true), pieceBytes: 5), "hi", isStream: true);
        Assert.Equal(400, answer.Status);
        Assert.Equal("refused by a guard", speaker.Dialect.ReadError(400, answer.Bytes).Message);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Passes_bytes_as_they_are_where_nothing_is_found_and_nothing_translated(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        if (speaker.Provider != provider) return;
        foreach (var (isStream, pieceBytes) in new[] { (false, 9999), (true, 1), (true, 7), (true, 9999) })
        {
            var body = Speaker.Say(speaker.Dialect, isStream, 3, (ReplyPartKind.Text, "Write to sk-short or jane@ home. sk-"));
            var rig = Rig(Redact, provider).Answer(body, ContentType(speaker.Dialect, isStream), pieceBytes: pieceBytes);
            Assert.Equal(Encoding.UTF8.GetString(body), (await speaker.AskAsync(rig, "hi", isStream)).Text);
        }
    }

    [Fact]
    public void A_stream_is_the_same_wherever_it_is_cut() => Prop.ForAll(
        Gen.Elements(Speaker.All.ToArray()).ToArbitrary(),
        Gen.Elements("evil", "sk-", "AAAABBBBCCCCDDDDEEEE", "jane@", "example.org", " ", "x", ".", "\n").ArrayOf().Select(string.Concat).ToArbitrary(),
        Gen.Choose(1, 30).Two().ToArbitrary(),
        static (speaker, text, sizes) =>
        {
            if (text.Length == 0) return true;
            var once = Heard(speaker, text, text.Length, int.MaxValue);
            return Heard(speaker, text, sizes.Item1, sizes.Item2) == once && once == Heard(speaker, text, 1, 1);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public async Task Looks_where_it_is_told_to()
    {
        const string Config = """
            {"rules":[{"pattern":"evil","action":"block","apply_to":"response"},{"pattern":"bad","action":"block","apply_to":"request"}]}
            """;
        var chat = Speaker.All[0];
        var ok = Speaker.Say(chat.Dialect, isStream: false, 99, (ReplyPartKind.Text, "bad"));
        Assert.Equal(200, (await chat.AskAsync(Rig(Config, "openai").Answer(ok), "evil", isStream: false)).Status);
        Assert.Equal(400, (await chat.AskAsync(Rig(Config, "openai"), "bad", isStream: false)).Status);
        var evil = Speaker.Say(chat.Dialect, isStream: false, 99, (ReplyPartKind.Text, "evil"));
        Assert.Equal(400, (await chat.AskAsync(Rig(Config, "openai").Answer(evil), "hi", isStream: false)).Status);
    }

    [Theory]
    [InlineData("""["user"]""", 200)]
    [InlineData("""["system"]""", 451)]
    public async Task Looks_at_the_roles_it_is_told_to_and_answers_as_it_is_told_to(string roles, int status)
    {
        var rig = Rig($$"""{"rules":[{"pattern":"evil","action":"block"}],"roles":{{roles}},"error_code":451,"error_message":"no"}""", "openai")
            .Answer(Speaker.Say(Speaker.All[0].Dialect, isStream: false, 9, (ReplyPartKind.Text, "ok")));
        const string Body = """{"model":"m","messages":[{"role":"system","content":"evil"},{"role":"user","content":"hi"}]}""";
        var answer = await rig.RunAsync(LlmExchange.Chat, Body);
        Assert.Equal(status, answer.Status);
        if (status == 451) Assert.Contains("\"no\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_does_not_pass()
    {
        var rig = Rig(Block, "openai").Answer("{\"choices\":[{\"message\":"u8.ToArray());
        Assert.Equal(502, (await Speaker.All[0].AskAsync(rig, "hi", isStream: false)).Status);
        rig = Rig(Block, "openai").Answer("data: {\"choices\":[{\"delta\":{\"content\":\"ev"u8.ToArray(), "text/event-stream");
        Assert.DoesNotContain("ev\"", (await Speaker.All[0].AskAsync(rig, "hi", isStream: true)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_what_it_finds_out_of_calls_that_are_no_conversations()
    {
        var rig = Rig(Redact, "openai").Answer("{}"u8.ToArray());
        await rig.RunAsync(LlmExchange.Embeddings, $$"""{"model":"m","input":["{{Key}}","x"],"user":"jane@example.org"}""");
        Assert.Equal("""{"model":"m","input":["[REDACTED]","x"],"user":"jane@example.org"}""", Encoding.UTF8.GetString(rig.Sent[0].Body.Span));
    }

    [Theory]
    [InlineData(Redact, 200)]
    [InlineData(Block, 400)]
    public async Task Looks_at_the_texts_of_forms(string config, int status)
    {
        const string Type = "multipart/form-data; boundary=b";
        const string Form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nevil jane@example.org.\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"jane@example.org\"\r\n\r\nevil\r\n--b--\r\n";
        var rig = Rig(config, "openai").Answer("{}"u8.ToArray());
        var answer = await rig.RunAsync("/v1/images/edits", Form, Type);
        Assert.Equal(status, answer.Status);
        if (status == 400) return;
        var sent = Encoding.UTF8.GetString(rig.Sent[0].Body.Span);
        Assert.Equal(Form.Replace("evil jane@example.org.", "evil [e-mail].", StringComparison.Ordinal), sent);
    }

    [Fact]
    public async Task Another_target_is_not_asked_when_an_answer_was_refused()
    {
        var rig = Rig(Block, "openai").Answer(Speaker.Say(Speaker.All[0].Dialect, isStream: false, 9, (ReplyPartKind.Text, "evil")));
        await Speaker.All[0].AskAsync(rig, "hi", isStream: false);
        Assert.Single(rig.Sent);
    }

    static string Heard(Speaker speaker, string text, int pieceChars, int pieceBytes)
    {
        const string Config = """{"rules":[{"find":"api_key"},{"find":"email"},{"pattern":"evil","action":"block"}],"response_buffer_size":40}""";
        var body = Speaker.Say(speaker.Dialect, isStream: true, pieceChars, (ReplyPartKind.Text, "Begin. " + text));
        var rig = Rig(Config, speaker.Provider).Answer(body, ContentType(speaker.Dialect, true), pieceBytes: pieceBytes);
        var answer = speaker.AskAsync(rig, "hi", isStream: true).GetAwaiter().GetResult();
        // Whether a refusal comes with a status or as an event depends on what has been sent.
        if (answer.Status == 400) return "refused";
        var heard = speaker.Hear(answer, isStream: true);
        return heard.Events[^1].Kind == ReplyEventKind.Failed ? "refused" : heard.TextOf(ReplyPartKind.Text);
    }

    static string ContentType(Dialect wire, bool isStream) => isStream ? wire.StreamContentType : "application/json";

    static LlmRig Rig(string config, string provider) => new LlmRig().With<AiTextGuard, AiTextGuard.Config>(config).Proxy(provider);
}
