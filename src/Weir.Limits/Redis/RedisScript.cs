using System.Security.Cryptography;
using System.Text;

namespace Weir.Limits;

/// <summary>A Lua script, named to the server by its SHA-1 once it has been sent whole.</summary>
sealed class RedisScript(string text)
{
    public string Text { get; } = text;

    // Not for security: it is how Redis names scripts.
#pragma warning disable CA5350
    public string Sha { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
