using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Control;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary><c>weir journal …</c>: what was changed, proved, read, carried elsewhere.</summary>
static class JournalCommand
{
    static readonly Option<long> From = new("--from") { Description = "First revision.", HelpName = "revision", DefaultValueFactory = static _ => 1 };

    static readonly Option<long> To = new("--to") { Description = "Last revision.", HelpName = "revision", DefaultValueFactory = static _ => long.MaxValue };

    /// <summary>The command; it writes to the console unless told otherwise.</summary>
    public static Command Create(TextWriter? output = null, TextWriter? error = null)
    {
        var console = new JournalConsole(output ?? Console.Out, error ?? Console.Error);
        var command = new Command("journal", """
            Prove, read and move the journal of a control plane: every change that was ever made, in order, each with the hash of the one before it.
            """);
        command.Subcommands.Add(Verify(console));
        command.Subcommands.Add(Show(console));
        command.Subcommands.Add(Export(console));
        command.Subcommands.Add(Import(console));
        command.Subcommands.Add(Archive(console));
        command.Subcommands.Add(Key(console));
        return command;
    }

    static Command Verify(JournalConsole console)
    {
        var checkpoints = new Option<string[]>("--checkpoint")
        {
            Description = "File with checkpoints, one a line, that GET /journal/checkpoint gave: it must still be what they say that it was.",
            HelpName = "file",
        };
        var key = new Option<string?>("--key") { Description = "PEM file of the public key that they are signed with.", HelpName = "file" };
        var command = new Command("verify", """
            Read every transaction and prove it: its checksum, its seal, the chain of hashes, and that it agrees with checkpoints that were kept elsewhere.
            Prints the head. Ends with 1 and the place of the first problem. The journal may be in use.
            """) { JournalConsole.Place, JournalConsole.Keys, checkpoints, key };
        command.SetAction((result, cancellation) => console.ReadAsync(result, "journal verify", async journal =>
        {
            var stated = ReadCheckpoints(result.GetValue(checkpoints) ?? [], result.GetValue(key));
            var verdict = await JournalVerdict.OfAsync(journal, stated, cancellation);
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"head     {verdict.Head.Revision}"));
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"records  {verdict.Records}"));
            console.Output.WriteLine($"hash     {verdict.Head.HashText}");
            foreach (var remark in verdict.Remarks) console.Output.WriteLine(remark);
            foreach (var archived in stated.Select(static checkpoint => checkpoint.Revision).Where(revision => revision <= journal.Start))
                console.Output.WriteLine($"revision {archived} is archived: verify the archive with its checkpoint");
            if (verdict.Problem is null) return 0;
            console.Error.WriteLine("weir journal verify: " + verdict.Problem);
            return JournalConsole.BrokenExit;
        }, cancellation));
        return command;
    }

    /// <summary>Reads checkpoints and verifies their signatures.</summary>
    static List<Checkpoint> ReadCheckpoints(string[] files, string? keyFile)
    {
        if (files.Length == 0) return [];
        if (keyFile is null) throw new FormatException("--checkpoint needs --key: the public key that GET /journal/key gave");
        using var key = CheckpointKey.Read(keyFile, File.ReadAllText(keyFile));
        List<Checkpoint> checkpoints = [];
        foreach (var file in files)
            foreach (var (row, line) in File.ReadLines(file).Index())
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                var place = $"{file}:{row + 1}";
                try
                {
                    var checkpoint = Checkpoint.Read(Encoding.UTF8.GetBytes(line));
                    if (key.ProblemOf(checkpoint) is { } problem) throw new FormatException(problem);
                    checkpoints.Add(checkpoint);
                }
                catch (FormatException problem)
                {
                    throw new FormatException($"{place}: {problem.Message}", problem);
                }
            }
        return checkpoints;
    }

    static Command Show(JournalConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print whole transactions as JSON lines. Secrets stand in them." };
        var command = new Command("show", "Print who changed something when and why, and how many entities, one transaction a line.")
        {
            JournalConsole.Place, JournalConsole.Keys, From, To, json,
        };
        command.SetAction((result, cancellation) => console.ReadAsync(result, "journal show", async journal =>
        {
            await foreach (var record in RangeAsync(journal, result, cancellation))
                console.Output.WriteLine(result.GetValue(json) ? Encoding.UTF8.GetString(record.Payload.Span) : LineOf(record));
            return 0;
        }, cancellation));
        return command;
    }

    static Command Export(JournalConsole console)
    {
        var command = new Command("export", """
            Print the journal as JSON lines, a transaction each, for `weir journal import` and for other programs. Seals are taken off: secrets stand in it.
            """) { JournalConsole.Place, JournalConsole.Keys, From, To };
        command.SetAction((result, cancellation) => console.ReadAsync(result, "journal export", async journal =>
        {
            await foreach (var record in RangeAsync(journal, result, cancellation)) console.Output.Write(Encoding.UTF8.GetString(record.Payload.Span) + "\n");
            return 0;
        }, cancellation));
        return command;
    }

    static Command Import(JournalConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "What `weir journal export` printed." };
        var command = new Command("import", """
            Append exported transactions to a journal, for instance to move from a folder to PostgreSQL or to take other keys. They must follow its head; those
            that are there already are passed over. No server may run on it.
            """) { file, JournalConsole.Place, JournalConsole.Keys };
        command.SetAction((result, cancellation) => console.TryAsync(result, "journal import", async keys =>
        {
            if (!File.Exists(result.GetValue(file))) throw new FormatException($"there is no file '{result.GetValue(file)}'");
            var place = result.GetValue(JournalConsole.Place)!;
            await using var source = PostgresAddress.IsUri(place) ? PostgresAddress.Open(place) : null;
            var (metrics, time, log) = (new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
            await using IJournal journal = source is null
                ? FileJournal.Open(new FileJournalSettings { Folder = place, Keys = keys }, metrics, time, log)
                : await PostgresJournal.OpenAsync(new PostgresJournalSettings { Source = source, Keys = keys }, metrics, time, log, cancellation);
            var added = await JournalImport.RunAsync(journal, File.ReadLinesAsync(result.GetValue(file)!, cancellation), cancellation);
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{added} added, head {journal.Head.Revision}, hash {journal.Head.HashText}"));
            return 0;
        }));
        return command;
    }

    static Command Archive(JournalConsole console)
    {
        var before = new Option<long>("--before") { Description = "First revision that stays.", HelpName = "revision", Required = true };
        var into = new Option<string>("--into") { Description = "Folder to move to.", HelpName = "folder", Required = true };
        var command = new Command("archive", """
            Move old segments of a journal in a folder elsewhere. Only what a snapshot has is moved, and only whole segments. No server may run on it.
            """) { JournalConsole.Place, JournalConsole.Keys, before, into };
        command.SetAction((result, _) => console.TryAsync(result, "journal archive", keys =>
        {
            var settings = new FileJournalSettings { Folder = result.GetValue(JournalConsole.Place)!, Keys = keys };
            if (!Directory.Exists(settings.Folder)) throw new FormatException($"there is no folder '{settings.Folder}'");
            using var snapshots = new SnapshotFolder(settings, NullLogger.Instance);
            var moved = FolderArchive.Move(settings, result.GetValue(before), result.GetValue(into)!, snapshots);
            foreach (var name in moved) console.Output.WriteLine(name);
            console.Error.WriteLine($"weir journal archive: {ProblemPrinter.Count(moved.Count, "segment")} moved");
            return Task.FromResult(0);
        }));
        return command;
    }

    static Command Key(JournalConsole console)
    {
        var id = new Option<uint>("--id") { Description = "Its id; the highest seals.", HelpName = "number", DefaultValueFactory = static _ => 1 };
        var command = new Command("key", "Print a new key as a line of a keyring: `(umask 077; weir journal key --id 2 >> journal.keys)`.") { id };
        command.SetAction(result =>
        {
            console.Output.WriteLine($"{result.GetValue(id)}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Keyring.KeyBytes))}");
            return 0;
        });
        return command;
    }

    static async IAsyncEnumerable<JournalRecord> RangeAsync(
        StoredJournal journal, ParseResult result, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = result.GetValue(To);
        await foreach (var record in journal.ReadAsync(Math.Max(journal.Start, result.GetValue(From) - 1), cancellation))
        {
            if (record.Revision > last) yield break;
            yield return record;
        }
    }

    static string LineOf(JournalRecord record)
    {
        if (JournalEnvelope.Read(record.Payload) is not { } envelope) return $"{record.Revision,8}  (no JSON)";
        var changes = ProblemPrinter.Count(envelope.Changes, "change");
        return OneLine($"{record.Revision,8}  {envelope.At,-28}  {envelope.Actor,-20}  {changes,-12}  {envelope.Reason}").TrimEnd();
    }

    // Reasons are texts of users: no line of theirs may look like a line of ours, or speak to the terminal.
    static string OneLine(string text) => string.Create(text.Length, text, static (line, from) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? ' ' : from[i];
    });
}
