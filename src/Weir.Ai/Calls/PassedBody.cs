using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>The client's own body for a provider that speaks its dialect: byte for byte, but for the fields that are the operator's.</summary>
static class PassedBody
{
    static readonly ReadOnlyMemory<byte> AskUsage = "{\"include_usage\":true}"u8.ToArray();
    static readonly ReadOnlyMemory<byte> True = "true"u8.ToArray();

    public static ReadOnlyMemory<byte> Of(LlmCall call, Target target, string model, bool isStream, DialectName wire)
    {
        var scan = call.Scan;
        var edits = new BodyEdits();
        if (call.Surface.Line.Model is null && model.Length > 0 && model != scan.Model && ModelFields.HasOne(call))
            Set(edits, scan, scan.ModelPlace, "model", Quoted(model));
        if (call.Surface.Operation == Operation.Chat)
        {
            SetStream(edits, call, scan, isStream, wire, target.Provider.MustAskForUsage);
            if (wire == DialectName.Cohere && call.OutputTokensCap is { } cap) SetTokens(edits, scan, target, model, wire, cap);
            if (wire is DialectName.OpenAiChat or DialectName.Anthropic or DialectName.OpenAiCompletions or DialectName.OpenAiResponses)
                SetOptions(edits, scan, target, model, wire, call.OutputTokensCap);
        }
        if (call.Surface.Operation == Operation.Embeddings && target.Options.EmbeddingsDimensions is { } dimensions && wire == DialectName.OpenAiChat)
            SetDimensions(edits, call, dimensions);
        if (edits.IsEmpty) return call.Body;
        var output = new ArrayBufferWriter<byte>(call.Body.Length + 128);
        edits.Write(call.Body.Span, output);
        return output.WrittenMemory;
    }

    static void SetStream(BodyEdits edits, LlmCall call, in PromptScan scan, bool isStream, DialectName wire, bool mustAskForUsage)
    {
        if (call.Surface.Line.IsStream is null && isStream != (scan.IsStream ?? false)) Set(edits, scan, scan.StreamPlace, "stream", True);
        if (!isStream || !mustAskForUsage || scan.IncludesUsage == true || wire is not (DialectName.OpenAiChat or DialectName.OpenAiCompletions)) return;
        if (!scan.IncludeUsagePlace.IsEmpty) edits.Replace(scan.IncludeUsagePlace, True);
        else if (scan.StreamOptionsPlace.IsEmpty) edits.Insert(scan.RootStart, "stream_options", AskUsage);
        else if (call.Body.Span[scan.StreamOptionsPlace.Start] == '{') edits.Insert(scan.StreamOptionsPlace.Start, "include_usage", True);
        else edits.Replace(scan.StreamOptionsPlace, AskUsage);
    }

    /// <summary>The limit of tokens is the operator's, whatever the client calls it; sampling is the client's where it says anything.</summary>
    static void SetOptions(BodyEdits edits, in PromptScan scan, Target target, string model, DialectName wire, int? cap)
    {
        var options = target.Options;
        if (OperatorSettings.Lower(options.MaxTokens, cap) is { } tokens) SetTokens(edits, scan, target, model, wire, tokens);
        if (options.Temperature is { } temperature && !scan.HasTemperature) edits.Insert(scan.RootStart, "temperature", Number(temperature));
        if (options.TopP is { } topP && !scan.HasTopP) edits.Insert(scan.RootStart, "top_p", Number(topP));
        if (options.TopK is { } topK && !scan.HasTopK && wire == DialectName.Anthropic) edits.Insert(scan.RootStart, "top_k", Number(topK));
    }

    static void SetTokens(BodyEdits edits, in PromptScan scan, Target target, string model, DialectName wire, int tokens)
    {
        var wantsNewer = scan.MaxTokensPlace.IsEmpty && target.TraitsOf(model).WantsMaxCompletionTokens;
        var (place, name) = wire == DialectName.OpenAiResponses ? (scan.MaxOutputTokensPlace, "max_output_tokens")
            : !scan.MaxCompletionTokensPlace.IsEmpty ? (scan.MaxCompletionTokensPlace, "max_completion_tokens")
            : (scan.MaxTokensPlace, wantsNewer ? "max_completion_tokens" : "max_tokens");
        var json = Number(tokens);
        Set(edits, scan, place, name, json);
        // Which of two a provider obeys is not known.
        if (name == "max_completion_tokens" && !scan.MaxTokensPlace.IsEmpty) edits.Replace(scan.MaxTokensPlace, json);
        if (scan.ThinkingTokensMax is not { } thinking || tokens >= scan.OutputTokensMax) return;
        var thoughts = OperatorSettings.ThinkingWithin(thinking, tokens);
        if (thoughts < thinking) edits.Replace(scan.ThinkingTokensPlace, Number(thoughts));
    }

    static void SetDimensions(BodyEdits edits, LlmCall call, int dimensions)
    {
        var reader = new Utf8JsonReader(call.Body.Span, new JsonReaderOptions { MaxDepth = PromptScan.DepthMax });
        reader.Read();
        if (Wire.Find(reader, "dimensions"u8).TokenType is not (JsonTokenType.None or JsonTokenType.Null)) return;
        edits.Insert(call.Scan.RootStart, "dimensions", Number(dimensions));
    }

    static void Set(BodyEdits edits, in PromptScan scan, ByteRange place, string name, ReadOnlyMemory<byte> json)
    {
        if (place.IsEmpty) edits.Insert(scan.RootStart, name, json);
        else edits.Replace(place, json);
    }

    static byte[] Number(int value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    static byte[] Number(double value) => Encoding.ASCII.GetBytes(value.ToString("R", CultureInfo.InvariantCulture));

    static byte[] Quoted(string text) => JsonSerializer.SerializeToUtf8Bytes(text);
}
