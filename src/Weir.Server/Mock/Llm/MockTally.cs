using System.Text;

namespace Weir.Server;

/// <summary>
/// The prompt in numbers. The rule of all wires: a token for each 4 bytes (UTF-8) of all texts together, rounded up, and 256 for each image, document or
/// recording. Texts are: system prompt, messages, names and arguments of calls, results of tools, names and descriptions of tools.
/// </summary>
sealed class MockTally
{
    public const int BytesPerToken = 4;
    public const int TokensPerMedia = 256;

    readonly List<Boundary> _boundaries = [];
    long _bytes;
    int _media;
    ulong _hash = 14695981039346656037;

    /// <summary>A place up to which the prompt may be cached.</summary>
    /// <param name="Hash">Stands for everything before it.</param>
    /// <param name="Tokens">Whole tokens before it.</param>
    /// <param name="MarkTtl">"5m" or "1h" where the caller marked it; null where not.</param>
    public readonly record struct Boundary(ulong Hash, int Tokens, string? MarkTtl);

    public int Tokens => TokensOf(_bytes) + _media * TokensPerMedia;

    public IReadOnlyList<Boundary> Boundaries => _boundaries;

    public static int TokensOf(long bytes) => (int)((bytes + BytesPerToken - 1) / BytesPerToken);

    public static int TokensOf(string text) => TokensOf(Encoding.UTF8.GetByteCount(text));

    public void AddText(string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        _bytes += Encoding.UTF8.GetByteCount(text);
        Mix(text);
    }

    /// <param name="source">Its bytes in base64, address or id.</param>
    public void AddMedia(string? source)
    {
        _media++;
        Mix(source ?? "");
    }

    /// <summary>Ends a block of content.</summary>
    public void EndBlock(string? markTtl = null)
    {
        Mix("\0");
        _boundaries.Add(new(_hash, (int)(_bytes / BytesPerToken) + _media * TokensPerMedia, markTtl));
    }

    void Mix(string text) => _hash = (_hash ^ (uint)text.GetHashCode(StringComparison.Ordinal)) * 1099511628211;
}
