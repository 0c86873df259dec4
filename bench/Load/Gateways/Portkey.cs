namespace Weir.Bench.Load;

/// <summary>Portkey's gateway for models, from npm: one process of Node.js, told by headers where the provider is.</summary>
sealed class Portkey : Gateway
{
    public const string SystemName = "portkey";

    public override string Name => SystemName;

    /// <summary>Only what it does as it is: its streams wait 25 ms before their first chunk.</summary>
    public override IReadOnlyList<Row> Rows => [Row.LlmCall, Row.LlmPrompt16, Row.LlmStream];

    public override Task RequireAsync(Site site, CancellationToken cancel) => File.Exists(Server(site))
        ? Task.CompletedTask
        : throw new GatewayMissingException($"{Server(site)} is missing; bench/Load/run installs it");

    public override Launch Prepare(Row row, Site site)
    {
        var port = Site.FreePort();
        return new("node", [Server(site), $"--port={port}", "--headless"], port, Address(row, port))
        {
            Request = row.Request.With(
            [
                ("authorization", "Bearer sk-bench"), ("x-portkey-provider", "openai"),
                ("x-portkey-custom-host", $"http://127.0.0.1:{row.UpstreamPort(site)}/v1"),
            ]),
        };
    }

    static string Server(Site site) =>
        Path.Combine(site.Root, "artifacts", "bench", "portkey", "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
}
