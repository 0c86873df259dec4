using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes thoughts of earlier turns back where they came from, or where the target takes them; elsewhere they are a loss.</summary>
static class OpenAiChatReasoningWriter
{
    public static void Write(List<Part> parts, bool isOwn, ModelTraits traits, Utf8JsonWriter json, Losses losses)
    {
        var plain = new StringBuilder();
        string? field = null;
        var details = 0;
        foreach (var part in parts)
        {
            // Thoughts within the content are written there.
            if (part is not ReasoningPart reasoning || (isOwn && reasoning.Field == OpenAiChatReasoning.Thinking)) continue;
            var isDetail = reasoning.Field == OpenAiChatReasoning.Details;
            if (!isOwn && (reasoning.Signature ?? reasoning.Encrypted) is not null) losses.Add("messages.signature");
            var place = isOwn ? PlaceOf(reasoning, traits) : ForeignPlace(traits);
            if (isOwn && isDetail && place != OpenAiChatReasoning.Details)
            {
                isDetail = false;
                if ((reasoning.Signature ?? reasoning.Encrypted) is not null) losses.Add("messages." + OpenAiChatReasoning.Details);
            }
            if (place is null || traits.Refuses.Contains(place))
            {
                if (reasoning.Text.Length > 0) losses.Add(isOwn ? "messages." + reasoning.Field : "messages.reasoning");
                continue;
            }
            plain.Append(reasoning.Text);
            field ??= isDetail && isOwn ? OpenAiChatReasoning.Plain : place;
            if (!isDetail || !isOwn) continue;
            if (details++ == 0) json.WriteStartArray(OpenAiChatReasoning.Details);
            WriteDetail(reasoning, json);
        }
        if (details > 0) json.WriteEndArray();

        // DeepSeek and Kimi want the field even where it is empty, if the client sent it.
        if (field is not null && (plain.Length > 0 || details == 0)) WireText.Write(json, field, plain.ToString());
    }

    static string? PlaceOf(ReasoningPart reasoning, ModelTraits traits)
    {
        var field = reasoning.Field ?? OpenAiChatReasoning.Content;
        return traits.Refuses.Contains(field) ? ForeignPlace(traits) : field;
    }

    static string? ForeignPlace(ModelTraits traits) =>
        traits.Takes.Contains(OpenAiChatReasoning.Content) ? OpenAiChatReasoning.Content
        : traits.Takes.Contains(OpenAiChatReasoning.Plain) ? OpenAiChatReasoning.Plain
        : null;

    static void WriteDetail(ReasoningPart part, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        var kind = "reasoning.text";
        foreach (var extra in part.Extras)
        {
            if (extra.Name == "type") kind = extra.Value.ToString().Trim('"');
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
        WireText.Write(json, "id", part.Id);
        WireText.Write(json, "format", part.Format);
        if (part.Text.Length > 0) WireText.Write(json, kind == "reasoning.summary" ? "summary" : "text", part.Text);
        WireText.Write(json, "data", part.Encrypted);
        WireText.Write(json, "signature", part.Signature);
        json.WriteEndObject();
    }
}
