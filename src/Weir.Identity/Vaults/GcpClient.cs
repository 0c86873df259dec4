using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Reads secrets of Google Secret Manager (REST reference: projects.secrets.versions.access).</summary>
sealed class GcpClient(IUpstreams upstreams, IssuedCache<IssuedToken> tokens, GcpVaultSettings settings) : IVaultClient
{
    static readonly Uri Server = new("https://secretmanager.googleapis.com");

    readonly Uri _server = settings.EndpointUrl is { } url ? new Uri(url) : Server;

    public async ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop)
    {
        if (resource.Contains('/', StringComparison.Ordinal)) return Fetched.Failed("a secret of Google Secret Manager has no '/' in its name");
        var grant = await tokens.GetAsync();
        if (grant.Item is not { } token) return Fetched.Failed(grant.Problem!);
        var path = $"/v1/projects/{Uri.EscapeDataString(settings.ProjectId)}/secrets/{Uri.EscapeDataString(resource)}"
            + $"/versions/{Uri.EscapeDataString(version ?? "latest")}:access";
        var answer = await VaultCall.SendAsync(upstreams, VaultCall.Get(new Uri(_server, path), [new("Authorization", token.Header)], stop));
        if (answer.Status == 401) tokens.Drop(token);
        return Read(answer);
    }

    static Fetched Read(VaultAnswer answer) => answer switch
    {
        { Problem: not null } => answer.Failed(),
        { Status: 200 } => VaultCall.Read(answer.Body, SecretOf) is { } secret
            ? Fetched.Found(secret)
            : Fetched.Failed($"the answer of {answer.Server} has no secret, or one that was damaged on the way"),
        { Status: 404 } => Fetched.Missing($"there is no such secret, or no such version of it, at {answer.Server}"),
        { Status: 400 } when VaultCall.Says(answer.Body, "FAILED_PRECONDITION") => Fetched.Missing("that version of the secret is disabled or destroyed"),
        { Status: 401 } => Fetched.Failed($"{answer.Server} does not accept the credentials"),
        { Status: 403 } => Fetched.Failed($"{answer.Server} refuses: the identity may not read it"),
        _ => answer.Failed(),
    };

    static string? SecretOf(JsonElement root)
    {
        var payload = root.Object("payload");
        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("data", out var data)) return null;
        if (data.ValueKind != JsonValueKind.String || !data.TryGetBytesFromBase64(out var bytes)) return null;
        return payload.Text("dataCrc32c") is { } sum && sum != Crc32C(bytes).ToString(CultureInfo.InvariantCulture) ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The sum that the API gives of the bytes (RFC 3720 appendix B.4).</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var each in bytes) sum = BitOperations.Crc32C(sum, each);
        return ~sum;
    }
}
