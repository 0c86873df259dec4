using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

/// <summary>What every dialect must bear: bodies and streams that are cut, or in which bytes were changed, never throw.</summary>
static class Hostile
{
    /// <summary>Requests with bytes changed are read or refused with problems; those that are read can be written.</summary>
    public static void Requests(Dialect dialect, string json) => Mutations(json, body =>
    {
        var problems = new Problems();
        var request = dialect.ReadRequest(body, new RequestLine("m", IsStream: false), problems);
        Assert.Equal(request is null, problems.Found.Count > 0);
        if (request is not null) dialect.WriteRequest(request, new ModelTarget { Model = "m" }, new ArrayBufferWriter<byte>(), new Losses());
    });

    /// <summary>Answers end or fail, exactly once, and can be written whole and as a stream by every dialect given.</summary>
    public static void Replies(Dialect dialect, string json, params Dialect[] clients) => Mutations(json, body =>
    {
        var sink = new RecordingSink();
        dialect.ReadReply(body, sink);
        Check(sink, clients);
    });

    public static void Streams(Dialect dialect, string stream, params Dialect[] clients) => Mutations(stream, bytes =>
    {
        var whole = dialect.ReadStream(bytes);
        Check(whole, clients);
        Assert.Equal(whole.ToString(), dialect.ReadStream(bytes, bytes.Length / 3, bytes.Length / 2, bytes.Length / 2 + 1).ToString());
    });

    static void Check(RecordingSink sink, Dialect[] clients)
    {
        Assert.Single(sink.Events, one => one.Kind is ReplyEventKind.Ended or ReplyEventKind.Failed);
        Assert.True(sink.Events[^1].Kind is ReplyEventKind.Ended or ReplyEventKind.Failed, sink.ToString());
        PartsAreWellFormed(sink);
        foreach (var client in clients)
        {
            client.WriteWhole(sink);
            client.WriteStream(sink);
        }
    }

    /// <summary>Parts begin in the order of their numbers, and those that began end before the choice finishes.</summary>
    static void PartsAreWellFormed(RecordingSink sink)
    {
        foreach (var choice in sink.Events.GroupBy(one => one.Choice))
        {
            var begun = choice.Where(one => one.Kind == ReplyEventKind.PartStarted).Select(one => one.Part).ToList();
            Assert.Equal(Enumerable.Range(0, begun.Count), begun);
            if (!choice.Any(one => one.Kind == ReplyEventKind.Finished)) continue;
            var ended = choice.TakeWhile(one => one.Kind != ReplyEventKind.Finished).Where(one => one.Kind == ReplyEventKind.PartEnded).Select(one => one.Part);
            Assert.Equal(begun, ended.Order());
        }
    }

    static void Mutations(string text, Action<byte[]> check)
    {
        var valid = Encoding.UTF8.GetBytes(text);
        check(valid);
        const string Bytes = "{}[]\",:\\ud83d0e-1 tnf\n\r";
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort At, byte What, byte How)[]>(), changes =>
        {
            List<byte> bytes = [.. valid];
            foreach (var (at, what, how) in changes)
            {
                if (bytes.Count == 0) break;
                var place = (at * 31 + what) % bytes.Count;
                if (how % 8 == 0) bytes.RemoveRange(place, bytes.Count - place);
                else if (how % 8 < 3) bytes.RemoveAt(place);
                else if (how % 8 < 6) bytes[place] = (byte)Bytes[what % Bytes.Length];
                else bytes.Insert(place, what);
            }
            check([.. bytes]);
        }).QuickCheckThrowOnFailure();
        for (var cut = 0; cut < valid.Length; cut += Math.Max(1, valid.Length / 50)) check(valid[..cut]);
    }
}
