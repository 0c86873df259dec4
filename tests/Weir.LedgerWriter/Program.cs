using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Telemetry;

// Appends to the ledger in the folder given, from several tasks at once, until it is killed; prints the id of each record once the ledger has promised it.
var settings = new UsageLedgerSettings { Folder = args[0], SegmentBytesMax = 64 * 1024 };
var round = args[1];
await using var ledger = new UsageLedger(settings, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
using var output = Console.OpenStandardOutput();
var gate = new Lock();
await Task.WhenAll(Enumerable.Range(0, 16).Select(task => Task.Run(async () =>
{
    for (var number = 0; ; number++)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{round}-{task}-{number}");
        var model = new string('m', number % 200);
        await ledger.AppendAsync(new UsageRecord { Time = TimeProvider.System.GetUtcNow(), RequestId = id, Outcome = "ok", ModelServed = model });
        var line = Encoding.ASCII.GetBytes(id + "\n");
        lock (gate)
        {
            output.Write(line);
            output.Flush();
        }
    }
})));
