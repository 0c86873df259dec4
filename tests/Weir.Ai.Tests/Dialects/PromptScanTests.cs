using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class PromptScanTests
{
    [Fact]
    public void Finds_what_limits_and_names_a_request()
    {
        const string body = """
             { "messages": [], "model" : "gpt-5", "stream":true, "max_tokens": 7, "max_completion_tokens": 5, "n": 2,
               "stream_options": {"include_obfuscation": false, "include_usage": false}, "user": "u\u00e9" }
            """;
        var scan = Read(body);
        Assert.Equal("gpt-5", scan.Model);
        Assert.Equal("\"gpt-5\"", At(body, scan.ModelPlace));
        Assert.True(scan.IsStream);
        Assert.Equal("true", At(body, scan.StreamPlace));
        Assert.Equal(5, scan.OutputTokensMax);
        Assert.Equal("7", At(body, scan.MaxTokensPlace));
        Assert.Equal("5", At(body, scan.MaxCompletionTokensPlace));
        Assert.True(scan.MaxOutputTokensPlace.IsEmpty);
        Assert.Equal(2, scan.Choices);
        Assert.False(scan.IncludesUsage);
        Assert.Equal("false", At(body, scan.IncludeUsagePlace));
        Assert.Equal("""{"include_obfuscation": false, "include_usage": false}""", At(body, scan.StreamOptionsPlace));
        Assert.Equal("ué", scan.User);
        Assert.Equal('{', body[scan.RootStart]);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"hello"}]}""", 5)]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}""", 5)]
    [InlineData("""{"requests":[{"content":{"parts":[{"text":"ab"}]}},{"content":{"parts":[{"text":"c"}]}}]}""", 3)]
    [InlineData("""{"texts":["ab","c"],"input_type":"search_query"}""", 3)]
    [InlineData("""{"query":"ab","documents":["c",{"text":"de"}]}""", 5)]
    [InlineData("""{"messages":[{"role":"user","content":"h\u00e9\n\ud83d\ude00\u20ac\""}]}""", 12)]
    [InlineData("""{"messages":[{"role":"user","content":"é"},{"role":"assistant","content":[{"type":"text","text":"abc"}]}]}""", 5)]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}]}""", 3)]
    [InlineData("""{"system":"abc","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"de"}]}]}""", 5)]
    [InlineData("""{"instructions":"ab","input":"cde"}""", 5)]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"abcd"}]}]}""", 4)]
    [InlineData("""{"input":["ab","c"]}""", 3)]
    [InlineData("""{"prompt":["ab","c"],"suffix":"not counted"}""", 3)]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"a"}]}]}""",
        1)]
    [InlineData("""{"prompt":"a"}""", 1)]
    public void Counts_the_bytes_of_the_texts(string body, long bytes) => Assert.Equal(bytes, Read(body).Size.TextBytes);

    [Theory]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens": 2048},"model":"m"}""", 2048, "2048")]
    [InlineData("""{"thinking":{"token_budget":100}}""", 100, "100")]
    [InlineData("""{"thinking":{"a":{"budget_tokens":7},"budget_tokens":9}}""", 9, "9")]
    [InlineData("""{"thinking":{"budget_tokens":-1}}""", null, "")]
    [InlineData("""{"thinking":{"budget_tokens":"9"}}""", null, "")]
    [InlineData("""{"thinking":true}""", null, "")]
    [InlineData("""{"thinking":null}""", null, "")]
    [InlineData("""{"messages":[{"thinking":{"budget_tokens":9}}]}""", null, "")]
    public void Finds_how_much_may_be_thought(string body, int? tokens, string place)
    {
        var scan = Read(body);
        Assert.Equal((tokens, place), (scan.ThinkingTokensMax, scan.ThinkingTokensPlace.IsEmpty ? "" : At(body, scan.ThinkingTokensPlace)));
    }

    [Theory]
    [InlineData("""{"thinking":{"budget_tokens":9,"budget_tokens":10}}""", "thinking.budget_tokens")]
    [InlineData("""{"thinking":{},"thinking":{}}""", "thinking")]
    public void Reports_thinking_that_is_said_twice(string body, string field)
    {
        var problems = new Problems();
        Assert.False(PromptScan.TryRead(Encoding.UTF8.GetBytes(body), out _, problems));
        Assert.Equal(field, Assert.Single(problems.Found).Field);
    }

    [Fact]
    public void Counts_media_tools_messages_and_tokens()
    {
        var size = Read("""
            {"messages":[
               {"role":"user","content":[{"type":"image_url","image_url":{"url":"0123456789"}},{"type":"file","file":{"file_data":"01234"}}]},
               {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"01"}}]}],
             "tools":[{"type":"function","function":{"name":"f"}},{"type":"web_search"}]}
            """).Size;
        Assert.Equal(2, size.Messages);
        Assert.Equal(2, size.Images);
        Assert.Equal(1, size.Files);
        Assert.Equal(17, size.MediaBytes);
        Assert.Equal(2, size.Tools);
        Assert.Equal("""{"type":"function","function":{"name":"f"}},{"type":"web_search"}""".Length, size.ToolBytes);
        Assert.Equal(5, Read("""{"input":[[1,2,3],[4,5]]}""").Size.Tokens);
    }

    [Theory]
    [InlineData("", "", "the body is not valid JSON")]
    [InlineData("{", "", "the body is not valid JSON")]
    [InlineData("{}x", "", "the body is not valid JSON")]
    [InlineData("""{"model":"a"}{}""", "", "the body is not valid JSON")]
    [InlineData("[]", "", "the body must be a JSON object")]
    [InlineData("null", "", "the body must be a JSON object")]
    [InlineData("""{"model":"a","model":"b"}""", "model", "stands twice")]
    [InlineData("""{"model":"a","\u006dodel":"b"}""", "model", "stands twice")]
    [InlineData("""{"model":"a","MODEL":"b"}""", "MODEL", "must be written model: there are providers that take it for the same")]
    [InlineData("""{"stream":true,"stream":false}""", "stream", "stands twice")]
    [InlineData("""{"messages":[],"messages":[]}""", "messages", "stands twice")]
    [InlineData("""{"max_tokens":1,"max_tokens":2}""", "max_tokens", "stands twice")]
    [InlineData("""{"stream_options":{"include_usage":true,"include_usage":false}}""", "stream_options.include_usage", "stands twice")]
    [InlineData("""{"model":7}""", "model", "must be a string")]
    [InlineData("""{"model":{"a":[1]},"n":1}""", "model", "must be a string")]
    [InlineData("""{"stream":"true"}""", "stream", "must be true or false")]
    [InlineData("""{"max_tokens":"9"}""", "max_tokens", "must be a whole number from 0")]
    [InlineData("""{"max_tokens":-1}""", "max_tokens", "must be a whole number from 0")]
    [InlineData("""{"max_tokens":1e99}""", "max_tokens", "must be a whole number from 0")]
    [InlineData("""{"n":1.5}""", "n", "must be a whole number from 0")]
    [InlineData("""{"stream_options":[]}""", "stream_options", "must be an object")]
    [InlineData("""{"stream_options":{"include_usage":1}}""", "stream_options.include_usage", "must be true or false")]
    [InlineData("""{"tools":{}}""", "tools", "must be an array")]
    public void Refuses_what_two_readers_could_take_for_different_things(string body, string field, string message)
    {
        var problems = new Problems();
        Assert.False(PromptScan.TryRead(Encoding.UTF8.GetBytes(body), out _, problems));
        var problem = Assert.Single(problems.Found);
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_all_problems_at_once()
    {
        var problems = new Problems();
        Assert.False(PromptScan.TryRead("""{"model":1,"stream":2,"n":"x","model":"m"}"""u8, out _, problems));
        Assert.Equal(["model", "stream", "n", "model"], problems.Found.Select(static problem => problem.Field));
    }

    [Fact]
    public void Knows_the_place_of_a_null()
    {
        const string body = """{"stream": null, "stream_options": null, "model": null}""";
        var scan = Read(body);
        Assert.Null(scan.Model);
        Assert.Null(scan.IsStream);
        Assert.Equal("null", At(body, scan.StreamPlace));
        Assert.Equal("null", At(body, scan.StreamOptionsPlace));
        Assert.Equal("null", At(body, scan.ModelPlace));
    }

    [Fact]
    public void Refuses_nesting_that_is_too_deep()
    {
        var problems = new Problems();
        var body = "{\"messages\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        Assert.False(PromptScan.TryRead(Encoding.UTF8.GetBytes(body), out _, problems));
        Assert.Contains("not valid JSON", Assert.Single(problems.Found).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_as_many_bytes_as_the_text_has() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), static text =>
        {
            var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["prompt"] = clean });
            return PromptScan.TryRead(body, out var scan, new Problems()) && scan.Size.TextBytes == Encoding.UTF8.GetByteCount(clean);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Never_throws_on_a_body_that_is_cut_or_changed()
    {
        var body = Encoding.UTF8.GetBytes("""
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a\u00e9\n"}]}],
             "stream":true,"stream_options":{"include_usage":true},"n":1}
            """);
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Place, byte Value, bool Cuts)>(), change =>
        {
            var changed = body.ToArray();
            var place = change.Place % body.Length;
            changed[place] = change.Value;
            PromptScan.TryRead(change.Cuts ? body.AsSpan(0, place) : changed, out _, new Problems());
        }).QuickCheckThrowOnFailure();
    }

    static PromptScan Read(string body)
    {
        var problems = new Problems();
        Assert.True(PromptScan.TryRead(Encoding.UTF8.GetBytes(body), out var scan, problems), string.Join("; ", problems.Found));
        return scan;
    }

    static string At(string body, ByteRange place) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(body).AsSpan(place.Start, place.Length));
}
