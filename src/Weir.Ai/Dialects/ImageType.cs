namespace Weir.Ai;

/// <summary>The type of an image whose sender did not say it, by its first bytes.</summary>
static class ImageType
{
    /// <summary>Media type of an image in base64; null when it is none of those that models take.</summary>
    public static string? Of(string? base64) => base64 switch
    {
        null => null,
        _ when base64.StartsWith("/9j/", StringComparison.Ordinal) => "image/jpeg",
        _ when base64.StartsWith("iVBORw0KGgo", StringComparison.Ordinal) => "image/png",
        _ when base64.StartsWith("R0lGOD", StringComparison.Ordinal) => "image/gif",
        _ when base64.StartsWith("UklGR", StringComparison.Ordinal) => "image/webp",
        _ => null,
    };
}
