using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class BedrockRequestTests
{
    static readonly DialectProbe s_probe = new(new BedrockDialect());

    [Fact]
    public void Reports_every_problem_with_its_place()
    {
        var problems = s_probe.Problems("""
            {"system": [{"text": 1}], "inferenceConfig": {"maxTokens": 0, "topP": "x", "stopSequences": {}},
             "messages": [{"role": "system", "content": []}, {"role": "user"}, {"role": "user", "content": [{}, {"text": []}, {"image": {"format": "png"}},
               {"toolUse": {"name": "n"}}, {"toolResult": {"status": "so-so"}}, {"reasoningContent": {"reasoningText": {}}}, {"cachePoint": {"type": "big"}},
               {"document": {"source": {"bytes": "AA"}}}]}],
             "toolConfig": {"tools": [{"toolSpec": {}}], "toolChoice": {"maybe": {}}}, "requestMetadata": {"a": 1},
             "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{"}}}}}
            """);
        Assert.Equal(
            """
            system[0].text: must be a string, not the number 1
            messages[0].role: must be user or assistant
            messages[1].content: is required
            messages[2].content[0].text: or another field that names the kind of the block is required
            messages[2].content[1].text: must be a string, not an array
            messages[2].content[2].image.source: is required
            messages[2].content[3].toolUse.toolUseId: is required
            messages[2].content[4].toolResult.status: must be success or error
            messages[2].content[4].toolResult.toolUseId: is required
            messages[2].content[5].reasoningContent.reasoningText.text: is required
            messages[2].content[6].cachePoint.type: must be default
            messages[2].content[7].document.name: is required
            inferenceConfig.topP: must be a number, not a string
            inferenceConfig.stopSequences: must be a string or an array of strings, not an object
            inferenceConfig.maxTokens: must be at least 1
            toolConfig.tools[0].toolSpec.inputSchema: is required
            toolConfig.tools[0].toolSpec.name: is required
            toolConfig.toolChoice: must have one of auto, any and tool
            requestMetadata.a: must be a string, not the number 1
            outputConfig.textFormat.structure.jsonSchema.schema: must be a JSON Schema, as a string
            """.Split('\n').Order(StringComparer.Ordinal),
            problems.Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Takes_model_and_stream_from_the_path()
    {
        var request = s_probe.Request("""{"messages": [{"role": "user", "content": [{"text": "a"}]}]}""", new RequestLine("anthropic.claude", true));
        Assert.Equal(("anthropic.claude", true), (request.Model, request.IsStream));
    }

    [Fact]
    public void A_cache_point_marks_what_stands_before_it()
    {
        const string Body = """
            {"system": [{"text": "s"}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
             "messages": [{"role": "user", "content": [{"cachePoint": {"type": "default"}}, {"text": "a"}, {"cachePoint": {"type": "default"}}]}],
             "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {}}}}, {"cachePoint": {"type": "default"}}]}}
            """;
        var request = s_probe.Request(Body, new RequestLine("m"));
        Assert.Equal("1h", request.Messages[0].Parts[0].Cache?.Ttl);
        Assert.IsType<OpaquePart>(request.Messages[1].Parts[0]);
        Assert.NotNull(request.Messages[1].Parts[1].Cache);
        Assert.NotNull(request.Tools[0].Cache);
        var losses = new Losses();
        Assert.Equal(CanonicalJson.Of(Body), CanonicalJson.Of(s_probe.Write(request, losses)));
        Assert.True(losses.IsEmpty);
    }

    [Fact]
    public void Keeps_what_it_does_not_know()
    {
        const string Body = """
            {"messages": [{"role": "user", "content": [{"guardContent": {"text": {"text": "g"}}}, {"toolResult": {"toolUseId": "t", "status": "error",
               "content": [{"json": {"a": 1}}, {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v.mp4"}}}}, {"searchResult": {"x": 1}}]}},
               {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/i", "bucketOwner": "1"}}}},
               {"document": {"format": "docx", "name": "d", "source": {"bytes": "AAAA"}, "context": "c", "citations": {"enabled": true}}},
               {"citationsContent": {"content": [{"text": "t"}], "citations": [{"title": "x"}]}}]},
               {"role": "assistant", "content": [{"reasoningContent": {"redactedContent": "QUJD"}},
                 {"toolUse": {"toolUseId": "s", "name": "n", "type": "server_tool_use", "input": {}}}]}],
             "inferenceConfig": {"maxTokens": 5, "x": 1},
             "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "top_k": 5, "y": [1]},
             "guardrailConfig": {"guardrailIdentifier": "g"}, "performanceConfig": {"latency": "optimized"}, "requestMetadata": {"a": "b"},
             "serviceTier": {"type": "flex"}, "toolConfig": {"tools": [{"systemTool": {"name": "nova_grounding"}}], "toolChoice": {"auto": {}}, "z": 1}}
            """;
        var losses = new Losses();
        var expected = JsonNode.Parse(Body)!;
        // Results of tools stand first.
        var content = expected["messages"]![0]!["content"]!.AsArray();
        var guard = content[0]!.DeepClone();
        content.RemoveAt(0);
        content.Insert(1, guard);
        Assert.Equal(CanonicalJson.Of(expected), CanonicalJson.Of(s_probe.Write(s_probe.Request(Body, new RequestLine("m")), losses)));
        Assert.True(losses.IsEmpty);
    }

    [Fact]
    public void Writes_the_request_of_Anthropic_for_Claude()
    {
        var request = new DialectProbe(new AnthropicDialect()).Request("""
            {"model": "x", "max_tokens": 2000, "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}], "messages": [
              {"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/"}},
                {"type": "text", "text": "q"}]},
              {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "sig"}, {"type": "redacted_thinking", "data": "enc"},
                {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}}]},
              {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [
                {"type": "text", "text": "r", "cache_control": {"type": "ephemeral"}}]}]}],
             "tools": [{"name": "f", "description": "F", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
             "tool_choice": {"type": "tool", "name": "f"}, "thinking": {"type": "enabled", "budget_tokens": 1024},
             "metadata": {"user_id": "u 1"}, "stream": true,
             "container": "c"}
            """);
        var losses = new Losses();
        var written = s_probe.Write(request, losses, new ModelTarget { Model = "anthropic.claude-sonnet" });
        Assert.Equal(
            CanonicalJson.Of("""
                {"system": [{"text": "s"}, {"cachePoint": {"type": "default"}}], "messages": [
                  {"role": "user", "content": [{"image": {"format": "jpeg", "source": {"bytes": "/9j/"}}}, {"text": "q"}]},
                  {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "t", "signature": "sig"}}},
                    {"reasoningContent": {"redactedContent": "enc"}},
                    {"toolUse": {"toolUseId": "toolu_1", "name": "f", "input": {"a": 1}}}]},
                  {"role": "user", "content": [{"toolResult": {"toolUseId": "toolu_1", "content": [{"text": "r"}]}}, {"cachePoint": {"type": "default"}}]}],
                 "inferenceConfig": {"maxTokens": 2000},
                 "toolConfig": {"tools": [{"toolSpec": {"name": "f", "description": "F", "inputSchema": {"json": {"type": "object"}}}},
                   {"cachePoint": {"type": "default", "ttl": "1h"}}],
                   "toolChoice": {"tool": {"name": "f"}}},
                 "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}}, "requestMetadata": {"user_id": "u 1"}}
                """),
            CanonicalJson.Of(written));
        Assert.Equal("container", losses.ToString());
    }

    [Theory]
    [InlineData("amazon.nova-2-lite", """{"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "high"}, "inferenceConfig": {"topK": 3}}""", "")]
    [InlineData("openai.gpt-oss-120b", """{"reasoning_effort": "high"}""", "top_k")]
    [InlineData("meta.llama", null, "reasoning_effort, top_k")]
    [InlineData("us.anthropic.claude-3-7", """{"thinking": {"type": "enabled", "budget_tokens": 8000}}""", "top_k")]
    public void Says_how_much_to_think_in_the_words_of_the_model(string model, string? fields, string losses)
    {
        var request = Foreign("Hi");
        request.Reasoning = new Reasoning { Effort = "high" };
        request.Sampling = new Sampling { OutputTokensMax = 10000, TopK = 3 };
        var named = new Losses();
        var written = JsonNode.Parse(s_probe.Write(request, named, new ModelTarget { Model = model }))!;
        Assert.Equal(fields is null ? "null" : CanonicalJson.Of(fields), CanonicalJson.Of(written["additionalModelRequestFields"]));
        Assert.Equal(losses, named.ToString());
    }

    [Fact]
    public void Names_what_Bedrock_cannot_say_and_defines_tools_that_were_called()
    {
        var request = Foreign("Hi");
        request.Messages[0].Parts.Add(new ImagePart(new Media { Url = "https://x/y.png" }));
        request.Messages[0].Parts.Add(new DocumentPart(new Media { Base64 = "JVBERi0" }) { FileName = "Q1_report: final!.pdf" });
        request.Messages.Add(new Message { Role = Role.Assistant, Parts = { new ToolCallPart("a b", "f", "{}") } });
        request.Messages.Add(new Message { Role = Role.Tool, Parts = { new ToolResultPart("a b", []) } });
        request.Sampling = new Sampling { Seed = 1, Stop = ["x"] };
        request.User = "né";
        request.ParallelTools = false;
        request.ToolChoice = new ToolChoice(ToolChoiceKind.None);
        var losses = new Losses();
        Assert.Equal(
            CanonicalJson.Of("""
                {"messages": [{"role": "user", "content": [{"text": "Hi"},
                    {"document": {"format": "pdf", "name": "Q1 report final pdf", "source": {"bytes": "JVBERi0"}}}]},
                  {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a_b", "name": "f", "input": {}}}]},
                  {"role": "user", "content": [{"toolResult": {"toolUseId": "a_b", "content": [{"text": "(no content)"}]}}]}],
                 "inferenceConfig": {"stopSequences": ["x"]},
                 "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object", "properties": {}}}}}]}}
                """),
            CanonicalJson.Of(s_probe.Write(request, losses, new ModelTarget { Model = "meta.llama" })));
        Assert.Equal("messages.image, tool_choice, user, seed, parallel_tool_calls", losses.ToString());
    }

    [Fact]
    public void Asks_for_JSON_of_a_schema()
    {
        var request = Foreign("Hi");
        request.Format = new OutputFormat(OutputKind.JsonSchema, "n", "d", JsonText.Of("""{"type":"object"}"""));
        Assert.Equal(
            CanonicalJson.Of("""
                {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{\"type\":\"object\"}", "name": "n", "description": "d"}}}}
                """),
            CanonicalJson.Of(JsonNode.Parse(s_probe.Write(request, new Losses()))!["outputConfig"]));
        var target = new ModelTarget { Model = "m", Traits = new ModelTraits { LacksJsonSchema = true } };
        var byTool = JsonNode.Parse(s_probe.Write(request, new Losses(), target))!;
        Assert.Null(byTool["outputConfig"]);
        Assert.Equal("json_answer", (string?)byTool["toolConfig"]!["toolChoice"]!["tool"]!["name"]);
    }

    static ChatRequest Foreign(string text)
    {
        var request = new ChatRequest { Dialect = DialectName.OpenAiChat, Model = "m" };
        request.Messages.Add(Message.OfText(Role.User, text));
        return request;
    }
}
