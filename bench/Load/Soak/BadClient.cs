using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>The ways in which clients come and go that are not one request after the other.</summary>
static class BadClient
{
    public static IReadOnlyList<(string Name, Func<Launch, CancellationToken, Task> Act)> Ways { get; } =
    [
        ("says nothing", SayNothingAsync),
        ("resets in the head", ResetInHeadAsync),
        ("resets before the answer", ResetBeforeAnswerAsync),
        ("resets in the body", ResetInBodyAsync),
        ("half-closes after the request", HalfCloseAsync),
        ("reads slowly", ReadSlowlyAsync),
        ("resets in the TLS handshake", ResetInHandshakeAsync),
        ("resets after TLS", ResetAfterTlsAsync),
    ];

    static async Task SayNothingAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        await Task.Delay(50, cancel);
    }

    static async Task ResetInHeadAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        await client.SendAsync("GET /s HTTP/1.1\r\nHost: loc"u8.ToArray(), cancel);
        await Task.Delay(5, cancel);
    }

    static async Task ResetBeforeAnswerAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        await client.SendAsync(Upstream.Large.Bytes(), cancel);
    }

    static async Task ResetInBodyAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        await client.SendAsync("POST /s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray(), cancel);
        await client.SendAsync(new byte[64 * 1024], cancel);
    }

    static async Task HalfCloseAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        await client.SendAsync(Upstream.Large.Bytes(), cancel);
        client.Shutdown(SocketShutdown.Send);
        await ReadAsync(client, bytesMax: int.MaxValue, pauseMs: 0, cancel);
    }

    /// <summary>More answers than the sockets' buffers take, so that the gateway must wait with some in hand.</summary>
    static async Task ReadSlowlyAsync(Launch launch, CancellationToken cancel)
    {
        const int requests = 200;
        using var client = await ConnectAsync(launch.PlainPort, cancel);
        client.ReceiveBufferSize = 4096;
        var request = Upstream.Large.Bytes();
        await client.SendAsync(Enumerable.Repeat(request, requests).SelectMany(static bytes => bytes).ToArray(), cancel);
        await ReadAsync(client, bytesMax: 64 * 1024, pauseMs: 5, cancel);
    }

    static async Task ResetInHandshakeAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.Port, cancel);
        // A record of 512 bytes that holds a ClientHello, of which the first bytes come.
        await client.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03 }, cancel);
        await Task.Delay(5, cancel);
    }

    static async Task ResetAfterTlsAsync(Launch launch, CancellationToken cancel)
    {
        using var client = await ConnectAsync(launch.Port, cancel);
        await using var tls = new SslStream(new NetworkStream(client, ownsSocket: false), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = launch.Trust() }, cancel);
        await tls.WriteAsync(Upstream.Large.Bytes(), cancel);
        // The stream's own end would be an orderly one.
        client.Close();
    }

    /// <summary>Its end is a reset, which leaves no port in TIME_WAIT: the load would run out of them.</summary>
    static async Task<Socket> ConnectAsync(int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static async Task ReadAsync(Socket client, int bytesMax, int pauseMs, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        for (int total = 0, count; total < bytesMax && (count = await client.ReceiveAsync(buffer, cancel)) > 0; total += count)
        {
            if (pauseMs > 0)
                await Task.Delay(pauseMs, cancel);
        }
    }
}
