using System.Security.Cryptography;
using System.Text;

namespace Weir.Control.Tests;

public sealed class JournalVerdictTests : IDisposable
{
    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_whole_journal_is_proved_while_it_is_in_use()
    {
        await using var journal = _box.Open();
        await journal.AppendAsync(5);
        await journal.SaveSnapshotAsync(journal.Head, static (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);
        var verdict = await VerdictAsync();
        Assert.Null(verdict.Problem);
        Assert.Equal((5, journal.Head.HashText), (verdict.Records, verdict.Head.HashText));
        Assert.Equal(["snapshot of revision 5: whole"], verdict.Remarks);
    }

    [Fact]
    public async Task A_torn_end_is_remarked_and_left_alone()
    {
        await _box.FillAsync(2);
        await using (var file = new FileStream(_box.Segments[0], FileMode.Append)) file.Write([1, 2, 3]);
        var verdict = await VerdictAsync();
        Assert.Null(verdict.Problem);
        Assert.Contains(": 3 bytes are being written", Assert.Single(verdict.Remarks));
        Assert.Empty(Directory.GetFiles(_box.Folder, "*.torn-*"));
    }

    [Fact]
    public async Task The_first_problem_is_said_with_its_place()
    {
        await _box.FillAsync(4);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        bytes[SegmentHeader.Bytes + 5] ^= 1;
        await File.WriteAllBytesAsync(_box.Segments[0], bytes, TestContext.Current.CancellationToken);
        var verdict = await VerdictAsync();
        Assert.Contains("journal-0000000000000000001.log, offset 64, revision 1", verdict.Problem);
        Assert.Equal(0, verdict.Records);
    }

    [Fact]
    public async Task A_transaction_that_says_another_number_is_a_problem()
    {
        await using (var journal = _box.Open())
        {
            var payload = Encoding.UTF8.GetBytes($$"""{"previous":"{{JournalHead.None.HashText}}","revision":2}""");
            await journal.AppendAsync(new JournalRecord(1, payload, SHA256.HashData(payload)), TestContext.Current.CancellationToken);
        }
        Assert.Contains("says that it is revision 2", (await VerdictAsync()).Problem);
    }

    [Fact]
    public async Task A_folder_without_a_journal_is_none() =>
        await Assert.ThrowsAsync<JournalUnusableException>(() => StoredJournal.OpenAsync(_box.Folder, null, default));

    async Task<JournalVerdict> VerdictAsync()
    {
        await using var stored = await StoredJournal.OpenAsync(_box.Folder, null, TestContext.Current.CancellationToken);
        return await JournalVerdict.OfAsync(stored, [], TestContext.Current.CancellationToken);
    }
}
