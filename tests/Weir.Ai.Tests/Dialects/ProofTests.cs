using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>What must come back to a model unaltered, when its client speaks another dialect.</summary>
public sealed class ProofTests
{
    [Theory]
    [InlineData("Anthropic", "claude-sonnet-4-5")]
    [InlineData("Bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    public void Claudes_thoughts_come_back_through_OpenAIs_dialect(string wire, string model)
    {
        var (json, losses) = Write(Chat("anthropic-claude-v1", """ "signature":"proof" """), Enum.Parse<DialectName>(wire), model);
        Assert.Contains("Hm.", json, StringComparison.Ordinal);
        Assert.Contains("proof", json, StringComparison.Ordinal);
        Assert.DoesNotContain("messages.signature", losses, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Anthropic", "claude-sonnet-4-5", "google-gemini-v1")]
    [InlineData("Anthropic", "claude-sonnet-4-5", "made-up")]
    [InlineData("Bedrock", "amazon.nova-pro-v1:0", "anthropic-claude-v1")]
    [InlineData("Gemini", "gemini-3-pro", "anthropic-claude-v1")]
    [InlineData("OpenAiResponses", "gpt-5", "anthropic-claude-v1")]
    public void Proofs_of_another_maker_are_left_out_and_named(string wire, string model, string format)
    {
        var (json, losses) = Write(Chat(format, """ "signature":"proof" """), Enum.Parse<DialectName>(wire), model);
        Assert.DoesNotContain("proof", json, StringComparison.Ordinal);
        Assert.Contains("messages.signature", losses, StringComparison.Ordinal);
    }

    [Fact]
    public void Geminis_and_OpenAIs_thoughts_come_back_through_OpenAIs_dialect()
    {
        var gemini = Write(Chat("google-gemini-v1", """ "signature":"proof" """), DialectName.Gemini, "gemini-3-pro").Json;
        Assert.Contains("\"thoughtSignature\":\"proof\"", gemini, StringComparison.Ordinal);
        var responses = Write(Chat("openai-responses-v1", """ "data":"proof","id":"rs_1" """), DialectName.OpenAiResponses, "gpt-5").Json;
        Assert.Contains("\"encrypted_content\":\"proof\"", responses, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"rs_1\"", responses, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openrouter", "anthropic/claude-sonnet-4.5", true)]
    [InlineData("openai", "gpt-5", false)]
    [InlineData("deepseek", "deepseek-chat", false)]
    [InlineData("mistral", "unheard-of", false)]
    public void Proofs_go_only_to_providers_that_know_them(string provider, string model, bool isTaken)
    {
        var body = Chat("anthropic-claude-v1", """ "signature":"proof" """);
        var request = DialectCatalog.Of(DialectName.OpenAiChat).ReadRequest(body, default, new Problems())!;
        var (json, losses) = Write(request, DialectName.OpenAiChat, new ModelTarget { Model = model, Traits = ModelTable.Of(provider, model) });
        Assert.Equal(isTaken, json.Contains("reasoning_details", StringComparison.Ordinal));
        Assert.Equal(!isTaken, losses.Contains("messages.reasoning_details", StringComparison.Ordinal));
    }

    [Fact]
    public void Unknown_fields_of_how_to_think_go_on_to_Anthropic()
    {
        const string Body = """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled","budget_tokens":1024,"mood":"calm"}}
            """;
        var request = DialectCatalog.Of(DialectName.Anthropic).ReadRequest(Encoding.UTF8.GetBytes(Body), default, new Problems())!;
        var (json, _) = Write(request, DialectName.Anthropic, new ModelTarget { Model = "m" });
        Assert.Equal("""{"type":"enabled","budget_tokens":1024,"mood":"calm"}""", JsonNode.Parse(json)!["thinking"]!.ToJsonString());
    }

    [Theory]
    [InlineData("Anthropic")]
    [InlineData("Bedrock")]
    [InlineData("Gemini")]
    public void An_instruction_between_messages_that_moves_to_the_top_is_named(string wire)
    {
        const string Late = """{"model":"m","messages":[{"role":"user","content":"x"},{"role":"system","content":"be brief"},{"role":"user","content":"y"}]}""";
        const string First = """{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"y"}]}""";
        Assert.Contains("messages.role", Write(Encoding.UTF8.GetBytes(Late), Enum.Parse<DialectName>(wire), "m").Losses, StringComparison.Ordinal);
        Assert.DoesNotContain("messages.role", Write(Encoding.UTF8.GetBytes(First), Enum.Parse<DialectName>(wire), "m").Losses, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_fields_beside_a_part_stay_in_streams_that_are_written_anew()
    {
        const string Stream = """
            data: {"candidates":[{"content":{"parts":[{"text":"a","mood":1}],"role":"model"},"index":0}]}

            data: {"candidates":[{"content":{"parts":[{"text":"b"}],"role":"model"},"index":0}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"tone":2}],"role":"model"},"index":0,"finishReason":"STOP"}]}


            """;
        var output = new ArrayBufferWriter<byte>();
        var gemini = DialectCatalog.Of(DialectName.Gemini);
        var writer = gemini.StreamWriter(new ReplyShape(), output);
        var reader = gemini.StreamReader(writer);
        reader.Feed(Encoding.UTF8.GetBytes(Stream.ReplaceLineEndings("\n")));
        reader.End();
        writer.Complete();
        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Contains("""{"text":"a","mood":1}""", written, StringComparison.Ordinal);
        Assert.Contains("""{"text":"b"}""", written, StringComparison.Ordinal);
        Assert.Contains("\"tone\":2", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistrals_client_gets_calls_whole_and_usage_unasked()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = DialectCatalog.Of(DialectName.OpenAiChat).StreamWriter(new ReplyShape { IsForMistral = true }, output);
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Started, Id = "1", Name = "m", Dialect = DialectName.Anthropic });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.ToolCall, Id = "c1", Name = "f" });
        foreach (var piece in new[] { "{\"a\"", ":1}" })
            writer.On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.ToolCall, Text = piece });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, PartKind = ReplyPartKind.ToolCall });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 3, Output = 4 } });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = StopReason.ToolCalls });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Contains("""[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]""", written, StringComparison.Ordinal);
        Assert.Equal(2, written.Split("tool_calls").Length - 1);
        Assert.Contains("\"prompt_tokens\":3", written, StringComparison.Ordinal);
        Assert.DoesNotContain("\"usage\":null", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Anthropics_clients_learn_at_a_streams_start_what_the_prompt_is_expected_to_use()
    {
        var output = new ArrayBufferWriter<byte>();
        var request = new ChatRequest { Dialect = DialectName.Anthropic, Messages = { Message.OfText(Role.User, "How are you today?") } };
        var writer = DialectCatalog.Of(DialectName.Anthropic).StreamWriter(new ReplyShape { Request = request }, output);
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Started, Id = "1", Name = "gpt-4o", Dialect = DialectName.OpenAiChat });
        var start = JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan).Split("data: ")[1])!;
        Assert.InRange((int)start["message"]!["usage"]!["input_tokens"]!, 5, 40);
        Assert.Equal(0, (int)start["message"]!["usage"]!["output_tokens"]!);
    }

    static byte[] Chat(string format, string proof) => Encoding.UTF8.GetBytes($$"""
        {"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","reasoning_details":[
          {"type":"reasoning.text","text":"Hm.","format":"{{format}}",{{proof}}}]},{"role":"user","content":"z"}]}
        """);

    static (string Json, string Losses) Write(byte[] body, DialectName wire, string model) =>
        Write(DialectCatalog.Of(DialectName.OpenAiChat).ReadRequest(body, default, new Problems())!, wire, new ModelTarget { Model = model });

    static (string Json, string Losses) Write(ChatRequest request, DialectName wire, ModelTarget target)
    {
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        DialectCatalog.Of(wire).WriteRequest(request, target, output, losses);
        return (Encoding.UTF8.GetString(output.WrittenSpan), losses.ToString());
    }
}
