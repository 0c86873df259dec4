namespace Weir.Ai;

/// <summary>Where the bytes of an image, a recording or a document are: exactly one of <see cref="Base64"/>, <see cref="Url"/>, <see cref="FileId"/>.</summary>
sealed record Media
{
    /// <summary>image/png, audio/wav, application/pdf; null when only the address is known.</summary>
    public string? MimeType { get; init; }

    /// <summary>The bytes in base64 (RFC 4648 §4), or null.</summary>
    public string? Base64 { get; init; }

    /// <summary>Address that the provider fetches, or null.</summary>
    public string? Url { get; init; }

    /// <summary>Id of a file that was given to the provider before, or null.</summary>
    public string? FileId { get; init; }

    /// <summary>Media in a data: URL (RFC 2397), or by address. Null for a data URL without base64.</summary>
    public static Media? OfUrl(string url)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return new Media { Url = url };
        var comma = url.IndexOf(',');
        if (comma < 0 || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) return null;
        var type = url[5..(comma - ";base64".Length)];
        return new Media { MimeType = type.Length == 0 ? "text/plain" : type, Base64 = url[(comma + 1)..] };
    }

    /// <summary>As a URL: the address, or a data: URL; null for a file id.</summary>
    public string? ToUrl() => Url ?? (Base64 is null ? null : $"data:{MimeType ?? "application/octet-stream"};base64,{Base64}");
}
