namespace Weir.Ai;

/// <summary>Finds where the events of a stream end in its bytes, whichever framing its wire has.</summary>
sealed class StreamFrames(DialectName wire)
{
    readonly AwsEventStreamReader? _messages = wire == DialectName.Bedrock ? new() : null;
    SseReader? _events = wire is DialectName.Bedrock or DialectName.Gemini ? null : new();
    JsonValueCutter? _values;

    /// <summary>What comes is in no such framing: no more ends will be found.</summary>
    public bool IsBroken => _messages?.Broken is not null || _events is { IsBroken: true } || _values is { IsBroken: true };

    /// <summary>Takes bytes until an event is complete. False when all are taken and none is.</summary>
    public bool TryPass(ref ReadOnlySpan<byte> bytes)
    {
        if (_messages is not null) return _messages.TryRead(ref bytes, out _);
        if (_events is null && _values is null) Begin(bytes);
        if (_values is not null) return _values.TryRead(ref bytes, out _);
        if (_events is not null) return _events.TryRead(ref bytes, out _);
        bytes = default;
        return false;
    }

    /// <summary>Google sends server-sent events or a JSON array: the first character tells.</summary>
    void Begin(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.IsEmpty) return;
        if (bytes[0] is (byte)'[' or (byte)'{') _values = new JsonValueCutter();
        else _events = new SseReader();
    }
}
