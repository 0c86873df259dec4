namespace Weir.Gateway;

/// <summary>Makes request ids: 128 random bits as 32 lower-case hex characters. Unique, not secret.</summary>
sealed class RequestIds(Random random)
{
    public string Next() => string.Create(32, random, static (text, source) =>
    {
        Span<byte> bits = stackalloc byte[16];
        source.NextBytes(bits);
        Convert.TryToHexStringLower(bits, text, out _);
    });
}
