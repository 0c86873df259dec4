using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Weir.Gateway.Tests;

namespace Weir.Acceptance;

/// <summary>
/// An upstream that keeps every request that it gets, answers those that are well formed with their number, and ends the connection at the first that is
/// not.
/// </summary>
sealed class RecordingUpstream : IAsyncDisposable
{
    readonly ScriptedUpstream _upstream;
    readonly ConcurrentDictionary<int, SeenRequest> _seen = [];
    readonly ConcurrentQueue<string> _incomplete = [];
    int _count;

    public RecordingUpstream() => _upstream = new ScriptedUpstream(ServeAsync);

    public int Port => _upstream.Address.Port;

    /// <summary>Complete requests by number.</summary>
    public IReadOnlyDictionary<int, SeenRequest> Seen => _seen;

    /// <summary>Bytes that came after the last complete request of a connection.</summary>
    public IEnumerable<string> Incomplete => _incomplete;

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    async Task ServeAsync(UpstreamPeer peer)
    {
        var buffer = new byte[64 * 1024];
        var text = "";
        try
        {
            while (true)
            {
                while (SeenRequest.Take(text, out var length) is { } request)
                {
                    text = text[length..];
                    var number = Interlocked.Increment(ref _count);
                    _seen[number] = request;
                    if (request.Problems.Count > 0) return;
                    var digits = number.ToString(CultureInfo.InvariantCulture);
                    var body = request.Head.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : digits;
                    await peer.SendAsync($"HTTP/1.1 200 OK\r\nSeen: {digits}\r\nContent-Length: {digits.Length}\r\n\r\n{body}");
                }
                var count = await peer.Socket.ReceiveAsync(buffer, SocketFlags.None, peer.Stop);
                if (count == 0) return;
                text += Encoding.Latin1.GetString(buffer, 0, count);
            }
        }
        finally
        {
            if (text.Length > 0) _incomplete.Enqueue(text);
        }
    }
}
