using System.Text.Json;

namespace Weir.Ai;

/// <summary>Images in an answer, as OpenRouter and Google's compatible endpoint send them: parts like those of a request.</summary>
static class OpenAiChatImages
{
    /// <summary>Reads the array that the reader stands on.</summary>
    public static void Read(ref Utf8JsonReader reader, PartSequence parts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var address = Wire.Find(reader, "image_url"u8);
            if (Wire.FindText(address, "url"u8) is { } url) Add(url, parts);
            reader.Skip();
        }
    }

    /// <summary>Writes one image.</summary>
    public static void Write(Utf8JsonWriter json, string? type, string data)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, new Media { MimeType = type ?? "image/png", Base64 = data }.ToUrl());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Add(string url, PartSequence parts)
    {
        if (Media.OfUrl(url) is not { Base64: { } data } media) return;
        parts.Close();
        var part = parts.Start(ReplyPartKind.Image, name: media.MimeType);
        parts.Send(ReplyEventKind.Delta, ReplyPartKind.Image, part, data);
        parts.End(part, ReplyPartKind.Image);
    }
}
