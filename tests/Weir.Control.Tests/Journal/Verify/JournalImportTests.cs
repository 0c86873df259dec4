using System.Text;

namespace Weir.Control.Tests;

public sealed class JournalImportTests : IDisposable
{
    readonly JournalBox _from = new();
    readonly JournalBox _into = new();

    public void Dispose()
    {
        _from.Dispose();
        _into.Dispose();
    }

    [Fact]
    public async Task A_journal_that_is_carried_elsewhere_has_the_same_head()
    {
        var records = await _from.FillAsync(600);
        await using var journal = _into.Open();
        Assert.Equal(600, await ImportAsync(journal, records));
        JournalSamples.AssertSame(records, await journal.ReadAllAsync());
    }

    [Fact]
    public async Task What_is_there_already_is_passed_over()
    {
        var records = await _from.FillAsync(6);
        await using var journal = _into.Open();
        Assert.Equal(3, await ImportAsync(journal, records.Take(3)));
        Assert.Equal(3, await ImportAsync(journal, records));
        Assert.Equal(0, await ImportAsync(journal, records.Skip(4)));
        Assert.Equal(6, journal.Head.Revision);
    }

    [Fact]
    public async Task What_does_not_follow_is_refused_with_its_line()
    {
        var records = await _from.FillAsync(6);
        await using var journal = _into.Open();
        Assert.Contains("line 1: the transaction follows", await RefusedAsync(journal, records.Skip(2)));
        Assert.Contains("line 3: the chain does not hold", await RefusedAsync(journal, [records[0], records[1], records[3]]));
        var other = JournalSamples.Next(JournalSamples.HeadOf(records[0]), "another");
        Assert.Contains("line 2: the journal has another transaction at revision 2", await RefusedAsync(journal, [records[0], other]));
    }

    static Task<long> ImportAsync(IJournal journal, IEnumerable<JournalRecord> records) => JournalImport.RunAsync(
        journal, records.Select(static record => Encoding.UTF8.GetString(record.Payload.Span)).ToAsyncEnumerable(), TestContext.Current.CancellationToken);

    static async Task<string> RefusedAsync(IJournal journal, IEnumerable<JournalRecord> records) =>
        (await Assert.ThrowsAsync<FormatException>(() => ImportAsync(journal, records))).Message;
}
