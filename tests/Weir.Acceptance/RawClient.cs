using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weir.Acceptance;

/// <summary>A client that sends exactly the bytes a test gives it, and reads answers one at a time.</summary>
sealed class RawClient(Socket socket) : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly byte[] _buffer = new byte[256 * 1024];
    int _count;

    public Socket Socket { get; } = socket;

    public Task SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    public async Task SendAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await Socket.SendAsync(bytes.AsMemory(sent));
    }

    /// <summary>The next answer, by Content-Length, chunks, or the end of the connection; null when the connection ended without one.</summary>
    public async Task<RawAnswer?> ReadAnswerAsync(bool isHead = false)
    {
        int end;
        while ((end = Text().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            if (await FillAsync() == 0) return null;
        var head = Text()[..end];
        Take(end + 4);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (isHead || status is 204 or 304 or < 200) return new RawAnswer(status, head, "", true);
        if (Header(head, "Transfer-Encoding") == "chunked") return await ReadChunksAsync(status, head);
        if (Header(head, "Content-Length") is not { } length) return await ReadToEndAsync(status, head);
        var wanted = int.Parse(length, CultureInfo.InvariantCulture);
        while (_count < wanted)
            if (await FillAsync() == 0) return new RawAnswer(status, head, Take(_count), false);
        return new RawAnswer(status, head, Take(wanted), true);
    }

    /// <summary>True when the gateway closes the connection without sending anything more.</summary>
    public async Task<bool> EndsAsync() => _count == 0 && await FillAsync() == 0;

    /// <summary>Drops what has come.</summary>
    public Task TakeAllAsync() => ReadBytesAsync(_count);

    /// <summary>Exactly so many bytes of whatever protocol.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        while (_count < count)
            if (await FillAsync() == 0) throw new EndOfStreamException();
        return Encoding.Latin1.GetBytes(Take(count));
    }

    /// <summary>Reads an answer of any length without keeping its body.</summary>
    public async Task<(long BodyBytes, bool IsWhole)> ReadWholeAsync()
    {
        int end;
        while ((end = Text().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            if (await FillAsync() == 0) return (0, false);
        var wanted = long.Parse(Header(Text()[..end], "Content-Length")!, CultureInfo.InvariantCulture);
        Take(end + 4);
        long body = _count;
        for (_count = 0; body < wanted; _count = 0)
        {
            var count = await FillAsync();
            if (count == 0) return (body, false);
            body += count;
        }
        return (body, true);
    }

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return default;
    }

    public static string? Header(string head, string name)
    {
        foreach (var line in head.Split("\r\n").Skip(1))
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) return line[(name.Length + 1)..].Trim();
        return null;
    }

    async Task<RawAnswer> ReadChunksAsync(int status, string head)
    {
        var body = new StringBuilder();
        while (true)
        {
            int line;
            while ((line = Text().IndexOf("\r\n", StringComparison.Ordinal)) < 0)
                if (await FillAsync() == 0) return new RawAnswer(status, head, body.ToString(), false);
            var size = int.Parse(Text()[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            while (_count < line + 2 + size + 2)
                if (await FillAsync() == 0) return new RawAnswer(status, head, body.ToString(), false);
            Take(line + 2);
            body.Append(Take(size));
            if (size > 0)
            {
                Take(2);
                continue;
            }
            while (!Text().StartsWith("\r\n", StringComparison.Ordinal)) Take(Text().IndexOf("\r\n", StringComparison.Ordinal) + 2);
            Take(2);
            return new RawAnswer(status, head, body.ToString(), true);
        }
    }

    async Task<RawAnswer> ReadToEndAsync(int status, string head)
    {
        while (await FillAsync() > 0) { }
        return new RawAnswer(status, head, Take(_count), true);
    }

    async Task<int> FillAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var count = await Socket.ReceiveAsync(_buffer.AsMemory(_count), limit.Token);
            _count += count;
            return count;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    string Text() => Encoding.Latin1.GetString(_buffer, 0, _count);

    string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_buffer, 0, count);
        Buffer.BlockCopy(_buffer, count, _buffer, 0, _count - count);
        _count -= count;
        return text;
    }
}

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Head">Status line and headers.</param>
/// <param name="Body">Body without framing.</param>
/// <param name="IsWhole">The body came to its end.</param>
sealed record RawAnswer(int Status, string Head, string Body, bool IsWhole)
{
    public string? Header(string name) => RawClient.Header(Head, name);
}
