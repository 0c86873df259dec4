using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads sound of one choice, and what is said in it, which is a text part beside it.</summary>
sealed class OpenAiChatAudio(PartSequence parts, ReplyExtras extras)
{
    /// <summary>Name of the text part that says what the sound says.</summary>
    public const string Transcript = "transcript";

    string? _id;
    int _sound = -1;
    int _text = -1;

    /// <summary>Reads the object that the reader stands on.</summary>
    public void Read(ref Utf8JsonReader audio, ReadOnlySpan<byte> json)
    {
        var data = default(string);
        var transcript = default(string);
        while (audio.Read() && audio.TokenType == JsonTokenType.PropertyName)
        {
            if (audio.ValueTextEquals("id"u8)) _id ??= TakeText(ref audio);
            else if (audio.ValueTextEquals("data"u8)) data = TakeText(ref audio);
            else if (audio.ValueTextEquals("transcript"u8)) transcript = TakeText(ref audio);
            else extras.Keep(ref audio, json);
        }
        Add(ReplyPartKind.Audio, data, ref _sound);
        Add(ReplyPartKind.Text, transcript, ref _text);
    }

    public void Close()
    {
        if (_sound >= 0) parts.End(_sound, ReplyPartKind.Audio);
        if (_text >= 0) parts.End(_text, ReplyPartKind.Text);
        (_sound, _text) = (-1, -1);
    }

    void Add(ReplyPartKind kind, string? text, ref int part)
    {
        if (string.IsNullOrEmpty(text)) return;
        parts.Close();
        if (part < 0) part = parts.Start(kind, kind == ReplyPartKind.Audio ? _id : null, kind == ReplyPartKind.Text ? Transcript : null);
        parts.Send(ReplyEventKind.Delta, kind, part, text);
    }

    static string? TakeText(ref Utf8JsonReader reader)
    {
        var value = Wire.Take(ref reader);
        return WireText.Read(ref value);
    }
}
