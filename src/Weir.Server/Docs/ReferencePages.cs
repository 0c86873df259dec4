using Weir.Ai;
using Weir.Config;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>The pages of docs/ that are generated from records, so that no field is described twice.</summary>
static class ReferencePages
{
    /// <summary>Every generated page: its path in docs/ and its text.</summary>
    public static IReadOnlyList<(string Path, string Text)> All(IReadOnlyList<PluginKind> catalog) =>
    [
        .. catalog.Select(kind => ($"plugins/{kind.Name}.md", PluginPages.Page(kind, catalog))),
        ("plugins/README.md", PluginPages.Index(catalog)),
        ("reference/configuration.md", ConfigurationPage.Text()),
        ("reference/prices.md", Prices()),
        ("reference/settings.md", Settings()),
    ];

    static string Prices() => $"""
        # Price files

        The fields of a price book, a JSON file. [Prices](../prices.md) explains what they mean, and how a file is signed.

        {ReferenceTable.Of(Shape.Of(PriceFileJson.Default.PriceFile))}
        """;

    static string Settings() => $"""
        # Settings of a node

        What belongs to a node and not to the document it serves: addresses, limits, logs. There are four places to set them; the later wins:

        1. the defaults below,
        2. a YAML file: `weir run --settings node.yaml`,
        3. environment variables, `WEIR_` and the name in capitals: `WEIR_PROXY_LISTEN=0.0.0.0:80,[::]:80` (lists are separated by commas; what Kubernetes
           sets for a Service called weir, `WEIR_SERVICE_…` and `WEIR_PORT…`, is left alone),
        4. flags: `--set proxy_listen=0.0.0.0:80`. The most used have one of their own, which `weir run --help` lists.

        Settings are read once, at start. An unknown name or a value out of its range stops the start with a message that says where it stands.
        [Operations](../operations.md) explains what the limits are for. `weir settings` prints this table.

        {ReferenceTable.Of(Shape.Of(NodeSettingsJson.Default.NodeSettings))}
        """;
}
