using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>Key files of service accounts, made up for one run.</summary>
static class GoogleKeys
{
    public static RSA Rsa { get; } = RSA.Create(2048);

    static readonly string Pem = Rsa.ExportPkcs8PrivateKeyPem();

    public static JsonObject File() => new()
    {
        ["type"] = "service_account",
        ["project_id"] = "p",
        ["private_key_id"] = "key-1",
        ["private_key"] = Pem,
        ["client_email"] = "weir@p.iam.gserviceaccount.com",
        ["token_uri"] = "https://oauth2.googleapis.com/token",
    };
}
