using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class OpenAiChatRequestReaderTests
{
    readonly OpenAiChatDialect _dialect = new();

    [Theory]
    [InlineData("""{"messages":[]}""", "model: is required")]
    [InlineData("""{"model":7,"messages":[]}""", "model: must be a string, not the number 7; model: is required")]
    [InlineData("""{"model":"m"}""", "messages: is required")]
    [InlineData("""{"model":"m","messages":{}}""", "messages: must be an array, not an object")]
    [InlineData("""{"model":"m","messages":["x"]}""", "messages[0]: must be an object, not a string")]
    [InlineData("""{"model":"m","messages":[{}]}""", "messages[0].role: is required")]
    [InlineData("""{"model":"m","messages":[{"role":"robot","content":"x"}]}""", "messages[0].role: must be system, developer, user, assistant or tool")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}]}""", "messages[0].content: is required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":7}]}""", "messages[0].content: must be a string or an array of parts")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":["x"]}]}""", "messages[0].content[0]: must be an object, not a string")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{}]}]}""", "messages[0].content[0].type: is required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0].text: is required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "messages[0].content[0].image_url: is required")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""",
        "messages[0].content[0].image_url.url: is required")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,xx"}}]}]}""",
        "messages[0].content[0].image_url: must be an address, or a data: URL in base64")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}""",
        "messages[0].content[0].input_audio.data: is required; messages[0].content[0].input_audio.format: is required")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{}}]}]}""",
        "messages[0].content[0].file.file_data: or file_id is required")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id: is required")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","tool_calls":[{"type":"function"}]}]}""",
        "messages[0].tool_calls[0].id: is required; messages[0].tool_calls[0].function: is required")]
    [InlineData("""{"model":"m","messages":[],"tools":[{"type":"function"}]}""", "tools[0].function: is required")]
    [InlineData("""{"model":"m","messages":[],"tools":[{"type":"function","function":{"parameters":"x"}}]}""",
        "tools[0].function.parameters: must be an object, not a string; tools[0].function.name: is required")]
    [InlineData("""{"model":"m","messages":[],"tool_choice":"maybe"}""", "tool_choice: must be auto, none, required, or an object that names a tool")]
    [InlineData("""{"model":"m","messages":[],"tool_choice":{"type":"function"}}""", "tool_choice.function: is required")]
    [InlineData("""{"model":"m","messages":[],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"x","tools":[{}]}}}""",
        "tool_choice.allowed_tools.tools[0].function: is required; tool_choice.allowed_tools.mode: must be auto or required")]
    [InlineData("""{"model":"m","messages":[],"response_format":{}}""", "response_format.type: is required")]
    [InlineData("""{"model":"m","messages":[],"response_format":{"type":"json_schema"}}""", "response_format.json_schema: is required")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":0,"n":0,"top_logprobs":-1}""",
        "max_tokens: must be at least 1, not 0; n: must be at least 1, not 0; top_logprobs: must be at least 0, not -1")]
    [InlineData("""{"model":"m","messages":[],"temperature":"hot","seed":1.5,"stop":[1],"stream":"yes"}""",
        "stream: must be true or false, not a string; temperature: must be a number, not a string; "
        + "seed: must be a whole number, not the number 1.5; stop[0]: must be a string, not the number 1")]
    [InlineData("""{"model":"m","model":"n","messages":[]}""", ": the body is not valid JSON: Duplicate property 'model'")]
    public void Reports_every_problem_with_its_place(string body, string problems)
    {
        var found = new Problems();
        Assert.Null(_dialect.ReadRequest(Encoding.UTF8.GetBytes(body), default, found));
        Assert.StartsWith(Sorted(problems), Sorted(string.Join("; ", found.Found.Select(static p => $"{p.Field}: {p.Message}"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_messages_of_every_role()
    {
        var request = Read("""
            {"model":"m","messages":[
              {"role":"system","content":"s"},
              {"role":"developer","content":[{"type":"text","text":"d"}]},
              {"role":"user","name":"Ann","content":[
                {"type":"text","text":"u","cache_control":{"type":"ephemeral","ttl":"1h"}},
                {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
                {"type":"input_audio","input_audio":{"data":"AA==","format":"mp3"}},
                {"type":"file","file":{"file_id":"file-1"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}},
                {"type":"hologram","x":1}]},
              {"role":"assistant","reasoning_content":"r","content":"a","refusal":"no","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"sig"}}},
                {"id":"c2","type":"custom","custom":{"name":"g","input":"x"}}]},
              {"role":"tool","tool_call_id":"c1","content":"t"}]}
            """);
        Assert.Equal([Role.System, Role.Developer, Role.User, Role.Assistant, Role.Tool], request.Messages.Select(static message => message.Role));
        Assert.Equal("Ann", request.Messages[2].Name);
        var parts = request.Messages[2].Parts;
        Assert.Equal(new CacheMark("1h"), parts[0].Cache);
        Assert.Equal(new ImagePart(new Media { Url = "https://x/y.png" }) { Detail = "low" }, parts[1] with { Extras = [] });
        Assert.Equal(new Media { MimeType = "audio/mpeg", Base64 = "AA==" }, Assert.IsType<AudioPart>(parts[2]).Media);
        Assert.Equal("file-1", Assert.IsType<DocumentPart>(parts[3]).Media.FileId);
        Assert.Equal(("a.pdf", "application/pdf"), (((DocumentPart)parts[4]).FileName, ((DocumentPart)parts[4]).Media.MimeType));
        Assert.Equal("hologram", Assert.IsType<OpaquePart>(parts[5]).Kind);
        var said = request.Messages[3].Parts;
        Assert.Equal("r", Assert.IsType<ReasoningPart>(said[0]).Text);
        Assert.Equal("a", Assert.IsType<TextPart>(said[1]).Text);
        Assert.Equal("no", Assert.IsType<RefusalPart>(said[2]).Text);
        Assert.Equal(new ToolCallPart("c1", "f", "{}") { Signature = "sig" }, said[3] with { Extras = [] });
        Assert.Equal("custom", Assert.IsType<OpaquePart>(said[4]).Kind);
        var result = Assert.IsType<ToolResultPart>(Assert.Single(request.Messages[4].Parts));
        Assert.Equal("c1", result.CallId);
        Assert.Equal("t", Assert.IsType<TextPart>(Assert.Single(result.Content)).Text);
    }

    [Fact]
    public void Reads_functions_as_tools_and_their_calls_with_ids()
    {
        var request = Read("""
            {"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"},"messages":[
              {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},
              {"role":"function","name":"f","content":"1"}]}
            """);
        Assert.Equal("f", Assert.Single(request.Tools).Name);
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f").Name, request.ToolChoice!.Name);
        var call = Assert.IsType<ToolCallPart>(Assert.Single(request.Messages[0].Parts));
        var result = Assert.IsType<ToolResultPart>(Assert.Single(request.Messages[1].Parts));
        Assert.Equal("call_f", call.Id);
        Assert.Equal(call.Id, result.CallId);
        Assert.Equal("f", result.Name);
    }

    [Theory]
    [InlineData("\"auto\"", ToolChoiceKind.Auto, null)]
    [InlineData("\"none\"", ToolChoiceKind.None, null)]
    [InlineData("\"required\"", ToolChoiceKind.Required, null)]
    [InlineData("\"any\"", ToolChoiceKind.Required, null)]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", ToolChoiceKind.Named, "f")]
    [InlineData("""{"function":{"name":"f"}}""", ToolChoiceKind.Named, "f")]
    [InlineData("""{"type":"custom","custom":{"name":"f"}}""", ToolChoiceKind.Named, "f")]
    [InlineData(
        """{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}}""",
        ToolChoiceKind.Required, null)]
    public void Reads_every_choice_of_tools(string choice, object kind, string? name)
    {
        var read = Read($$"""{"model":"m","messages":[],"tool_choice":{{choice}}}""").ToolChoice!;
        Assert.Equal((kind, name), ((object)read.Kind, read.Name));
        Assert.Equal(choice.Contains("allowed_tools", StringComparison.Ordinal) ? ["f"] : [], read.Allowed);
    }

    [Fact]
    public void Takes_half_a_surrogate_pair_and_an_unknown_format()
    {
        var request = Read("""{"model":"m","messages":[{"role":"user","content":"cut \ud83d"}],"response_format":{"type":"grammar","grammar":"g"}}""");
        Assert.Equal("cut \ud83d", Assert.IsType<TextPart>(request.Messages[0].Parts[0]).Text);
        Assert.Equal("response_format", Assert.Single(request.Extras).Name);
    }

    [Fact]
    public void Reads_thoughts_with_their_proofs_back()
    {
        var details = """[{"type":"reasoning.text","signature":"s","format":"anthropic-claude-v1"},{"type":"reasoning.encrypted","data":"d","id":"r"}]""";
        var parts = Read($$$"""{"model":"m","messages":[{"role":"assistant","reasoning_content":"hm","content":"a","reasoning_details":{{{details}}} }]}""")
            .Messages[0].Parts;
        var first = Assert.IsType<ReasoningPart>(parts[0]);
        Assert.Equal(("hm", "s", "anthropic-claude-v1"), (first.Text, first.Signature, first.Format));
        var second = Assert.IsType<ReasoningPart>(parts[1]);
        Assert.Equal(("", "d", "r"), (second.Text, second.Encrypted, second.Id));
    }

    [Fact]
    public void Keeps_the_name_under_which_the_limit_came()
    {
        Assert.Equal((5, "max_tokens"), Limit("""{"model":"m","messages":[],"max_tokens":5}"""));
        Assert.Equal((6, "max_completion_tokens"), Limit("""{"model":"m","messages":[],"max_completion_tokens":6}"""));
        Assert.Equal((6, "max_completion_tokens"), Limit("""{"model":"m","messages":[],"max_tokens":5,"max_completion_tokens":6}"""));

        (int?, string?) Limit(string body) => (Read(body).Sampling.OutputTokensMax, Read(body).Sampling.OutputTokensField);
    }

    [Fact]
    public void Never_throws_whatever_is_cut_or_changed()
    {
        var bodies = OpenAiChatFixtureTests.All.Select(static row => row.Data).Take(40)
            .Select(static row => Exchange.Of(row.Item1).Single(exchange => exchange.Id == row.Item2).RequestBody).ToList();
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Body, ushort Place, byte Value, bool Cuts)>(), change =>
        {
            var body = bodies[change.Body % bodies.Count].ToArray();
            var place = change.Place % body.Length;
            body[place] = change.Value;
            _dialect.ReadRequest(change.Cuts ? body.AsMemory(0, place) : body, default, new Problems());
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    ChatRequest Read(string body)
    {
        var problems = new Problems();
        var request = _dialect.ReadRequest(Encoding.UTF8.GetBytes(body), default, problems);
        Assert.Equal([], problems.Found);
        return request!;
    }

    static string Sorted(string problems) => string.Join("; ", problems.Split("; ").Order(StringComparer.Ordinal));
}
