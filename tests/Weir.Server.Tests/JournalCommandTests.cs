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

    async Task<JournalHead> FillAsync(int count, Keyring? keys = null)
    {
        var settings = new FileJournalSettings { Folder = Folder, Keys = keys };
        await using var journal = FileJournal.Open(settings, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
        for (var i = 1; i <= count; i++)
        {
            var payload = Encoding.UTF8.GetBytes($$"""
                {"previous":"{{journal.Head.HashText}}","revision":{{i}},"at":"2026-11-20T16:03:11Z","actor":"ada","reason":"because\n of it","changes":[1,2]}
                """);
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
