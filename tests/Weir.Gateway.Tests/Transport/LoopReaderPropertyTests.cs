using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

/// <summary>The runtime's own pipe says what a reader has to do: both get the same bytes and are read in the same steps.</summary>
public sealed class LoopReaderPropertyTests
{
    [Fact]
    public async Task Reads_what_a_pipe_reads_in_any_steps()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1);
        Check(150, async steps =>
        {
            var (client, connection) = await rig.ConnectAsync();
            await using var sending = new NetworkStream(client, ownsSocket: true);
            return await SameAsPipeAsync(connection, connection.Input, sending, () => client.Shutdown(SocketShutdown.Send), steps);
        });
    }

    [Fact]
    public async Task Reads_over_TLS_what_a_pipe_reads_in_any_steps()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1);
        Check(100, async steps =>
        {
            await using var tls = await TlsPair.ConnectAsync(rig);
            return await SameAsPipeAsync(tls.Connection, tls.Server.Input, tls.Client, () => tls.Socket.Shutdown(SocketShutdown.Send), steps);
        });
    }

    static void Check(int runs, Func<Step[], Task<bool>> holds) =>
        Prop.ForAll(Steps().ToArbitrary(), steps => Task.Run(() => holds(steps)).WaitAsync(LoopRig.Patience).GetAwaiter().GetResult())
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(runs));

    static Gen<Step[]> Steps()
    {
        var size = Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 5_000), Gen.Choose(15_000, 60_000));
        var step = from bytes in size
                   from consumed in Gen.Choose(0, 100)
                   from examined in Gen.Choose(0, 100)
                   from cancels in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
                   from elsewhere in Gen.Elements(true, false)
                   select new Step(bytes, consumed, examined, cancels, elsewhere);
        return step.ArrayOf().Where(static steps => steps.Length > 0);
    }

    static async Task<bool> SameAsPipeAsync(LoopConnection connection, PipeReader reader, Stream client, Action end, Step[] steps)
    {
        var model = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var (ours, theirs) = (new Taken(reader), new Taken(model.Reader));
        var seed = 0;
        foreach (var step in steps)
        {
            var bytes = LoopConnectionTests.Bytes(step.Bytes + (seed++ % 7));
            await client.WriteAsync(bytes);
            await model.Writer.WriteAsync(bytes);
            if (step.Elsewhere) await Task.Yield();
            else await connection.Loop.Enter();
            // The network brings bytes in its own pieces: everything sent so far is waited for.
            await ours.ReadAsync(ours.Left + bytes.Length);
            await theirs.ReadAsync(theirs.Left + bytes.Length);
            if (!ours.Bytes.AsSpan().SequenceEqual(theirs.Bytes)) return false;
            ours.Advance(step);
            theirs.Advance(step);
            if (step.Cancels && (await ours.CancelsAsync() != await theirs.CancelsAsync())) return false;
        }
        end();
        await model.Writer.CompleteAsync();
        var (last, expected) = (await ours.ToEndAsync(), await theirs.ToEndAsync());
        await client.DisposeAsync();
        await connection.DisposeAsync();
        return last.AsSpan().SequenceEqual(expected);
    }

    sealed record Step(int Bytes, int ConsumedPercent, int ExaminedPercent, bool Cancels, bool Elsewhere);

    /// <summary>What is left unconsumed in a reader, and the ways to take it.</summary>
    sealed class Taken(PipeReader reader)
    {
        ReadOnlySequence<byte> _buffer;
        int _examined;

        public int Left { get; private set; }

        public byte[] Bytes { get; private set; } = [];

        public async Task ReadAsync(int atLeast)
        {
            while (true)
            {
                _buffer = (await reader.ReadAsync()).Buffer;
                if (_buffer.Length >= atLeast) break;
                _examined = (int)_buffer.Length;
                reader.AdvanceTo(_buffer.Start, _buffer.End);
            }
            Bytes = _buffer.ToArray();
        }

        public void Advance(Step step)
        {
            var consumed = Bytes.Length * step.ConsumedPercent / 100;
            // A pipe does not let go of what was examined before.
            var examined = Math.Max(_examined, consumed + ((Bytes.Length - consumed) * step.ExaminedPercent / 100));
            reader.AdvanceTo(_buffer.GetPosition(consumed), _buffer.GetPosition(examined));
            Left = Bytes.Length - consumed;
            _examined = examined - consumed;
        }

        public async Task<bool> CancelsAsync()
        {
            reader.CancelPendingRead();
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.Start);
            return read.IsCanceled && read.Buffer.Length == Left;
        }

        public async Task<byte[]> ToEndAsync()
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                if (read.IsCompleted) return read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
    }
}
