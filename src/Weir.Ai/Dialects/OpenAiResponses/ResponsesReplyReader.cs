using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a whole response.</summary>
sealed class ResponsesReplyReader(IReplySink sink)
{
    readonly ResponsesParts _parts = new(sink);

    public void Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = WireJson.Parse(body);
            var root = document.RootElement;
            if (root.Field("output") is { ValueKind: JsonValueKind.Array }) Take(root);
            else if (root.Field("error") is { } error) Fail(ResponsesErrors.Of(error, 0));
            else Fail(new LlmError(LlmErrorKind.Provider, 502, "The provider's answer has no output."));
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
            Fail(new LlmError(LlmErrorKind.Provider, 502, "The provider's answer is not valid JSON."));
        }
    }

    void Take(JsonElement root)
    {
        var envelope = ResponsesEnvelope.Of(root);
        sink.On(ResponsesEnvelope.Start(root, envelope));
        if (ResponsesEnvelope.Failure(root) is { } error)
        {
            Fail(error);
            return;
        }
        foreach (var item in root.Items("output")) _parts.Item(item);
        ResponsesEnvelope.End(root, envelope, _parts, sink);
    }

    void Fail(LlmError error) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
}
