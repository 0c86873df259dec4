using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Weir.Gateway;

/// <summary>
/// Asks name servers: over UDP, from a new port with a random id each time, and over TCP when the answer does not fit (RFC 1035 §4.2, RFC 5452). Servers
/// are asked one after the other, in as many rounds as resolv.conf says; one that does not know EDNS is asked again without.
/// </summary>
sealed class DnsClient(TimeProvider time)
{
    /// <summary>Longest datagram taken, with room for servers that send more than they were asked for.</summary>
    const int DatagramBytesMax = 4096;

    /// <summary>Datagrams that do not belong to the question before the server is given up.</summary>
    const int StrayDatagramsMax = 16;

    int _rotation = -1;

    /// <summary>The first usable answer: one that names records, or says that there are none.</summary>
    public async Task<DnsAnswer> AskAsync(DnsQuestion question, ResolvConf conf, CancellationToken cancel)
    {
        var fault = "no name server";
        var first = conf.Rotate ? (Interlocked.Increment(ref _rotation) & int.MaxValue) % conf.Nameservers.Count : 0;
        for (var i = 0; i < conf.Attempts * conf.Nameservers.Count; i++)
        {
            var server = conf.Nameservers[(first + i) % conf.Nameservers.Count];
            using var limit = new CancellationTokenSource(conf.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            try
            {
                var answer = await AskAsync(question, server, either.Token);
                if (answer is { Fault: null, Code: DnsCode.NoError or DnsCode.NameError }) return answer;
                fault = $"{server}: {answer.Fault ?? $"answered {answer.Code}"}";
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                fault = $"{server}: no answer within {conf.Timeout.TotalSeconds:0} s";
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                fault = $"{server}: {e.Message}";
            }
        }
        return DnsAnswer.Failed(fault);
    }

    static async Task<DnsAnswer> AskAsync(DnsQuestion question, IPEndPoint server, CancellationToken cancel)
    {
        var answer = await AskOverUdpAsync(question, server, withEdns: true, cancel);
        // RFC 6891 §7: what servers say that are older than EDNS.
        if (answer.Code is DnsCode.FormatError or DnsCode.NotImplemented) answer = await AskOverUdpAsync(question, server, withEdns: false, cancel);
        return answer.IsTruncated ? await AskOverTcpAsync(question, server, cancel) : answer;
    }

    static async Task<DnsAnswer> AskOverUdpAsync(DnsQuestion question, IPEndPoint server, bool withEdns, CancellationToken cancel)
    {
        var id = NewId();
        var query = question.Write(id, withEdns);
        // A connected socket takes datagrams from this server only, and hears of a closed port.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancel);
        await socket.SendAsync(query, cancel);
        var buffer = new byte[DatagramBytesMax];
        for (var stray = 0; stray < StrayDatagramsMax; stray++)
        {
            var length = await socket.ReceiveAsync(buffer, cancel);
            switch (DnsReader.Read(buffer.AsSpan(0, length), id, question, out var answer))
            {
                case DnsReading.Answer:
                    return answer!;
                case DnsReading.Malformed:
                    return DnsAnswer.Failed("the answer cannot be read");
            }
        }
        return DnsAnswer.Failed($"{StrayDatagramsMax} datagrams that do not answer the question");
    }

    static async Task<DnsAnswer> AskOverTcpAsync(DnsQuestion question, IPEndPoint server, CancellationToken cancel)
    {
        var id = NewId();
        var query = question.Write(id, withEdns: false);
        var prefix = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)query.Length);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[.. prefix, .. query], cancel);

        await stream.ReadExactlyAsync(prefix, cancel);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message, cancel);
        return DnsReader.Read(message, id, question, out var answer) == DnsReading.Answer
            ? answer! with { IsTruncated = false }
            : DnsAnswer.Failed("the answer over TCP cannot be read");
    }

    static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}
