using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a stream of responses as server-sent events. Text goes out chunk by chunk; a call only when its arguments are complete, for Gemini's clients know
/// no others; and the reasons to stop in one last chunk, with the usage that other providers tell only after them.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed class GeminiStreamWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly Utf8JsonWriter _json = new(output, WireText.Options);
    readonly List<(int Choice, CollectedPart Part)> _open = [];
    readonly StringBuilder _text = new();
    readonly List<(int Choice, int Part, Extra Field)> _siblings = [];
    readonly List<(int Choice, StopReason Stop, string? Word)> _finished = [];
    TokenUsage? _usage;
    JsonText _ownUsage;
    JsonText _fields;
    string _id = shape.Id;
    string? _model = shape.Model;
    bool _isOwn;
    bool _isBlocked;
    bool _hasParts;

    public override void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                (_id, _model, _isOwn) = (reply.Id ?? shape.Id, shape.Model ?? reply.Name, reply.Dialect == DialectName.Gemini);
                if (_isOwn) _fields = reply.Json;
                break;
            case ReplyEventKind.PartStarted:
                StartPart(reply);
                break;
            case ReplyEventKind.Delta:
                TakeDelta(reply);
                break;
            case ReplyEventKind.Signature:
                TakeSignature(reply);
                break;
            case ReplyEventKind.Annotations when !_isOwn:
                WriteCitations(reply);
                break;
            case ReplyEventKind.PartEnded:
                EndPart(reply);
                break;
            case ReplyEventKind.Finished:
                _finished.Add((reply.Choice, reply.Stop, reply.Name));
                break;
            case ReplyEventKind.Usage:
                (_usage, _ownUsage) = (reply.Usage, _isOwn ? reply.Json : default);
                break;
            case ReplyEventKind.Extra:
                TakeExtra(reply);
                break;
            case ReplyEventKind.Ended:
                WriteEnd();
                break;
            case ReplyEventKind.Failed:
                WriteFailure(reply.Error!);
                break;
        }
    }

    public override void Complete() => _json.Dispose();

    void StartPart(in ReplyEvent reply)
    {
        if (reply.PartKind == ReplyPartKind.Opaque)
        {
            if (!_isOwn)
            {
                shape.Losses.Add($"content.{reply.Name}");
                return;
            }
            BeginChunk();
            reply.Json.WriteTo(_json);
            EndChunk(reply.Choice);
        }
        else
        {
            if (reply.PartKind == ReplyPartKind.Text) _text.Clear();
            if (!IsHeld(reply.PartKind)) return;
            _open.Add((reply.Choice, new CollectedPart { Number = reply.Part, Kind = reply.PartKind, Id = reply.Id, Name = reply.Name }));
        }
    }

    /// <summary>Parts that are written when complete.</summary>
    static bool IsHeld(ReplyPartKind kind) => kind is ReplyPartKind.ToolCall or ReplyPartKind.Image or ReplyPartKind.Audio;

    void TakeDelta(in ReplyEvent reply)
    {
        if (IsHeld(reply.PartKind)) Held(reply)?.On(reply);
        else if (reply.Text is { Length: > 0 } text)
        {
            if (reply.PartKind == ReplyPartKind.Text && !_isOwn) _text.Append(text);
            WriteText(reply, text, null);
        }
    }

    void TakeSignature(in ReplyEvent reply)
    {
        if (!_isOwn) return;
        if (IsHeld(reply.PartKind)) Held(reply)?.On(reply);
        else WriteText(reply, "", reply.Text);
    }

    void WriteText(in ReplyEvent reply, string text, string? signature)
    {
        BeginChunk();
        _json.WriteStartObject();
        GeminiReplyParts.WriteText(_json, text, reply.PartKind == ReplyPartKind.Reasoning, signature);
        WriteSiblings(reply);
        _json.WriteEndObject();
        EndChunk(reply.Choice);
    }

    /// <summary>Fields that stood beside the part's own.</summary>
    void WriteSiblings(in ReplyEvent reply)
    {
        for (var i = 0; i < _siblings.Count; i++)
        {
            var (choice, part, (name, value)) = _siblings[i];
            if (choice != reply.Choice || part != reply.Part) continue;
            _json.WriteJson(name, value);
            _siblings.RemoveAt(i--);
        }
    }

    void EndPart(in ReplyEvent reply)
    {
        if (!IsHeld(reply.PartKind) && _siblings.Count > 0) WriteText(reply, "", null);
        if (!IsHeld(reply.PartKind) || Held(reply) is not { } part) return;
        _open.Remove((reply.Choice, part));
        BeginChunk();
        _json.WriteStartObject();
        if (part.Kind == ReplyPartKind.ToolCall) GeminiReplyParts.WriteCall(_json, part, $"call_{shape.Id}_{part.Number}", _isOwn);
        else GeminiReplyParts.WriteMedia(_json, part, _isOwn);
        WriteSiblings(reply);
        _json.WriteEndObject();
        EndChunk(reply.Choice);
    }

    void WriteCitations(in ReplyEvent reply)
    {
        Begin();
        StartCandidate();
        _json.WriteNumber("index"u8, reply.Choice);
        GeminiCitations.Write(_json, [reply.Json], _text.ToString(), shape.Losses);
        EndCandidate();
        End();
    }

    CollectedPart? Held(in ReplyEvent reply)
    {
        foreach (var (choice, part) in _open)
            if (choice == reply.Choice && part.Number == reply.Part) return part;
        return null;
    }

    void TakeExtra(in ReplyEvent reply)
    {
        var name = reply.Name ?? "";
        if (!_isOwn)
        {
            shape.Losses.Add(name);
        }
        else if (GeminiReplyParts.IsBelow(name, GeminiExtras.Candidate))
        {
            Begin();
            StartCandidate();
            _json.WriteNumber("index"u8, reply.Choice);
            _json.WriteJson(name[GeminiExtras.Candidate.Length..], reply.Json);
            EndCandidate();
            End();
        }
        else if (GeminiReplyParts.IsBelow(name, GeminiExtras.Part))
        {
            _siblings.Add((reply.Choice, reply.Part, new Extra(name[GeminiExtras.Part.Length..], reply.Json)));
        }
        else if (GeminiReplyParts.IsOfReply(name))
        {
            _isBlocked |= name == GeminiExtras.PromptFeedback;
            Begin();
            _json.WriteJson(name, reply.Json);
            End();
        }
    }

    void WriteEnd()
    {
        Begin();
        if (!_isBlocked || _hasParts)
        {
            _json.WriteStartArray("candidates"u8);
            foreach (var (choice, stop, word) in _finished)
            {
                _json.WriteStartObject();
                _json.WriteStartObject("content"u8);
                _json.WriteStartArray("parts"u8);
                _json.WriteStartObject();
                _json.WriteString("text"u8, ""u8);
                _json.WriteEndObject();
                _json.WriteEndArray();
                _json.WriteString("role"u8, "model"u8);
                _json.WriteEndObject();
                _json.WriteText("finishReason", GeminiReasons.Write(stop, word));
                _json.WriteNumber("index"u8, choice);
                _json.WriteEndObject();
            }
            _json.WriteEndArray();
        }
        End();
    }

    /// <summary>Google ends a stream that fails with an event of its error object.</summary>
    void WriteFailure(LlmError error)
    {
        output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        GeminiErrors.WriteObject(_json, error);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\r\n\r\n"u8);
    }

    void BeginChunk()
    {
        _hasParts = true;
        Begin();
        StartCandidate();
        _json.WriteStartObject("content"u8);
        _json.WriteStartArray("parts"u8);
    }

    void EndChunk(int choice)
    {
        _json.WriteEndArray();
        _json.WriteString("role"u8, "model"u8);
        _json.WriteEndObject();
        _json.WriteNumber("index"u8, choice);
        EndCandidate();
        End();
    }

    void StartCandidate()
    {
        _json.WriteStartArray("candidates"u8);
        _json.WriteStartObject();
    }

    void EndCandidate()
    {
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    void Begin()
    {
        output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
    }

    void End()
    {
        GeminiReplyParts.WriteUsage(_json, _usage, _ownUsage);
        if (_model is not null) _json.WriteText("modelVersion", _model);
        _json.WriteText("responseId", _id);
        GeminiReplyParts.WriteFields(_json, _fields);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\r\n\r\n"u8);
    }
}
