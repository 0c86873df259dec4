using System.Security.Cryptography;
using System.Text;
using Weir.Config;
using Weir.Identity;

namespace Weir.Control;

/// <summary>What the control plane makes up where an author says nothing: keys and secrets of credentials.</summary>
static class Generated
{
    /// <summary>As many as Kong's.</summary>
    const int SecretChars = 32;

    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    static readonly Dictionary<ControlKind, string[]> Secrets = new()
    {
        [ControlKinds.KeyAuthCredentials] = ["key"],
        [ControlKinds.HmacAuthCredentials] = ["secret"],
        [ControlKinds.JwtSecrets] = ["key", "secret"],
    };

    /// <summary>The entity with what it lacks made up.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="body">What the author says.</param>
    /// <param name="before">The entity that it takes the place of: what was made up for it stays.</param>
    public static MapNode Fill(ControlKind kind, MapNode body, Stored? before)
    {
        foreach (var field in Secrets.GetValueOrDefault(kind, []))
            if (body.Find(field) is null or ScalarNode { Kind: ScalarKind.Null })
                body = Nodes.With(body, field, before?.Text(field) ?? RandomNumberGenerator.GetString(Letters, SecretChars));
        return body;
    }

    /// <summary>A password as Kong keeps it.</summary>
    public static string Hash(string password, string consumerId)
    {
        var digest = PasswordDigest.Of(Encoding.UTF8.GetBytes(password), consumerId);
        return Convert.ToHexStringLower(digest);
    }
}
