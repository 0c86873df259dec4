namespace Weir.Server;

/// <summary>What the mock answers, before it is put into the words of a wire.</summary>
sealed class MockReply
{
    /// <summary>Sixteen hexadecimal digits that follow from the request alone.</summary>
    public required string Id { get; init; }

    /// <summary>Thoughts before the answer; empty for none.</summary>
    public string Thought { get; init; } = "";

    /// <summary>The answer; empty where tools are called instead or the model refuses.</summary>
    public string Text { get; init; } = "";

    /// <summary>What the model says when it refuses; null where it does not.</summary>
    public string? Refusal { get; init; }

    public IReadOnlyList<MockToolCall> Calls { get; init; } = [];

    public required MockStop Stop { get; init; }

    /// <summary>The text that ended the answer, or null.</summary>
    public string? StopText { get; init; }

    public required MockUsage Usage { get; init; }

    /// <summary>A text in tokens: at most 4 bytes each, characters whole.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        for (int from = 0, at = 0, bytes = 0; from < text.Length;)
        {
            var isPair = at < text.Length - 1 && char.IsSurrogatePair(text[at], text[at + 1]);
            var size = at == text.Length ? MockTally.BytesPerToken : isPair ? 4 : text[at] < 0x80 ? 1 : text[at] < 0x800 ? 2 : 3;
            if (bytes > 0 && bytes + size > MockTally.BytesPerToken)
            {
                yield return text[from..at];
                (from, bytes) = (at, 0);
                continue;
            }
            bytes += size;
            at += isPair ? 2 : 1;
        }
    }
}

/// <summary>A call of a tool.</summary>
sealed record MockToolCall(string Id, string Name, string Arguments);

enum MockStop { End, Length, Tools, StopText, Refused, Filtered }

/// <summary>Tokens of one call.</summary>
/// <param name="Prompt">All of the prompt, cached or not.</param>
/// <param name="Cached">What the prompt cache did.</param>
/// <param name="Reasoning">Of the thoughts.</param>
/// <param name="Answer">Of the answer without the thoughts.</param>
sealed record MockUsage(int Prompt, MockCached Cached, int Reasoning, int Answer)
{
    public int Output => Reasoning + Answer;

    public int Total => Prompt + Output;
}
