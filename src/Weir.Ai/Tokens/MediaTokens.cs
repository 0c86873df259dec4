namespace Weir.Ai;

/// <summary>Tokens of images, recordings and documents, by the rules that providers publish. What is known by address only is taken at the most.</summary>
static class MediaTokens
{
    const int ShownSideMax = 4096;

    /// <summary>Tokens of an image.</summary>
    public static long OfImage(ImagePart part, TokenRates rates)
    {
        var (width, height) = (part.Media.Base64 is { } base64 ? ImageSize.OfBase64(base64) : null) ?? (ShownSideMax, ShownSideMax);
        return rates.Images switch
        {
            ImageRule.Tiles => rates.ImageTokens + (part.Detail == "low" ? 0 : (long)rates.TileTokens * TilesOf512(width, height)),
            ImageRule.Patches => ((Math.Min(1536, Tiles(width, 32) * Tiles(height, 32)) * rates.TileTokens) + 999) / 1000,
            ImageRule.Area => OfArea(width, height),
            _ => width <= 384 && height <= 384 ? 258 : 258 * Math.Min(16, Tiles(width, 768) * Tiles(height, 768)),
        };
    }

    /// <summary>Tokens of a recording: 32 for a second, and a second of speech is hardly less than 4,000 bytes.</summary>
    public static long OfAudio(Media media) => Math.Max(32, BytesOf(media) / 4000 * 32);

    /// <summary>Tokens of a document: 3,000 for a page with its picture, and a page is hardly less than 20,000 bytes; of an address, ten pages.</summary>
    public static long OfDocument(Media media) => media.Base64 is null ? 30_000 : Math.Max(3000, BytesOf(media) / 20_000 * 3000);

    /// <summary>Tokens of a film: 263 for a second (Gemini), and a second is hardly less than 50,000 bytes; of an address, a minute.</summary>
    public static long OfVideo(Media media) => media.Base64 is null ? 60 * 263 : Math.Max(263, BytesOf(media) / 50_000 * 263);

    static long BytesOf(Media media) => media.Base64 is { } base64 ? base64.Length / 4L * 3 : 0;

    // Into a square of 2048, then down to 768 on the shorter side.
    static long TilesOf512(long width, long height)
    {
        var longer = Math.Max(width, height);
        if (longer > 2048) (width, height) = (Math.Max(1, width * 2048 / longer), Math.Max(1, height * 2048 / longer));
        var shorter = Math.Min(width, height);
        if (shorter > 768) (width, height) = (width * 768 / shorter, height * 768 / shorter);
        return Tiles(width, 512) * Tiles(height, 512);
    }

    static long OfArea(long width, long height)
    {
        var longer = Math.Max(width, height);
        if (longer > 1568) (width, height) = (Math.Max(1, width * 1568 / longer), Math.Max(1, height * 1568 / longer));
        return Math.Clamp(((width * height) + 749) / 750, 1, 1600);
    }

    static long Tiles(long length, long side) => (length + side - 1) / side;
}
