using System.Buffers;

namespace Weir.Ai.Plugins;

/// <summary>Makes a stream of a whole answer.</summary>
static class Restream
{
    /// <summary>The same answer as a stream of its dialect; null when it is none.</summary>
    public static ReadOnlyMemory<byte>? Of(Dialect dialect, ReplyShape shape, ReadOnlyMemory<byte> whole)
    {
        var output = new ArrayBufferWriter<byte>(whole.Length * 2);
        var writer = dialect.StreamWriter(shape, output);
        var sink = new Sink(writer);
        dialect.ReadReply(whole, sink);
        writer.Complete();
        if (sink.HasFailed) return null;
        return output.WrittenMemory;
    }

    sealed class Sink(IReplySink next) : IReplySink
    {
        public bool HasFailed { get; private set; }

        public void On(in ReplyEvent reply)
        {
            HasFailed |= reply.Kind == ReplyEventKind.Failed;
            next.On(reply);
        }
    }
}
