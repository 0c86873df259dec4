using System.Globalization;
using System.Text;
using Weir.Config.Tests;

namespace Weir.Server.Tests;

/// <summary>decK's own test data: every file of every folder is used as decK's tests use it, or is synced into an empty workspace.</summary>
public sealed class DeckFoldersTests(ITestOutputHelper output)
{
    static readonly string[] Areas = ["sync", "diff", "dump", "apply", "reset"];

    static readonly DeckScenario[] Scenarios =
    [
        new("sync/005-create-upstream-and-target-weight", "sync kong3x.yaml", "same kong3x.yaml"),
        new("sync/009-skip-ca-cert", "sync-but-ca kong3x.yaml", "left services"),
        new("sync/013-update-username-consumer-with-custom-id", "sync kong3x-initial.yaml", "sync kong3x.yaml", "dump kong3x.yaml"),
        new("sync/018-plugin-instance_name", "sync kong-with-instance_name.yaml",
            "sync kong-without-instance_name.yaml", "dump kong-without-instance_name.yaml"),
        new("sync/018-plugin-instance_name", "sync kong-without-instance_name.yaml",
            "sync kong-with-instance_name.yaml", "dump kong-with-instance_name.yaml"),
        new("sync/021-update-with-explicit-ids", "sync before.yaml", "sync after.yaml", "dump after.yaml"),
        new("sync/022-update-with-explicit-ids-with-no-names", "sync before.yaml", "sync after.yaml", "dump after.yaml"),
        new("sync/024-consumers-with-custom_id-and-username", "sync kong3x.yaml", "same kong3x.yaml", "sync kong3x-reverse-order.yaml"),
        new("sync/025-consumer-groups-scoped-plugins", "sync kong3x.yaml",
            "sync kong-cg-plugin-instance-name.yaml", "same kong-cg-plugin-instance-name.yaml"),
        new("sync/027-created-at", "sync old.yaml", "sync new.yaml", "dump new.yaml"),
        new("sync/029-lookup-tags-consumers", "sync global_consumers.yaml",
            "sync plugins_lookup.yaml", "same global_consumers.yaml", "same plugins_lookup.yaml"),
        new("sync/029-lookup-tags-consumers", "sync global_consumers.yaml", "refuse plugins_no_lookup.yaml: there is no consumer 'foo'"),
        new("sync/030-lookup-tags-routes", "sync global_routes.yaml",
            "sync plugins_lookup.yaml", "same global_routes.yaml", "same plugins_lookup.yaml"),
        new("sync/030-lookup-tags-routes", "sync global_routes.yaml", "refuse plugins_no_lookup.yaml: there is no route 'foo'"),
        new("sync/034-lookup-tags-consumerGroups", "sync global_entities_consumerGroups.yaml", "sync plugins_route_lookup.yaml",
            "sync plugins_service_lookup.yaml", "same global_entities_consumerGroups.yaml"),
        new("sync/034-lookup-tags-consumerGroups", "sync global_entities_consumerGroups.yaml",
            "refuse plugins_no_lookup_consumerGroup.yaml: there is no consumer_group 'foo2'"),
        new("sync/034-lookup-tags-consumerGroups", "sync global_entities_consumerGroups.yaml",
            "refuse plugins_no_lookup_route.yaml: there is no route 'bar'"),
        new("sync/034-lookup-tags-consumerGroups", "sync global_entities_consumerGroups.yaml",
            "refuse plugins_no_lookup_service.yaml: there is no service 'foo'"),
        new("sync/035-lookup-tags-services", "sync global_services.yaml", "sync plugins_lookup.yaml", "same global_services.yaml"),
        new("sync/035-lookup-tags-services", "sync global_services.yaml", "refuse plugins_no_lookup.yaml: there is no service 'foo'"),
        new("sync/039-partials", "sync kong.yaml", "sync kong-update.yaml", "dump kong-update.yaml", "reset", "left "),
        new("sync/039-partials", "refuse kong-wrong.yaml: there is no partial"),
        new("sync/039-partials", "refuse kong-partials-no-type.yaml: type: required field missing"),
        new("sync/040-avoid-entity-rewrite-with-id-on-select-tag-mismatch",
            "sync certificate-initial.yaml", "sync certificate-final.yaml", "dump certificate-final.yaml"),
        new("sync/041-plugins-nested-foreign-keys", "sync kong3x-routes-via-ids.yaml", "sync kong3x-routes-via-names.yaml"),
        new("sync/041-plugins-nested-foreign-keys", "refuse kong3x-routes-not-in-state-or-dump.yaml: does not reference an existing 'routes' entity"),
        new("sync/041-plugins-nested-foreign-keys",
            "refuse kong3x-services-not-in-state-or-dump.yaml: does not reference an existing 'services' entity"),
        new("sync/041-plugins-nested-foreign-keys",
            "refuse kong3x-consumers-not-in-state-or-dump.yaml: does not reference an existing 'consumers' entity"),
        new("sync/041-plugins-nested-foreign-keys",
            "refuse kong3x-consumer-groups-not-in-state-or-dump.yaml: does not reference an existing 'consumer_groups' entity"),
        new("sync/047-basic-auth-skip-hash", "sync kong-with-info.yaml", "sync kong-with-info-update.yaml", "dump kong-with-info-update.yaml"),
        new("sync/047-basic-auth-skip-hash", "sync kong.yaml", "sync kong-update.yaml"),
        new("sync/048-service-tls-sans", "sync kong.yaml", "sync no-tls-https.yaml", "sync no-tls-http.yaml", "dump no-tls-http.yaml"),
        new("sync/049-skip-consumers-default-lookup-tags", "refuse consumers.yaml: does not reference an existing 'consumers' entity"),
        new("sync/049-skip-consumers-default-lookup-tags", "refuse consumer-groups.yaml: does not reference an existing 'consumers' entity"),
        new("sync/049-skip-consumers-default-lookup-tags", "sync-but-consumers consumers.yaml", "left services"),
        new("sync/050-update-upstream-target-weight", "sync before.yaml", "sync after.yaml", "dump after.yaml"),
        new("sync/051-consumer-group-not-found", "refuse kong.yaml: there is no consumer_group 'non-existent-group'"),
        new("diff/002-mask", "sync initial3x.yaml", "sync kong3x.yaml"),
        new("diff/003-unmask", "sync initial3x.yaml", "sync kong3x.yaml"),
        new("diff/004-no-diff-plugin", "sync initial-ip-restriction.yaml", "same initial-ip-restriction.yaml"),
        new("diff/004-no-diff-plugin", "sync protocol-initial-order-plugins.yaml", "same protocol-reordered-plugins.yaml"),
        new("diff/005-no-diff-target", "sync kong.yaml", "same kong.yaml"),
        new("diff/009-mask-short-values", "sync initial.yaml", "sync kong.yaml"),
        new("dump/002-skip-consumers", "sync-but-consumers kong34.yaml", "dump expected.yaml"),
        new("dump/009-skip-defaults/enterprise/3.4", "sync service-scoped.yaml", "sync service-scoped.expected.yaml"),
        new("dump/010-services-tls-sans", "sync kong.yaml", "same kong.yaml", "sync no-tls-https.yaml", "same no-tls-https.yaml"),
        new("apply/001-same-type", "apply service-01.yaml", "apply service-02.yaml", "dump expected-state.yaml", "same expected-state.yaml"),
        new("apply/002-different-types", "apply service-01.yaml", "apply plugin-01.yaml", "dump expected-state.yaml", "same expected-state.yaml"),
        new("apply/003-foreign-keys-consumers", "apply consumer-01.yaml",
            "apply plugin-01.yaml", "dump expected-state.yaml", "same expected-state.yaml"),
        new("apply/008-update-existing-nested-entity", "apply consumer-group-01.yaml",
            "apply consumer-group-02.yaml", "dump consumer-group-expected-state.yaml"),
        new("apply/008-update-existing-nested-entity", "apply route-01.yaml", "apply route-02.yaml", "dump route-expected-state.yaml"),
        new("apply/009-keys-and-key_sets", "apply initial.yaml", "apply update.yaml"),
        new("apply/010-consumer-group-plugins", "apply consumer-group-plugin-initial.yaml", "apply consumer-group-plugin-final.yaml"),
        new("reset/001-skip-ca-cert", "sync kong3x.yaml", "reset-but-ca", "left ca_certificates", "reset", "left "),
        new("reset/002-konnect-workspace", "sync multiple-entities.yaml", "reset", "left "),
    ];

    [Fact]
    public async Task Every_folder_does_what_it_does_with_decK()
    {
        var rows = new SortedDictionary<string, (int Passed, int OutOfScope)>(StringComparer.Ordinal);
        List<string> wrong = [];
        foreach (var scenario in Scenarios) Count(scenario.Folder, await scenario.RunAsync());
        var used = Scenarios.SelectMany(static scenario => scenario.Files).ToHashSet(StringComparer.Ordinal);
        foreach (var document in Corpus.Cases().Where(each => Areas.Contains(Area(each.Path)) && !used.Contains(each.Path)))
        {
            var folder = string.Join('/', document.Path.Split('/')[1..^1]);
            if (IsOutOfScope(document)) rows[folder] = rows.GetValueOrDefault(folder) is var row ? (row.Passed, row.OutOfScope + 1) : default;
            else Count(folder, await new DeckScenario(folder, "sync " + document.Path.Split('/')[^1], "reset", "left ").RunAsync());
        }
        Show(rows, wrong);

        void Count(string folder, string? problem)
        {
            if (problem is not null) wrong.Add(problem);
            else rows[folder] = rows.GetValueOrDefault(folder) is var row ? (row.Passed + 1, row.OutOfScope) : default;
        }
    }

    static string Area(string path) => path.StartsWith("deck-testdata/", StringComparison.Ordinal) ? path.Split('/')[1] : "";

    /// <summary>About something that Weir does not have, or of Kong before 3.0.</summary>
    static bool IsOutOfScope(CorpusCase document) => Expectations.OutOfScope(document, SyncedPlane.Options.Plugins) is not null
        || document.Read(SyncedPlane.Options).Document is null;

    void Show(SortedDictionary<string, (int Passed, int OutOfScope)> rows, List<string> wrong)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{"folder",-70} {"passed",6} {"out of scope",13}\n");
        foreach (var (folder, row) in rows) table.Append(CultureInfo.InvariantCulture, $"{folder,-70} {row.Passed,6} {row.OutOfScope,13}\n");
        var (passed, outOfScope) = (rows.Values.Sum(static row => row.Passed), rows.Values.Sum(static row => row.OutOfScope));
        table.Append(CultureInfo.InvariantCulture, $"{"all",-70} {passed,6} {outOfScope,13}\nwrong: {wrong.Count}\n");
        output.WriteLine(table.ToString());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
