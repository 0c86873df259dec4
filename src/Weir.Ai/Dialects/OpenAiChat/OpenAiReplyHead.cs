using System.Text.Json;

namespace Weir.Ai;

/// <summary>The fields with which every answer and every chunk begins.</summary>
sealed class OpenAiReplyHead(string kind, string idPrefix, ReplyShape shape)
{
    readonly JsonEncodedText _kind = JsonEncodedText.Encode(kind);
    JsonEncodedText _id = Encode(idPrefix + shape.Id);
    JsonEncodedText _model = Encode(shape.Model ?? "");
    long _created = shape.Unix;

    /// <summary>Takes what the provider said, where it did.</summary>
    public void Begin(in ReplyEvent started)
    {
        if (!string.IsNullOrEmpty(started.Id)) _id = Encode(started.Id);
        if (shape.Model is null && started.Name is { } model) _model = Encode(model);
        if (started.Unix > 0) _created = started.Unix;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, _kind);
        json.WriteNumber("created"u8, _created);
        json.WriteString("model"u8, _model);
    }

    static JsonEncodedText Encode(string text) => JsonEncodedText.Encode(text, WireText.Options.Encoder);
}
