using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>Any sequence of appends, failures of the disk and restarts leaves what was acknowledged, and at most what was being written, whole.</summary>
public sealed class JournalModelTests
{
    [Fact]
    public void Whatever_happens_the_journal_is_what_was_acknowledged()
    {
        var steps = Gen.Choose(0, 6).Select(static step => (Step)step).ListOf(12).Select(static list => list.ToArray()).ToArbitrary();
        Prop.ForAll(steps, static list => Holds(list).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    enum Step
    {
        Append,
        AppendMany,
        Snapshot,
        Restart,
        FailToAppend,
        FailToSync,
        FailAndStop,
    }

    static async Task<bool> Holds(Step[] steps)
    {
        using var box = new JournalBox();
        box.Settings = box.Settings with { SegmentBytesMax = 400 };
        var disk = new FailingDisk();
        var journal = box.Open(disk.Open);
        List<JournalRecord> acknowledged = [];
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Append:
                    acknowledged.AddRange(await journal.AppendAsync(1));
                    break;
                case Step.AppendMany:
                    acknowledged.AddRange(await journal.AppendAsync(9));
                    break;
                case Step.Snapshot:
                    await journal.SaveSnapshotAsync(journal.Head, static (_, _) => Task.CompletedTask, CancellationToken.None);
                    break;
                case Step.FailToAppend:
                    disk.AppendFails = new IOException("full");
                    break;
                case Step.FailToSync:
                    disk.SyncFails = new IOException("broken");
                    break;
                case Step.FailAndStop:
                    (disk.SyncFails, disk.CutFails) = (new IOException("broken"), new IOException("broken"));
                    break;
            }
            if (disk.AppendFails is not null || disk.SyncFails is not null)
            {
                var lost = JournalSamples.Next(journal.Head, "lost");
                await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(lost, CancellationToken.None));
                if (step == Step.FailAndStop) await journal.DisposeAsync();
                (disk.AppendFails, disk.SyncFails, disk.CutFails) = (null, null, null);
                if (step != Step.FailAndStop) continue;
                journal = box.Open(disk.Open);
                // Nobody was told what became of it: it may be there, whole.
                if (journal.Head.Revision == lost.Revision) acknowledged.Add(lost);
            }
            if (step != Step.Restart) continue;
            await journal.DisposeAsync();
            journal = box.Open(disk.Open);
        }
        JournalSamples.AssertSame(acknowledged, await journal.ReadAllAsync());
        await journal.DisposeAsync();
        JournalSamples.AssertSame(acknowledged, box.Reader().Read(0));
        return true;
    }
}
