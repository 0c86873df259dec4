using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Control;
using Weir.Telemetry;

namespace Weir.Server.Tests;

public sealed class JournalCommandTests : IDisposable
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("weir-journal-command");

    string Folder => Path.Combine(_root.FullName, "journal");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Verify_prints_the_head_of_a_whole_journal()
    {
        var head = await FillAsync(3);
        var (code, output, error) = await RunAsync("verify", Folder);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal($"head     3\nrecords  3\nhash     {head.HashText}\n", output);
    }

    [Fact]
    public async Task Verify_ends_with_1_and_the_place_of_damage()
    {
        await FillAsync(3);
        var path = Directory.GetFiles(Folder, "journal-*.log").Single();
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[70] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var (code, output, error) = await RunAsync("verify", Folder);
        Assert.Equal(1, code);
        Assert.StartsWith("head     0\nrecords  0\n", output);
        Assert.Contains("journal-0000000000000000001.log, offset 64, revision 1: the record is damaged", error);
    }

    [Fact]
    public async Task Verify_proves_a_journal_against_checkpoints()
    {
        using var key = CheckpointKey.OpenFile(Path.Combine(_root.FullName, "checkpoint.key"));
        var pem = Keep("key.pem", key.PublicPem);
        var early = key.Sign(await FillAsync(2), new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var kept = Keep("early.jsonl", Encoding.UTF8.GetString(early.ToJson()) + "\n");
        await FillAsync(5);
        Assert.Equal(0, (await RunAsync("verify", Folder, "--checkpoint", kept, "--key", pem)).Code);

        // Somebody who can write everything here replaces the journal by one that is whole in itself.
        Directory.Delete(Folder, recursive: true);
        await FillAsync(5, "eve");
        Assert.Equal(0, (await RunAsync("verify", Folder)).Code);
        var (code, _, error) = await RunAsync("verify", Folder, "--checkpoint", kept, "--key", pem);
        Assert.Equal(1, code);
        Assert.Contains($"revision 2 is not what it was on 2026-11-20 12:00:00Z: its hash was {early.Hash}", error);

        Directory.Delete(Folder, recursive: true);
        await FillAsync(1);
        (code, _, error) = await RunAsync("verify", Folder, "--checkpoint", kept, "--key", pem);
        Assert.Equal(1, code);
        Assert.Contains("it ends at revision 1; there was a revision 2", error);
    }

    [Fact]
    public async Task Verify_refuses_checkpoints_that_prove_nothing()
    {
        using var key = CheckpointKey.OpenFile(Path.Combine(_root.FullName, "checkpoint.key"));
        using var other = CheckpointKey.OpenFile(Path.Combine(_root.FullName, "other.key"));
        var checkpoint = key.Sign(await FillAsync(2), DateTimeOffset.UnixEpoch);
        var pem = Keep("key.pem", key.PublicPem);
        foreach (var (text, problem) in new[]
        {
            ("{}", "is no checkpoint"),
            ("not json", "is no checkpoint"),
            (Encoding.UTF8.GetString((checkpoint with { Format = "weir-checkpoint-9" }).ToJson()), "weir-checkpoint-1 was expected"),
            (Encoding.UTF8.GetString((checkpoint with { Revision = 1 }).ToJson()), "does not fit"),
            (Encoding.UTF8.GetString((checkpoint with { Hash = new string('0', 64) }).ToJson()), "does not fit"),
            (Encoding.UTF8.GetString((checkpoint with { Signature = "!" }).ToJson()), "does not fit"),
            (Encoding.UTF8.GetString(other.Sign(new JournalHead(2, new byte[32]), DateTimeOffset.UnixEpoch).ToJson()), "is signed with the key " + other.Id),
        })
        {
            var (code, _, error) = await RunAsync("verify", Folder, "--checkpoint", Keep("c.jsonl", "\n" + text), "--key", pem);
            Assert.Equal(2, code);
            Assert.Contains("c.jsonl:2", error);
            Assert.Contains(problem, error);
        }
        Assert.Contains("--checkpoint needs --key", (await RunAsync("verify", Folder, "--checkpoint", Keep("c.jsonl", ""))).Error);
        Assert.Contains("expected a PEM file", (await RunAsync("verify", Folder, "--checkpoint", Keep("c.jsonl", ""), "--key", Keep("bad.pem", "x"))).Error);
    }

    [Fact]
    public void The_key_of_checkpoints_is_for_its_owner_alone()
    {
        var path = Path.Combine(_root.FullName, "checkpoint.key");
        using (var made = CheckpointKey.OpenFile(path))
        using (var again = CheckpointKey.OpenFile(path)) Assert.Equal(made.Id, again.Id);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("0600", Assert.Throws<FormatException>(() => CheckpointKey.OpenFile(path)).Message);
    }

    [Fact]
    public async Task Show_prints_who_when_and_why()
    {
        await FillAsync(3);
        var (code, output, _) = await RunAsync("show", Folder, "--from", "2", "--to", "2");
        Assert.Equal(0, code);
        Assert.Equal("       2  2026-11-20T16:03:11Z          ada                   2 changes     because  of it\n", output);
    }

    [Fact]
    public async Task Show_prints_whole_transactions_as_json()
    {
        await FillAsync(2);
        var (_, output, _) = await RunAsync("show", Folder, "--json");
        Assert.All(output.Trim().Split('\n'), static line => Assert.Contains("\"changes\":[1,2]", line));
    }

    [Fact]
    public async Task An_exported_journal_is_imported_elsewhere()
    {
        var head = await FillAsync(4);
        var file = Path.Combine(_root.FullName, "export");
        await File.WriteAllTextAsync(file, (await RunAsync("export", Folder)).Output, TestContext.Current.CancellationToken);
        var copy = Path.Combine(_root.FullName, "copy");
        var (code, output, _) = await RunAsync("import", file, copy);
        Assert.Equal((0, $"4 added, head 4, hash {head.HashText}\n"), (code, output));
        Assert.Contains(head.HashText, (await RunAsync("verify", copy)).Output);
    }

    [Fact]
    public async Task A_sealed_journal_opens_with_its_keyring_only()
    {
        var keys = Path.Combine(_root.FullName, "keys");
        await File.WriteAllTextAsync(keys, (await RunAsync("key", "--id", "3")).Output, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var keyring = KeyringText.ReadFile(keys);
        await FillAsync(2, keyring);
        Assert.Equal(0, (await RunAsync("verify", Folder, "--keys", keys)).Code);
        var (code, _, error) = await RunAsync("verify", Folder);
        Assert.Equal(2, code);
        Assert.Contains("sealed with key 3; there is no keyring", error);
    }

    [Theory]
    [InlineData("there is no journal in", "verify", "/nowhere/journal")]
    [InlineData("there is no such file", "verify", "/nowhere/journal", "--keys", "/nowhere/keys")]
    [InlineData("no address of a database", "show", "postgres://weir@db:port/x")]
    [InlineData("cannot be reached", "export", "postgres:///weir?host=/nowhere")]
    [InlineData("there is no file", "import", "/nowhere/export", "/nowhere/journal")]
    [InlineData("there is no folder", "archive", "/nowhere/journal", "--before", "3", "--into", "/nowhere/archive")]
    public async Task What_cannot_be_done_is_said_in_a_line(string expected, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, Assert.Single(error.Trim().Split('\n')));
    }

    string Keep(string name, string text)
    {
        var path = Path.Combine(_root.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Appends revisions up to a number.</summary>
    Task<JournalHead> FillAsync(int count, string actor) => FillAsync(count, new FileJournalSettings { Folder = Folder }, actor);

    Task<JournalHead> FillAsync(int count, Keyring? keys = null) => FillAsync(count, new FileJournalSettings { Folder = Folder, Keys = keys }, "ada");

    static async Task<JournalHead> FillAsync(int count, FileJournalSettings settings, string actor)
    {
        await using var journal = FileJournal.Open(settings, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
        for (var i = journal.Head.Revision + 1; i <= count; i++)
        {
            const string rest = """ "reason":"because\n of it","changes":[1,2]} """;
            var payload = Encoding.UTF8.GetBytes(
                $$"""{"previous":"{{journal.Head.HashText}}","revision":{{i}},"at":"2026-11-20T16:03:11Z","actor":"{{actor}}",""" + rest.Trim());
            Assert.True(await journal.AppendAsync(new JournalRecord(i, payload, SHA256.HashData(payload)), TestContext.Current.CancellationToken));
        }
        return journal.Head;
    }

    static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await JournalCommand.Create(output, error).Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
