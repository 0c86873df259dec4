using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public sealed class FileLogTests : IDisposable
{
    readonly LoggingHouse _house = new();
    readonly string _folder = Directory.CreateTempSubdirectory("weir-file-log-").FullName;

    string Path => System.IO.Path.Combine(_folder, "requests.log");

    [Fact]
    public async Task Appends_a_line_per_request_and_makes_the_file()
    {
        var harness = new PluginHarness(Create());
        await harness.GetAsync("/a");
        await harness.GetAsync("/b");
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(["/a", "/b"], (await File.ReadAllLinesAsync(Path)).Select(Uri));
    }

    [Fact]
    public async Task Instances_for_the_same_file_share_one_writer()
    {
        using var keep = new Keep();
        using var lease = keep.Begin();
        var house = _house.Context();
        var context = new PluginContext
        {
            PluginId = "p",
            Time = house.Time,
            Random = house.Random,
            Log = house.Log,
            Consumers = house.Consumers,
            Keep = lease,
            Services = house.Services,
        };
        var (first, second) = (Create(context: context), Create(""", "custom_fields_by_lua": { "team": "return 'edge'" } """, context));
        for (var i = 0; i < 50; i++)
        {
            first.OnDone(SettledExchange.Full("/1"));
            second.OnDone(SettledExchange.Full("/2"));
        }
        Assert.Equal(1, keep.Count);
        await _house.Deliveries.DrainAsync(default);
        var lines = await File.ReadAllLinesAsync(Path);
        Assert.Equal(100, lines.Select(Uri).Count());
        Assert.Equal(50, lines.Count(line => line.EndsWith("\"team\":\"edge\"}")));
    }

    [Fact]
    public async Task Writes_with_reopen_too()
    {
        var plugin = Create(""", "reopen": true """);
        plugin.OnDone(SettledExchange.Full("/1"));
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal("/1", Uri(Assert.Single(await File.ReadAllLinesAsync(Path))));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_costs_its_lines_and_no_request()
    {
        var plugin = _house.Create<FileLog, FileLog.Config>($$"""{ "path": "{{_folder}}/none/x.log" }""");
        var got = await new PluginHarness(plugin).GetAsync("/");
        Assert.Equal(200, got.Status);
        await _house.Deliveries.DrainAsync(default);
        Assert.Contains($"weir_log_lines_dropped_total{{log=\"file-log {_folder}/none/x.log\",reason=\"failed\"}} 1\n", MetricsPage.Of(_house.Registry));
    }

    [Fact]
    public void Reports_lua_that_is_not_supported()
    {
        var found = PluginHarness.Check<FileLog, FileLog.Config>("""{ "path": "/tmp/x", "custom_fields_by_lua": { "a": "x = 1", "b..c": "return 1" } }""");
        Assert.Equal(["custom_fields_by_lua.a", "custom_fields_by_lua.b..c"], found.Select(problem => problem.Field));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    FileLog Create(string more = "", PluginContext? context = null) => _house.Create<FileLog, FileLog.Config>($$"""{ "path": "{{Path}}"{{more}} }""", context);

    static string? Uri(string line)
    {
        using var record = JsonDocument.Parse(line);
        return record.RootElement.GetProperty("request").GetProperty("uri").GetString();
    }
}
