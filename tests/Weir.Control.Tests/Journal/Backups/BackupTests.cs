using Npgsql;

namespace Weir.Control.Tests;

public sealed class BackupTests(PostgresBox postgres) : IClassFixture<PostgresBox>, IDisposable
{
    static readonly Keyring s_keys = new(new Dictionary<uint, byte[]> { [1] = new byte[32], [2] = [.. Enumerable.Repeat((byte)7, 32)] });

    readonly JournalBox _box = new();
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-backup-");

    string Copy => Path.Combine(_folder.FullName, "copy");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_is_restored_is_what_was_there_wherever_it_was_and_is(bool fromDatabase, bool isSealed)
    {
        var keys = isSealed ? s_keys : null;
        var database = await AddressAsync();
        List<JournalRecord> records;
        if (fromDatabase)
        {
            await using var source = PostgresAddress.Open(database);
            await using var journal = await PostgresBox.OpenAsync(source, settings => settings with { Keys = keys });
            records = await journal.AppendAsync(300, static i => $"the secret {i}");
        }
        else
        {
            _box.Settings = _box.Settings with { Keys = keys, SegmentBytesMax = 4096 };
            records = await _box.FillAsync(300, static i => $"the secret {i}");
        }
        var (file, summary) = await BackupAsync(fromDatabase ? database : _box.Folder, keys);
        Assert.Equal((300L, records[^1].Revision, isSealed), (summary.Records, summary.Head.Revision, summary.IsSealed));
        Assert.Equal(!isSealed, (await File.ReadAllTextAsync(file, Cancellation)).Contains("the secret", StringComparison.Ordinal));
        var place = fromDatabase ? Copy : database;
        var restored = await RestoreAsync(file, place, keys);
        Assert.Equal((summary.Records, summary.Head.HashText, isSealed), (restored.Records, restored.Head.HashText, restored.IsSealed));
        await using var stored = await StoredJournal.OpenAsync(place, keys, Cancellation);
        JournalSamples.AssertSame(records, await stored.ReadAsync(0, Cancellation).ToListAsync(Cancellation));
        if (!isSealed) return;
        await using var keyless = await StoredJournal.OpenAsync(place, null, Cancellation);
        await Assert.ThrowsAsync<JournalUnusableException>(async () => await keyless.ReadAsync(0, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_journal_in_use_is_backed_up_as_it_was_at_a_moment()
    {
        await using var journal = _box.Open();
        await journal.AppendAsync(1);
        var writing = Task.Run(() => journal.AppendAsync(2000), Cancellation);
        var files = new List<(string File, BackupSummary Summary)>();
        do files.Add(await BackupAsync(_box.Folder, null));
        while (!writing.IsCompleted);
        var records = await writing;
        foreach (var (file, summary) in files)
        {
            Assert.Equal(summary.Head.HashText, (await new BackupReader(file, null).VerifyAsync(Cancellation)).Head.HashText);
            if (summary.Records > 1) Assert.Equal(records[(int)summary.Records - 2].Hash.ToArray(), summary.Head.Hash.ToArray());
        }
    }

    [Fact]
    public async Task A_backup_that_is_damaged_anywhere_or_ends_early_is_refused_before_anything_is_touched()
    {
        await _box.FillAsync(3);
        var (file, _) = await BackupAsync(_box.Folder, null);
        var whole = await File.ReadAllBytesAsync(file, Cancellation);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(file, damaged, Cancellation);
            await Assert.ThrowsAsync<FormatException>(() => RestoreAsync(file, Copy, null));
            await File.WriteAllBytesAsync(file, whole[..at], Cancellation);
            await Assert.ThrowsAsync<FormatException>(() => RestoreAsync(file, Copy, null));
        }
        await File.WriteAllBytesAsync(file, [.. whole, 0], Cancellation);
        Assert.Contains("1 bytes stand behind its end", (await Assert.ThrowsAsync<FormatException>(() => RestoreAsync(file, Copy, null))).Message);
        Assert.False(Directory.Exists(Copy));
    }

    [Fact]
    public async Task A_journal_that_is_there_is_refused_or_put_aside_whole()
    {
        var records = await _box.FillAsync(3);
        var (file, _) = await BackupAsync(_box.Folder, null);
        foreach (var place in new[] { _box.Folder, await AddressAsync() })
        {
            if (PostgresAddress.IsUri(place)) await RestoreAsync(file, place, null);
            Assert.Contains("there is a journal in", (await Assert.ThrowsAsync<JournalUnusableException>(() => RestoreAsync(file, place, null))).Message);
            var restore = new BackupRestore(file, place, null, TimeProvider.System);
            Assert.Equal(3, (await restore.RunAsync(mayReplace: true, Cancellation)).Records);
            await using var stored = await StoredJournal.OpenAsync(place, null, Cancellation);
            JournalSamples.AssertSame(records, await stored.ReadAsync(0, Cancellation).ToListAsync(Cancellation));
            if (!PostgresAddress.IsUri(place)) JournalSamples.AssertSame(records, new FolderReader(restore.PutAside!, null).Read(0));
            else Assert.StartsWith("weir_journal_before_", restore.PutAside, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_journal_in_use_is_not_replaced()
    {
        await _box.FillAsync(3);
        var (file, _) = await BackupAsync(_box.Folder, null);
        await using var journal = _box.Open();
        var refused = await Assert.ThrowsAsync<JournalUnusableException>(
            () => new BackupRestore(file, _box.Folder, null, TimeProvider.System).RunAsync(mayReplace: true, Cancellation));
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_archived_has_to_be_named()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 1024 };
        for (var part = 0; part < 10; part++) await _box.FillAsync(10);
        await using (var journal = _box.Open()) await journal.SaveSnapshotAsync(journal.Head, static (_, _) => Task.CompletedTask, Cancellation);
        using (var snapshots = new SnapshotFolder(_box.Settings, _box))
            Assert.NotEmpty(FolderArchive.Move(_box.Settings, 60, Copy, snapshots));
        Assert.Contains("--archive", (await Assert.ThrowsAsync<JournalUnusableException>(() => BackupAsync(_box.Folder, null))).Message);
        Assert.Equal(100, (await BackupAsync(_box.Folder, null, Copy)).Summary.Records);
    }

    [Fact]
    public async Task What_is_sealed_needs_its_key()
    {
        _box.Settings = _box.Settings with { Keys = s_keys };
        await _box.FillAsync(2);
        await Assert.ThrowsAsync<JournalUnusableException>(() => BackupAsync(_box.Folder, null));
        var (file, _) = await BackupAsync(_box.Folder, s_keys);
        await Assert.ThrowsAsync<JournalUnusableException>(() => RestoreAsync(file, Copy, null));
        using var other = new Keyring(new Dictionary<uint, byte[]> { [2] = new byte[32] });
        Assert.Contains("the key is another one", (await Assert.ThrowsAsync<FormatException>(() => RestoreAsync(file, Copy, other))).Message);
    }

    public void Dispose()
    {
        _box.Dispose();
        _folder.Delete(recursive: true);
    }

    static Task<BackupSummary> RestoreAsync(string file, string place, Keyring? keys) =>
        new BackupRestore(file, place, keys, TimeProvider.System).RunAsync(mayReplace: false, Cancellation);

    async Task<(string File, BackupSummary Summary)> BackupAsync(string place, Keyring? keys, params string[] archives)
    {
        var path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        List<StoredJournal> journals = [];
        foreach (var each in (string[])[.. archives, place]) journals.Add(await StoredJournal.OpenAsync(each, keys, Cancellation));
        await using var file = File.Create(path);
        var summary = await BackupWriter.WriteAsync(journals, keys, file, Cancellation);
        foreach (var journal in journals) await journal.DisposeAsync();
        return (path, summary);
    }

    async Task<string> AddressAsync()
    {
        await using var source = await postgres.DatabaseAsync();
        await using var name = source.CreateCommand("SELECT current_database()");
        var host = new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString).Host!;
        return $"postgres://weir@localhost/{await name.ExecuteScalarAsync(Cancellation)}?host={Uri.EscapeDataString(host)}";
    }
}
