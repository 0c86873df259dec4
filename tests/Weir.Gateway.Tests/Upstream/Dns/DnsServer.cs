using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>A name server on loopback, UDP and TCP on one port, that answers from a table or as a test scripts it.</summary>
sealed class DnsServer : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Socket _udp;
    readonly Socket _tcp;
    readonly Task _serving;
    readonly Dictionary<(string, DnsType), DnsReply> _replies = [];

    public DnsServer()
    {
        (_udp, _tcp) = Bind();
        Address = (IPEndPoint)_tcp.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint Address { get; }

    /// <summary>Questions received, as "A name" or "A name (tcp)".</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Longest answers over UDP that were asked for; 512 in questions without EDNS.</summary>
    public List<int> Payloads { get; } = [];

    /// <summary>What this server says to questions with EDNS; null when it knows EDNS.</summary>
    public DnsCode? EdnsRefusal { get; set; }

    /// <summary>Called with each question, before it is answered.</summary>
    public Action<string> OnAsked { get; set; } = static _ => { };

    /// <summary>Replies wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Turns the finished reply into the datagrams sent; for broken servers.</summary>
    public Func<byte[], IEnumerable<byte[]>> Send { get; set; } = static reply => [reply];

    public void Set(string name, DnsType type, DnsReply reply)
    {
        lock (_replies) _replies[(name, type)] = reply;
    }

    public void SetA(string name, uint ttl, params string[] addresses) =>
        Set(name, DnsType.A, new DnsReply([.. addresses.Select(address => DnsReply.Address(name, ttl, address))]));

    /// <summary>Forgets everything: each name is unknown again.</summary>
    public void Clear()
    {
        lock (_replies) _replies.Clear();
    }

    /// <summary>How often a question like "A name" was received over UDP.</summary>
    public int Count(string question)
    {
        lock (Asked) return Asked.Count(asked => asked == question);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving;
    }

    static (Socket, Socket) Bind()
    {
        while (true)
        {
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            tcp.Listen();
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException)
            {
                // Somebody else has this port for UDP: the next one.
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var got = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                if (Reply(buffer.AsSpan(0, got.ReceivedBytes), overTcp: false) is not { } reply) continue;
                await Gate;
                foreach (var datagram in Send(reply)) await _udp.SendToAsync(datagram, got.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _tcp.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(connection);
                var prefix = new byte[2];
                await stream.ReadExactlyAsync(prefix, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                if (Reply(query, overTcp: true) is not { } reply) continue;
                BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)reply.Length);
                await stream.WriteAsync((byte[])[.. prefix, .. reply], _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    byte[]? Reply(ReadOnlySpan<byte> query, bool overTcp)
    {
        var at = 12;
        var labels = new List<string>();
        for (; query[at] != 0; at += query[at] + 1) labels.Add(Encoding.ASCII.GetString(query.Slice(at + 1, query[at])));
        var name = string.Join('.', labels);
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        var question = $"{type.ToString().ToUpperInvariant()} {name}{(overTcp ? " (tcp)" : "")}";
        var end = at + 5;
        var payload = Payload(query, end);
        lock (Asked)
        {
            Asked.Add(question);
            if (!overTcp) Payloads.Add(payload);
        }
        OnAsked(question);
        DnsReply? reply;
        bool isKnown;
        lock (_replies)
        {
            isKnown = _replies.Keys.Any(key => key.Item1 == name);
            _replies.TryGetValue((name, type), out reply);
        }
        reply ??= new DnsReply([]) { Code = isKnown ? DnsCode.NoError : DnsCode.NameError };
        if (EdnsRefusal is { } refusal && query.Length > end) reply = new DnsReply([]) { Code = refusal };
        if (reply.IsSilent) return null;
        var message = reply.Write(query[..end], overTcp);
        return overTcp || message.Length <= payload ? message : (reply with { IsTruncated = true }).Write(query[..end], overTcp);
    }

    /// <summary>What the OPT record says (RFC 6891 §6.1.2), every byte of which is looked at.</summary>
    static int Payload(ReadOnlySpan<byte> query, int end)
    {
        var records = BinaryPrimitives.ReadUInt16BigEndian(query[10..]);
        if (records == 0 && query.Length == end) return 512;
        var opt = query[end..];
        Assert.Equal((1, 11), (records, opt.Length));
        Assert.Equal((byte[])[0, 0, 41], opt[..3].ToArray());
        Assert.Equal(new byte[6], opt[5..].ToArray());
        return BinaryPrimitives.ReadUInt16BigEndian(opt[3..]);
    }
}
