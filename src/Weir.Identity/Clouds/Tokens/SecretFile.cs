namespace Weir.Identity;

/// <summary>Small files with a token, which something beside this process renews.</summary>
static class SecretFile
{
    /// <summary>Longest file that is read.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>The text without white space around it, or why there is none.</summary>
    public static async ValueTask<(string? Text, string? Problem)> ReadAsync(string path, CancellationToken stop)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax) return (null, $"{path} has more than {BytesMax} bytes");
            var text = (await File.ReadAllTextAsync(path, stop)).Trim();
            if (text.Length == 0) return (null, $"{path} is empty");
            return text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? (null, $"{path} holds no token") : (text, null);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return (null, $"{path} cannot be read");
        }
    }
}
