using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes the blocks of a streamed message, one after the other.</summary>
sealed class AnthropicBlockStream(AnthropicReplyShape shape, AnthropicStreamWriter stream) : IReplySink
{
    int _index = -1;
    bool _isOpen;

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.PartStarted:
                Start(reply);
                break;
            case ReplyEventKind.Delta:
                Delta(reply);
                break;
            case ReplyEventKind.Signature:
                Signature(reply);
                break;
            case ReplyEventKind.Encrypted:
                Encrypted(reply);
                break;
            case ReplyEventKind.Annotations:
                Annotate(reply);
                break;
            case ReplyEventKind.PartEnded when _isOpen:
                Index(stream.Begin("content_block_stop"u8));
                stream.End();
                _isOpen = false;
                break;
            default:
                break;
        }
    }

    void Start(in ReplyEvent reply)
    {
        _isOpen = false;
        if (!shape.Takes(reply.PartKind)) return;
        // Whether a thought is hidden shows with its first piece.
        if (reply.PartKind == ReplyPartKind.Reasoning) return;
        if (reply.PartKind == ReplyPartKind.Opaque)
        {
            Opaque(reply.Json);
            return;
        }
        var writer = Block(reply.PartKind == ReplyPartKind.ToolCall ? "tool_use"u8 : "text"u8);
        if (reply.PartKind == ReplyPartKind.ToolCall)
        {
            WireText.Write(writer, "id"u8, shape.CallId(reply.Id, reply.Part));
            WireText.Write(writer, "name"u8, reply.Name ?? "");
            writer.WriteStartObject("input"u8);
            writer.WriteEndObject();
            if (shape.IsOwn) ExtraFields.WriteFieldsOf(writer, reply.Json);
        }
        else
        {
            writer.WriteString("text"u8, ""u8);
        }
        EndBlock();
    }

    void Delta(in ReplyEvent reply)
    {
        if (reply.PartKind == ReplyPartKind.Reasoning) OpenThinking();
        if (!_isOpen || reply.Text is not { Length: > 0 } text) return;
        var (type, field) = reply.PartKind switch
        {
            ReplyPartKind.ToolCall => ("input_json_delta", "partial_json"),
            ReplyPartKind.Reasoning => ("thinking_delta", "thinking"),
            _ => ("text_delta", "text"),
        };
        var writer = DeltaOf(type);
        writer.WritePropertyName(field);
        WireText.Write(writer, text);
        EndBlock();
    }

    void Signature(in ReplyEvent reply)
    {
        if (reply.PartKind != ReplyPartKind.Reasoning || !shape.HasSignatures)
        {
            shape.Losses.Add("signature");
            return;
        }
        OpenThinking();
        var writer = DeltaOf("signature_delta");
        WireText.Write(writer, "signature"u8, reply.Text ?? "");
        EndBlock();
    }

    void Encrypted(in ReplyEvent reply)
    {
        if (_isOpen || !shape.HasSignatures)
        {
            shape.Losses.Add("signature");
            return;
        }
        var writer = Block("redacted_thinking"u8);
        WireText.Write(writer, "data"u8, reply.Text ?? "");
        EndBlock();
    }

    void Annotate(in ReplyEvent reply)
    {
        if (!shape.IsOwn)
        {
            shape.Losses.Add("annotations");
            return;
        }
        using var document = LooseJson.Parse(reply.Json.Utf8);
        if (!_isOpen || document?.RootElement.ValueKind != JsonValueKind.Array) return;
        foreach (var citation in document.RootElement.EnumerateArray())
        {
            var writer = DeltaOf("citations_delta");
            writer.WritePropertyName("citation"u8);
            citation.WriteRaw(writer);
            EndBlock();
        }
    }

    /// <summary>A block of Anthropic's own. The input of a tool that the provider runs goes as a delta, where clients look for it.</summary>
    void Opaque(JsonText json)
    {
        using var document = LooseJson.Parse(json.Utf8);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } block) return;
        _index++;
        _isOpen = true;
        var input = block.ObjectField("input"u8);
        var writer = Index(stream.Begin("content_block_start"u8));
        writer.WriteStartObject("content_block"u8);
        foreach (var field in block.EnumerateObject())
        {
            if (input is null || !field.NameEquals("input"u8))
            {
                field.WriteRaw(writer);
                continue;
            }
            writer.WriteStartObject("input"u8);
            writer.WriteEndObject();
        }
        EndBlock();
        if (input is not { } arguments) return;
        var delta = DeltaOf("input_json_delta");
        WireText.Write(delta, "partial_json"u8, arguments.GetRawText());
        EndBlock();
    }

    void OpenThinking()
    {
        if (_isOpen) return;
        var writer = Block("thinking"u8);
        writer.WriteString("thinking"u8, ""u8);
        writer.WriteString("signature"u8, ""u8);
        EndBlock();
    }

    Utf8JsonWriter Block(ReadOnlySpan<byte> type)
    {
        _index++;
        _isOpen = true;
        var writer = Index(stream.Begin("content_block_start"u8));
        writer.WriteStartObject("content_block"u8);
        writer.WriteString("type"u8, type);
        return writer;
    }

    Utf8JsonWriter DeltaOf(string type)
    {
        var writer = Index(stream.Begin("content_block_delta"u8));
        writer.WriteStartObject("delta"u8);
        writer.WriteString("type"u8, type);
        return writer;
    }

    Utf8JsonWriter Index(Utf8JsonWriter writer)
    {
        writer.WriteNumber("index"u8, _index);
        return writer;
    }

    void EndBlock() => stream.EndInner();
}
