using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Clock = Weir.Gateway.Tests.ManualTime;

namespace Weir.Identity.Tests;

/// <summary>Vaults as a document declares them, asked for single secrets.</summary>
sealed class VaultRig : IDisposable
{
    readonly List<IDisposable> _open = [];

    public Dictionary<string, string> Environment { get; } = [];

    public Clock Time { get; } = new();

    public VaultClients Clients => new(Environment.GetValueOrDefault, Time, NullLogger.Instance);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IVaultClient Open(RemoteVaultSettings settings)
    {
        var kind = settings.GetType().Name[..^"VaultSettings".Length].ToLowerInvariant();
        var vault = Clients.Open(new VaultSource("v", kind, settings, VaultKinds.IdOf(kind, settings)));
        _open.Add(vault);
        return vault.Client;
    }

    public ValueTask<Fetched> AskAsync(RemoteVaultSettings settings, string resource, string? version = null) =>
        Open(settings).FetchAsync(resource, version, Cancel);

    public void Dispose()
    {
        foreach (var vault in _open) vault.Dispose();
    }
}
