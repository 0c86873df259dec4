using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>
/// A model that streams in a process of its own: the request says how many chunks it wants (<c>max_tokens</c>) and how long from one to the next. The
/// first goes out at once.
/// </summary>
sealed class PacedUpstream(int port)
{
    /// <summary>Field of the request: milliseconds from one chunk to the next. One of OpenAI's own, so that every gateway passes it.</summary>
    public const string EveryMsField = "seed";

    const string CommandName = "paced-upstream";
    const string ChunksField = "max_tokens";
    const int RequestBytesMax = 1024 * 1024;
    const int SendTimeoutMs = 5000;
    static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    static readonly byte[] Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();
    static readonly byte[] Chunk = Framed(Event("""
        {"index":0,"delta":{"content":" water"},"logprobs":null,"finish_reason":null}
        """, "null"));
    static readonly byte[] Last = [
        .. Framed(Event("""
        {"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}
        """, "null")),
        .. Framed(Event("", """{"prompt_tokens":251,"completion_tokens":100,"total_tokens":351}""") + "data: [DONE]\n\n"), .. "0\r\n\r\n"u8,
    ];

    readonly PriorityQueue<Answering, long> _due = new();
    readonly Lock _gate = new();

    public static Launch Prepare(Site site)
    {
        var address = new Uri($"http://127.0.0.1:{site.StreamPort}/");
        return new(Environment.ProcessPath!, [CommandName, site.StreamPort.ToString(CultureInfo.InvariantCulture)], site.StreamPort, address);
    }

    /// <summary>The command that the process runs.</summary>
    public static Command Command()
    {
        var port = new Argument<int>("port");
        var command = new Command(CommandName, "Answers with streams.") { port };
        command.Hidden = true;
        command.SetAction((parsed, cancel) => new PacedUpstream(parsed.GetValue(port)).RunAsync(cancel));
        return command;
    }

    async Task<int> RunAsync(CancellationToken cancel)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        var pacer = new Thread(() => Pace(cancel)) { IsBackground = true };
        pacer.Start();
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(cancel), cancel);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>One connection: requests one after the other. The pacer sends all but the head and the first chunk.</summary>
    async Task ServeAsync(Socket client, CancellationToken cancel)
    {
        using var owned = client;
        (client.NoDelay, client.SendTimeout) = (true, SendTimeoutMs);
        var buffer = new byte[RequestBytesMax];
        var have = 0;
        try
        {
            while (true)
            {
                int length;
                while ((length = RequestBytes(buffer.AsSpan(0, have))) == 0)
                {
                    var count = await client.ReceiveAsync(buffer.AsMemory(have), cancel);
                    if (count == 0) return;
                    have += count;
                }

                var (chunks, everyMs) = (Number(buffer.AsSpan(0, length), ChunksField), Number(buffer.AsSpan(0, length), EveryMsField));
                if (chunks == 0)
                {
                    client.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
                }
                else
                {
                    var answering = new Answering(client, chunks - 1, everyMs * Stopwatch.Frequency / 1000);
                    client.Send((byte[])[.. Head, .. Chunk]);
                    Schedule(answering, Stopwatch.GetTimestamp() + answering.EveryTicks);
                    await answering.Ended.Task;
                }

                buffer.AsSpan(length, have - length).CopyTo(buffer);
                have -= length;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has left.
        }
    }

    void Schedule(Answering answering, long due)
    {
        lock (_gate)
            _due.Enqueue(answering, due);
    }

    void Pace(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (TakeDue(out var due) is { } answering)
            {
                if (answering.SendNext())
                    Schedule(answering, due + answering.EveryTicks);
                continue;
            }

            var left = due == long.MaxValue ? Nap : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            KernelWait.Sleep(left < Nap ? left : Nap);
        }
    }

    /// <summary>The answer whose next chunk is due; if none is, when the next one will be.</summary>
    Answering? TakeDue(out long due)
    {
        lock (_gate)
        {
            if (!_due.TryPeek(out var answering, out due))
            {
                due = long.MaxValue;
                return null;
            }

            if (due > Stopwatch.GetTimestamp()) return null;
            _due.Dequeue();
            return answering;
        }
    }

    /// <summary>Length of the request at the beginning; 0 when it is not whole yet.</summary>
    static int RequestBytes(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (head < 4) return 0;
        var text = Encoding.ASCII.GetString(bytes[..head]);
        const string field = "content-length:";
        var at = text.IndexOf(field, StringComparison.OrdinalIgnoreCase);
        var length = head;
        if (at >= 0)
            length += int.Parse(text.AsSpan((at + field.Length)..text.IndexOf("\r\n", at, StringComparison.Ordinal)).Trim(), CultureInfo.InvariantCulture);
        return bytes.Length >= length ? length : 0;
    }

    /// <summary>The value of a field of the body; 0 when it is not there.</summary>
    static int Number(ReadOnlySpan<byte> request, string field)
    {
        var at = request.IndexOf(Encoding.ASCII.GetBytes($"\"{field}\":"));
        if (at < 0) return 0;
        var digits = request[(at + field.Length + 3)..].TrimStart((byte)' ');
        return System.Buffers.Text.Utf8Parser.TryParse(digits, out int value, out _) ? value : 0;
    }

    static string Event(string choice, string usage) =>
        "data: {\"id\":\"chatcmpl-9f2c\",\"object\":\"chat.completion.chunk\",\"created\":1763600000,\"model\":\"gpt-4o-2024-08-06\","
        + $"\"choices\":[{choice}],\"usage\":{usage}}}\n\n";

    static byte[] Framed(string text) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n"));

    /// <summary>An answer under way.</summary>
    sealed class Answering(Socket client, int chunksLeft, long everyTicks)
    {
        int _chunksLeft = chunksLeft;

        public long EveryTicks => everyTicks;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>False when it was the last one, or the client has left.</summary>
        public bool SendNext()
        {
            try
            {
                client.Send(_chunksLeft > 0 ? Chunk : Last);
                if (_chunksLeft-- > 0) return true;
                Ended.SetResult();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Ended.TrySetException(exception);
            }

            return false;
        }
    }
}
