using System.Text.Json;

namespace Weir.Ai;

/// <summary>Signatures and encrypted thoughts in an answer, as entries of reasoning_details.</summary>
static class OpenAiChatProofs
{
    /// <summary>Proofs of Claude's, wherever it runs.</summary>
    public const string ClaudesFormat = "anthropic-claude-v1";

    /// <summary>Encrypted thoughts of OpenAI's models.</summary>
    public const string ResponsesFormat = "openai-responses-v1";

    /// <summary>Proofs of Gemini's.</summary>
    public const string GeminisFormat = "google-gemini-v1";

    /// <summary>Writes an entry for a Signature or Encrypted event.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="reply">The event; its name is the format, that is whose proof it is, where the provider says it.</param>
    /// <param name="text">The thoughts that a signature is of: what comes back must hold both.</param>
    /// <param name="from">Dialect that the answer was read from.</param>
    public static void Write(Utf8JsonWriter json, in ReplyEvent reply, string? text, DialectName? from)
    {
        var isSignature = reply.Kind == ReplyEventKind.Signature;
        json.WriteStartObject();
        json.WriteString("type"u8, isSignature ? "reasoning.text"u8 : "reasoning.encrypted"u8);
        if (isSignature) WireText.Write(json, "text", text);
        WireText.Write(json, isSignature ? "signature" : "data", reply.Text);
        WireText.Write(json, "id", reply.Id);
        WireText.Write(json, "format", reply.Name ?? FormatOf(from));
        json.WriteNumber("index"u8, reply.Part);
        json.WriteEndObject();
    }

    static string? FormatOf(DialectName? from) => from switch
    {
        DialectName.Anthropic or DialectName.Bedrock => ClaudesFormat,
        DialectName.Gemini => GeminisFormat,
        DialectName.OpenAiResponses => ResponsesFormat,
        _ => null,
    };

    /// <summary>Writes the field of a call that holds its signature.</summary>
    public static void WriteOfCall(Utf8JsonWriter json, string? signature)
    {
        json.WriteStartObject("extra_content"u8);
        json.WriteStartObject("google"u8);
        WireText.Write(json, "thought_signature", signature);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
