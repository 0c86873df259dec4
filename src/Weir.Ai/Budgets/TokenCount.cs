namespace Weir.Ai;

/// <summary>Counts the tokens of a stream as they pass.</summary>
sealed class TokenCount
{
    /// <summary>Tokens that have passed, about.</summary>
    public long Seen { get; private set; }

    /// <summary>A piece of a stream is hardly less than a token, however short its text.</summary>
    public void Saw(string? text)
    {
        if (!string.IsNullOrEmpty(text)) Seen += ScriptTokens.Of(text);
    }
}
