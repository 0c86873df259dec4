namespace Weir.Config;

/// <summary>All rules that hold between the fields of an entity and between entities. The rules of one field alone stand on the field.</summary>
static class EntityChecks
{
    public static void Run(Collector collected, Linker linker, ReadOptions options, Report report)
    {
        foreach (var (row, service) in collected.Parsed<ServiceConfig>(EntityKinds.Services))
            ServiceChecks.Check(row, service, linker[EntityKinds.CaCertificates], report);
        foreach (var (row, route) in collected.Parsed<RouteConfig>(EntityKinds.Routes))
            RouteChecks.Check(row, route, report);
        foreach (var (row, upstream) in collected.Parsed<UpstreamConfig>(EntityKinds.Upstreams))
            UpstreamChecks.Check(row, upstream, report);
        TargetChecks.Check(collected, report);
        ConsumerChecks.Check(collected, report);
        CertificateChecks.Check(collected, options.Time, report);
        KeyChecks.Check(collected, report);
        foreach (var (row, vault) in collected.Parsed<VaultConfig>(EntityKinds.Vaults))
            VaultChecks.Check(row, vault, report);
        foreach (var (row, partial) in collected.Parsed<PartialConfig>(EntityKinds.Partials))
            PluginChecks.CheckPartial(row, partial, report);
        foreach (var (row, budget) in collected.Parsed<BudgetConfig>(EntityKinds.Budgets))
            BudgetChecks.Check(row, budget, report);
        ModelChecks.Check(collected, report);
        VirtualKeyChecks.Check(collected, report);
        PluginChecks.Check(collected, report);
    }
}
