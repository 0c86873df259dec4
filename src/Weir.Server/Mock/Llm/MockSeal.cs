using System.Security.Cryptography;
using System.Text;

namespace Weir.Server;

/// <summary>
/// Signatures of thoughts, as providers give them out: what comes back altered is found out. The key is no secret;
/// these are thoughts of a mock.
/// </summary>
static class MockSeal
{
    static readonly byte[] s_key = "weir mock thoughts"u8.ToArray();

    public static string Of(string text) => Convert.ToBase64String(HMACSHA256.HashData(s_key, Encoding.UTF8.GetBytes(text)));

    public static bool IsGood(string text, string? seal) => seal == Of(text);

    /// <summary>Thoughts that nobody may read, closed up: they open only here.</summary>
    public static string Close(string text) => Of(text) + "." + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static bool Opens(string closed)
    {
        var dot = closed.IndexOf('.', StringComparison.Ordinal);
        var bytes = new byte[closed.Length];
        return dot > 0 && Convert.TryFromBase64String(closed[(dot + 1)..], bytes, out var length)
            && IsGood(Encoding.UTF8.GetString(bytes, 0, length), closed[..dot]);
    }
}
