using System.IO.Pipelines;

using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

/// <summary>The runtime's own pipe says what a writer has to do: both are written in the same steps, and their readers get the same.</summary>
public sealed class LoopWriterPropertyTests
{
    /// <summary>More than the kernel holds for the rig's connection.</summary>
    const int TooMuch = 2 * 1024 * 1024;

    public enum Place
    {
        Loop,
        Pool,
    }

    [Fact]
    public void Writes_what_a_pipe_writes_in_any_steps() =>
        Prop.ForAll(Steps().ToArbitrary(), steps => Task.Run(() => SameAsPipeAsync(steps)).WaitAsync(LoopRig.Patience).GetAwaiter().GetResult())
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(150));

    [Theory]
    [InlineData(Place.Loop)]
    [InlineData(Place.Pool)]
    public async Task Holds_the_writer_back_until_the_reader_has_come(Place place)
    {
        await using var rig = await WriterRig.StartAsync();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        await GoAsync(rig, place);
        var flush = rig.Writer.WriteAsync(sent).AsTask();
        await Task.Yield();
        Assert.False(flush.IsCompleted);
        // All but what the kernel may hold has been read before the flush ends.
        Assert.Equal(sent[..(TooMuch / 2)], await rig.Peer.ReadExactlyAsync(TooMuch / 2));
        Assert.False(flush.IsCompleted);
        Assert.Equal(sent[(TooMuch / 2)..], await rig.Peer.ReadExactlyAsync(TooMuch / 2));
        Assert.Equal((false, false), Said(await flush.WaitAsync(LoopRig.Patience)));
    }

    [Theory]
    [InlineData(Place.Loop, Place.Loop)]
    [InlineData(Place.Loop, Place.Pool)]
    [InlineData(Place.Pool, Place.Loop)]
    [InlineData(Place.Pool, Place.Pool)]
    public async Task Cancels_a_flush_and_still_sends_everything_in_order(Place flushing, Place cancelling)
    {
        await using var rig = await WriterRig.StartAsync();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        for (var i = 0; i < 3; i++)
        {
            await GoAsync(rig, flushing);
            var flush = rig.Writer.WriteAsync(sent).AsTask();
            await GoAsync(rig, cancelling);
            rig.Writer.CancelPendingFlush();
            Assert.Equal((true, false), Said(await flush.WaitAsync(LoopRig.Patience)));
        }
        await rig.Writer.CompleteAsync();
        await Task.Yield();
        Assert.Equal((byte[])[.. sent, .. sent, .. sent], await rig.Peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Place.Loop)]
    [InlineData(Place.Pool)]
    public async Task Stops_a_flush_by_its_token_and_still_sends_everything(Place place)
    {
        await using var rig = await WriterRig.StartAsync();
        using var stop = new CancellationTokenSource();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        await GoAsync(rig, place);
        var flush = rig.Writer.WriteAsync(sent, stop.Token).AsTask();
        // On the loop, where nothing that waits its turn may come between.
        await rig.Loop.Enter();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.WaitAsync(LoopRig.Patience));
        await rig.Writer.CompleteAsync();
        await Task.Yield();
        Assert.Equal(sent, await rig.Peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Place.Loop)]
    [InlineData(Place.Pool)]
    public async Task Ends_with_what_was_never_flushed(Place place)
    {
        await using var rig = await WriterRig.StartAsync();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        await GoAsync(rig, place);
        sent.CopyTo(rig.Writer.GetMemory(sent.Length));
        rig.Writer.Advance(sent.Length);
        Assert.Equal(sent.Length, rig.Writer.UnflushedBytes);
        rig.Writer.Complete();
        await Task.Yield();
        Assert.Equal(sent, await rig.Peer.ReadToEndAsync());
    }

    [Fact]
    public async Task Code_that_goes_on_after_a_flush_may_write_and_complete_at_once()
    {
        await using var rig = await WriterRig.StartAsync();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        var writing = Task.Run(async () =>
        {
            await rig.Loop.Enter();
            await rig.Writer.WriteAsync(sent);
            // Resumed in place by the event that ended the flush; the kernel cannot take all of this.
            sent.CopyTo(rig.Writer.GetMemory(sent.Length));
            rig.Writer.Advance(sent.Length);
            rig.Writer.Complete();
        });
        Assert.Equal((byte[])[.. sent, .. sent], await rig.Peer.ReadToEndAsync());
        await writing;
    }

    [Fact]
    public async Task Completing_while_a_flush_is_under_way_ends_it_once_all_is_sent()
    {
        await using var rig = await WriterRig.StartAsync();
        var sent = LoopConnectionTests.Bytes(TooMuch);
        await rig.Loop.Enter();
        var flush = rig.Writer.WriteAsync(sent).AsTask();
        rig.Writer.Complete();
        await Task.Yield();
        Assert.Equal(sent, await rig.Peer.ReadToEndAsync());
        Assert.Equal((false, false), Said(await flush.WaitAsync(LoopRig.Patience)));
    }

    [Theory]
    [InlineData(Place.Loop)]
    [InlineData(Place.Pool)]
    public async Task A_flush_that_was_handed_over_ends_only_after_its_bytes_were_taken(Place place)
    {
        for (var i = 0; i < 50; i++)
        {
            await using var rig = await WriterRig.StartAsync();
            await GoAsync(rig, place);
            var flush = rig.Writer.WriteAsync(LoopConnectionTests.Bytes(TooMuch)).AsTask();
            var failing = rig.FailAsync();
            Assert.True((await flush.WaitAsync(LoopRig.Patience)).IsCompleted);
            // Whoever writes on must own its block alone: the loop has nothing left to take or to give back.
            await Task.Yield();
            var block = rig.Writer.GetMemory();
            await failing;
            Assert.True(block.Span.Overlaps(rig.Writer.GetMemory().Span));
            rig.Writer.Complete();
        }
    }

    static Gen<Step[]> Steps()
    {
        var size = Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(1, 5_000), Gen.Choose(15_000, 400_000));
        var step = from bytes in size
                   from hint in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 40_000))
                   from flushes in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
                   from cancels in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
                   from place in Gen.Elements(Place.Loop, Place.Pool)
                   from late in Gen.Elements(true, false)
                   select new Step(bytes, hint, flushes, cancels, place, late);
        return step.ArrayOf().Where(static steps => steps.Length > 0);
    }

    static async Task<bool> SameAsPipeAsync(Step[] steps)
    {
        await using var rig = await WriterRig.StartAsync();
        var model = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var (ours, theirs) = ((PipeWriter)rig.Writer, model.Writer);
        var expected = Task.Run(() => LoopConnectionTests.ReadToEndAsync(model.Reader));
        Task<byte[]>? received = null;
        foreach (var step in steps)
        {
            await GoAsync(rig, step.Place);
            var bytes = LoopConnectionTests.Bytes(step.Bytes);
            Write(ours, bytes, step.Hint);
            Write(theirs, bytes, step.Hint);
            if (ours.UnflushedBytes != theirs.UnflushedBytes) return false;
            if (step.Cancels)
            {
                ours.CancelPendingFlush();
                theirs.CancelPendingFlush();
            }
            if (!step.Flushes) continue;
            var flush = ours.FlushAsync().AsTask();
            // A reader that comes only once the writer waits for it.
            if (step.IsReaderLate) await Task.Yield();
            received ??= Task.Run(() => rig.Peer.ReadToEndAsync());
            if (Said(await flush) != Said(await theirs.FlushAsync())) return false;
            if (ours.UnflushedBytes != 0) return false;
        }
        await ours.CompleteAsync();
        await theirs.CompleteAsync();
        await Task.Yield();
        received ??= Task.Run(() => rig.Peer.ReadToEndAsync());
        var (all, wanted) = (await received, await expected);
        return all.AsSpan().SequenceEqual(wanted);
    }

    static void Write(PipeWriter writer, ReadOnlySpan<byte> bytes, int hint)
    {
        while (!bytes.IsEmpty)
        {
            var room = writer.GetSpan(hint);
            if (room.Length < hint) throw new InvalidOperationException("less room than was asked for");
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            writer.Advance(count);
            bytes = bytes[count..];
        }
    }

    static (bool IsCanceled, bool IsCompleted) Said(FlushResult result) => (result.IsCanceled, result.IsCompleted);

    static async Task GoAsync(WriterRig rig, Place place)
    {
        if (place == Place.Loop) await rig.Loop.Enter();
        else await Task.Yield();
    }

    sealed record Step(int Bytes, int Hint, bool Flushes, bool Cancels, Place Place, bool IsReaderLate);
}
