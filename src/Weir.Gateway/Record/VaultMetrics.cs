using Weir.Identity;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>Secrets of vaults on the metrics page.</summary>
static class VaultMetrics
{
    public static void Declare(MetricRegistry registry, SecretStore secrets)
    {
        registry.Observe(
            MetricType.Gauge, "weir_vault_secrets", "Secrets of a vault by state: fresh, stale (of before, while the vault is away), missing, failed.",
            ["vault", "state"], seen =>
            {
                // Two workspaces may have vaults of one name: their numbers are one series.
                foreach (var (vault, state, count) in secrets.Count()) seen.Add(count, vault, state.ToString().ToLowerInvariant());
            });
        registry.Observe(
            MetricType.Counter, "weir_vault_fetches_total", "How often a vault was asked for a secret, by result: found, missing, failed.",
            ["vault", "result"], seen =>
            {
                foreach (var (vault, kind, count) in secrets.Fetches()) seen.Add(count, vault, kind.ToString().ToLowerInvariant());
            });
    }
}
