using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Control;
using Weir.Telemetry;

// Opens the journal in the folder given and appends to it until it is killed; prints revision and hash of each record once the journal has promised it.
// Small segments, so that it is often killed while one gives way to the next, and a snapshot now and then.
const int InFlightMax = 32;
const int SnapshotEvery = 150;
var random = new Random(int.Parse(args[1], CultureInfo.InvariantCulture));
var keys = args.Length > 2 ? KeyringText.Read("key", args[2]) : null;
var settings = new FileJournalSettings { Folder = args[0], SegmentBytesMax = 16 * 1024, Keys = keys };
await using var journal = FileJournal.Open(settings, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
using var output = Console.OpenStandardOutput();
var head = journal.Head;
Queue<(JournalHead Head, Task<bool> Done)> waiting = [];
var snapshot = Task.CompletedTask;
while (true)
{
    var payload = Encoding.UTF8.GetBytes($$"""{"previous":"{{head.HashText}}","text":"{{new string('x', random.Next(300))}}"}""");
    var record = new JournalRecord(head.Revision + 1, payload, SHA256.HashData(payload));
    head = new JournalHead(record.Revision, record.Hash);
    waiting.Enqueue((head, journal.AppendAsync(record, CancellationToken.None)));
    if (waiting.Count < random.Next(1, InFlightMax)) continue;
    var (promised, done) = waiting.Dequeue();
    if (!await done) return 1;
    output.Write(Encoding.ASCII.GetBytes($"{promised.Revision} {promised.HashText}\n"));
    output.Flush();
    if (promised.Revision % SnapshotEvery != 0) continue;
    await snapshot;
    snapshot = journal.SaveSnapshotAsync(promised, async (stream, stop) => await stream.WriteAsync(Encoding.ASCII.GetBytes(promised.HashText), stop), default);
}
