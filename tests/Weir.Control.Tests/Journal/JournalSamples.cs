using System.Security.Cryptography;
using System.Text;

namespace Weir.Control.Tests;

/// <summary>Records for the tests of journals.</summary>
static class JournalSamples
{
    public static JournalRecord Next(JournalHead head, string text = "")
    {
        var payload = Encoding.UTF8.GetBytes($$"""{"previous":"{{head.HashText}}","text":"{{text}}"}""");
        return new JournalRecord(head.Revision + 1, payload, SHA256.HashData(payload));
    }

    public static JournalHead HeadOf(JournalRecord record) => new(record.Revision, record.Hash);

    /// <summary>Appends records one after the other and waits for them all.</summary>
    public static async Task<List<JournalRecord>> AppendAsync(this IJournal journal, int count, Func<int, string>? text = null)
    {
        List<JournalRecord> records = [];
        List<Task<bool>> done = [];
        var head = journal.Head;
        for (var i = 0; i < count; i++)
        {
            var record = Next(head, text?.Invoke(i) ?? $"number {i}");
            records.Add(record);
            done.Add(journal.AppendAsync(record, TestContext.Current.CancellationToken));
            head = HeadOf(record);
        }
        Assert.All(await Task.WhenAll(done), Assert.True);
        return records;
    }

    public static async Task<List<JournalRecord>> ReadAllAsync(this IJournal journal, long after = 0)
    {
        List<JournalRecord> records = [];
        await foreach (var record in journal.ReadAsync(after, TestContext.Current.CancellationToken)) records.Add(record);
        return records;
    }

    public static void AssertSame(IEnumerable<JournalRecord> expected, IEnumerable<JournalRecord> found) =>
        Assert.Equal(expected.Select(TextOf), found.Select(TextOf));

    static string TextOf(JournalRecord record) =>
        $"{record.Revision} {Convert.ToHexStringLower(record.Hash.Span)} {Encoding.UTF8.GetString(record.Payload.Span)}";
}
