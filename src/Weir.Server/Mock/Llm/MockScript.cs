using System.Globalization;

namespace Weir.Server;

/// <summary>
/// What a caller asks the mock to do wrong, or differently: <c>X-Mock: status=429; retry-after=2</c>, or the same words as <c>[mock: …]</c> in the last
/// user message, which reach it through any gateway.
/// </summary>
sealed class MockScript
{
    public const string Header = "X-Mock";
    const string Opening = "[mock:";
    const int TokensMax = 100_000;
    const int DelayMsMax = 300_000;

    /// <summary>Answer with this status and the wire's own error body; 0 for none.</summary>
    public int Status { get; private set; }

    /// <summary>Seconds of the Retry-After header; negative for none.</summary>
    public int RetryAfter { get; private set; } = -1;

    /// <summary>Break the connection after this many chunks; negative for never.</summary>
    public int CloseAfter { get; private set; } = -1;

    /// <summary>Say nothing more after this many chunks; negative for never.</summary>
    public int StallAfter { get; private set; } = -1;

    /// <summary>Send an error event after this many chunks; negative for never.</summary>
    public int ErrorAfter { get; private set; } = -1;

    /// <summary>Answer 200 with nothing in it.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Answer with broken JSON; in a stream, in the second chunk.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Refuse to answer, as models do.</summary>
    public bool Refuses { get; private set; }

    /// <summary>End the answer by a content filter.</summary>
    public bool Filters { get; private set; }

    /// <summary>Wait before the answer's first byte.</summary>
    public int DelayMs { get; private set; }

    /// <summary>Wait before each chunk.</summary>
    public int ChunkDelayMs { get; private set; }

    /// <summary>Tokens, and so chunks, of the text; 0 for the usual answer.</summary>
    public int Tokens { get; private set; }

    /// <summary>The first part that means nothing, or null.</summary>
    public string? Misunderstood { get; private set; }

    public static MockScript Of(string? header, string userText)
    {
        var script = new MockScript();
        if (!string.IsNullOrEmpty(header)) script.Read(header);
        for (var from = 0; (from = userText.IndexOf(Opening, from, StringComparison.Ordinal)) >= 0;)
        {
            from += Opening.Length;
            var end = userText.IndexOf(']', from);
            script.Read(end < 0 ? userText[from..] : userText[from..end]);
        }
        return script;
    }

    void Read(string text)
    {
        foreach (var part in text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            var number = equals < 0 ? -1 : int.TryParse(part.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -2;
            if (!TrySet(name, number)) Misunderstood ??= part;
        }
    }

    /// <param name="name">Name of the part.</param>
    /// <param name="number">Its number; -1 where it has none, -2 where what stands there is no number.</param>
    bool TrySet(string name, int number)
    {
        switch (name)
        {
            case "status" when number is >= 400 and <= 599: Status = number; return true;
            case "retry-after" when number >= 0: RetryAfter = number; return true;
            case "close-after" when number >= 0: CloseAfter = number; return true;
            case "stall-after" when number >= 0: StallAfter = number; return true;
            case "error-after" when number >= 0: ErrorAfter = number; return true;
            case "delay-ms" when number is >= 0 and <= DelayMsMax: DelayMs = number; return true;
            case "chunk-delay-ms" when number is >= 0 and <= DelayMsMax: ChunkDelayMs = number; return true;
            case "tokens" when number is > 0 and <= TokensMax: Tokens = number; return true;
            case "empty" when number == -1: IsEmpty = true; return true;
            case "malformed" when number == -1: IsMalformed = true; return true;
            case "refuse" when number == -1: Refuses = true; return true;
            case "filter" when number == -1: Filters = true; return true;
            default: return false;
        }
    }
}
