namespace Weir.Gateway.Plugins;

/// <summary>Body formats that can be transformed.</summary>
enum BodyFormat
{
    Other,
    Json,
    Form,
    Multipart,
}

/// <summary>Tells a body's format from its content type.</summary>
static class BodyFormats
{
    public static BodyFormat Of(string? contentType)
    {
        if (contentType is null) return BodyFormat.Other;
        if (contentType.Contains("application/json", StringComparison.OrdinalIgnoreCase)) return BodyFormat.Json;
        if (contentType.Contains("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return BodyFormat.Multipart;
        return contentType.Contains("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? BodyFormat.Form : BodyFormat.Other;
    }
}
