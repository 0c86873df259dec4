using System.CommandLine;
using System.Globalization;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir backup</c> and <c>weir restore</c>: a journal in one file, and back.</summary>
static class BackupCommands
{
    static readonly Option<string> Data = new("--data")
    {
        Description = "The journal: the folder or the database that `weir run --data` names.",
        HelpName = "place",
        Required = true,
    };

    /// <summary><c>weir backup</c>; it writes to the console unless told otherwise.</summary>
    public static Command Backup(TextWriter? output = null, TextWriter? error = null)
    {
        var console = new JournalConsole(output ?? Console.Out, error ?? Console.Error);
        var file = new Argument<string>("FILE") { Description = "The file to write. It is there when it is whole." };
        var force = new Option<bool>("--force") { Description = "Take the place of a file that is there." };
        var archives = new Option<string[]>("--archive")
        {
            Description = "Folder that older transactions were archived in; may be repeated, the oldest first.",
            HelpName = "folder",
        };
        var command = new Command("backup", """
            Write the whole journal of a control plane into one file. The server may run: the backup is the journal as it was at a moment. Every transaction is
            proved as it is read. What is sealed stays sealed, with the newest key of the keyring; keep the keyring elsewhere.
            """) { file, Data, JournalConsole.Keys, archives, force };
        command.SetAction((result, cancellation) => console.TryAsync(result, "backup", async keys =>
        {
            var path = result.GetValue(file)!;
            if (File.Exists(path) && !result.GetValue(force)) throw new FormatException($"there is a file '{path}' already; --force takes its place");
            List<StoredJournal> journals = [];
            try
            {
                foreach (var place in (string[])[.. result.GetValue(archives) ?? [], result.GetValue(Data)!])
                    journals.Add(await StoredJournal.OpenAsync(place, keys, cancellation));
                console.Output.WriteLine(Text(await WriteAsync(path, journals, keys, cancellation)));
                return 0;
            }
            finally
            {
                foreach (var journal in journals) await journal.DisposeAsync();
            }
        }));
        return command;
    }

    /// <summary><c>weir restore</c>; it writes to the console unless told otherwise.</summary>
    public static Command Restore(TextWriter? output = null, TextWriter? error = null)
    {
        var console = new JournalConsole(output ?? Console.Out, error ?? Console.Error);
        var file = new Argument<string>("FILE") { Description = "What `weir backup` wrote." };
        var data = new Option<string?>("--data") { Description = "The folder or the database that gets the journal.", HelpName = "place" };
        var replace = new Option<bool>("--replace")
        {
            Description = "Put a journal that is there aside (the folder, or the schema, under another name) and take its place.",
        };
        var check = new Option<bool>("--check") { Description = "Only prove the backup." };
        var command = new Command("restore", """
            Make a journal of a backup. First the backup is proved: every transaction, their number, the chain of hashes, the sum of all; then it is written;
            then the journal is proved. A journal that is there is refused. No server may run on it. With a keyring what is written is sealed.
            """) { file, data, JournalConsole.Keys, replace, check };
        command.SetAction((result, cancellation) => console.TryAsync(result, "restore", async keys =>
        {
            var path = result.GetValue(file)!;
            if (!File.Exists(path)) throw new FormatException($"there is no file '{path}'");
            if (result.GetValue(check))
            {
                console.Output.WriteLine(Text(await Named(path, () => new BackupReader(path, keys).VerifyAsync(cancellation))));
                return 0;
            }
            var place = result.GetValue(data) ?? throw new FormatException("say with --data where the journal is to be");
            var restore = new BackupRestore(path, place, keys, TimeProvider.System);
            var summary = await Named(path, () => restore.RunAsync(result.GetValue(replace), cancellation));
            if (restore.PutAside is { } aside) console.Error.WriteLine($"weir restore: what was there is kept as {aside}");
            console.Output.WriteLine(Text(summary));
            return 0;
        }));
        return command;
    }

    /// <summary>Under another name until it is whole and on the disk.</summary>
    static async Task<BackupSummary> WriteAsync(string path, List<StoredJournal> journals, Keyring? keys, CancellationToken cancellation)
    {
        var unfinished = path + ".tmp";
        try
        {
            BackupSummary summary;
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 18 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = JournalFolder.FileMode;
            await using (var into = new FileStream(unfinished, options))
            {
                summary = await BackupWriter.WriteAsync(journals, keys, into, cancellation);
                into.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
            return summary;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    static async Task<BackupSummary> Named(string path, Func<Task<BackupSummary>> work)
    {
        try
        {
            return await work();
        }
        catch (FormatException problem)
        {
            throw new FormatException($"{path}: {problem.Message}", problem);
        }
    }

    static string Text(BackupSummary summary)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{summary.Records} transactions, head {summary.Head.Revision}, hash {summary.Head.HashText}");
        return summary.IsSealed ? text + ", sealed" : text;
    }
}
