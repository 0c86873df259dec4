using System.Text;

namespace Weir.Control.Tests;

public sealed class KeyringTests : IDisposable
{
    static readonly string s_key = Convert.ToBase64String(new byte[32]);

    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Reads_keys_with_comments_and_commas()
    {
        using var keys = KeyringText.Read("here", $"# old\n1:{s_key}\n\n 7:{s_key} ,3:{s_key}");
        Assert.Equal(7u, keys.Newest);
    }

    [Theory]
    [InlineData("", "at least one key")]
    [InlineData("# none\n", "at least one key")]
    [InlineData("1", "entry 1: expected id:key")]
    [InlineData("0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "entry 1: expected id:key")]
    [InlineData("-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "entry 1: expected id:key")]
    [InlineData("1:AAAA", "entry 1: expected id:key")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "entry 1: expected id:key")]
    [InlineData("1:secret-that-must-not-be-shown", "entry 1: expected id:key")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "entry 2: there is a key 1 already")]
    public void Refuses_what_is_no_keyring(string text, string expected)
    {
        var refused = Assert.Throws<FormatException>(() => KeyringText.Read("here", text));
        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain("secret", refused.Message);
    }

    [Fact]
    public void Seals_and_opens_on_many_threads_at_once()
    {
        using var keys = KeyringText.Read("here", $"1:{s_key}");
        var opened = 0;
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
        {
            var content = Encoding.ASCII.GetBytes($"what {number} says");
            var sealedBytes = new byte[Keyring.SealedBytes(content.Length)];
            keys.Seal(content, [1], sealedBytes);
            if (keys.Open(1, sealedBytes, [1]) is { } back && back.AsSpan().SequenceEqual(content)) Interlocked.Increment(ref opened);
        });
        Assert.Equal(4000, opened);
    }

    [Fact]
    public async Task Refuses_a_file_that_others_can_read()
    {
        // Files of Windows have no such modes.
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_box.Folder);
        var path = Path.Combine(_box.Folder, "keys");
        await File.WriteAllTextAsync(path, $"1:{s_key}", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<FormatException>(() => KeyringText.ReadFile(path)).Message);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var keys = KeyringText.ReadFile(path);
        Assert.Equal(1u, keys.Newest);
    }

    [Fact]
    public void Says_how_to_make_a_file_that_is_missing() =>
        Assert.Contains("weir journal key", Assert.Throws<FormatException>(() => KeyringText.ReadFile("/nowhere/keys")).Message);

    [Fact]
    public async Task Sealed_records_do_not_stand_in_the_files_and_open_with_old_keys()
    {
        _box.Settings = _box.Settings with { Keys = Ring(1) };
        var records = await _box.FillAsync(2, static _ => "the secret");
        _box.Settings = _box.Settings with { Keys = Ring(1, 2) };
        records.AddRange(await _box.FillAsync(2, static _ => "the secret"));
        await using (var journal = _box.Open()) JournalSamples.AssertSame(records, await journal.ReadAllAsync());
        Assert.DoesNotContain("secret", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken)));
        _box.Settings = _box.Settings with { Keys = Ring(2) };
        Assert.Contains("sealed with key 1; the keyring has 2", Assert.Throws<JournalUnusableException>(() => _box.Open()).Message);
        _box.Settings = _box.Settings with { Keys = null };
        Assert.Contains("there is no keyring", Assert.Throws<JournalUnusableException>(() => _box.Open()).Message);
    }

    [Fact]
    public async Task A_journal_can_be_sealed_from_now_on()
    {
        var records = await _box.FillAsync(2);
        _box.Settings = _box.Settings with { Keys = Ring(5) };
        records.AddRange(await _box.FillAsync(2));
        JournalSamples.AssertSame(records, _box.Reader().Read(0));
    }

    [Fact]
    public async Task Another_key_under_the_same_id_opens_nothing()
    {
        _box.Settings = _box.Settings with { Keys = Ring(1) };
        await _box.FillAsync(1);
        _box.Settings = _box.Settings with { Keys = new Keyring(new Dictionary<uint, byte[]> { [1] = Enumerable.Repeat((byte)9, 32).ToArray() }) };
        Assert.Contains("cannot be opened with key 1", Assert.Throws<JournalBrokenException>(() => _box.Open()).Message);
    }

    static Keyring Ring(params uint[] ids) => new(ids.ToDictionary(static id => id, static id => Enumerable.Repeat((byte)id, 32).ToArray()));
}
