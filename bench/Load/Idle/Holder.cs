using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>A process that holds connections, so that they count against its limit of descriptors and not against the harness's.</summary>
sealed class Holder : IAsyncDisposable
{
    const string CommandName = "hold";
    const string AskWord = "ask";

    /// <summary>Connections from one address of 127.0.0.0/8: its ports are limited.</summary>
    const int PerAddress = 5_000;

    /// <summary>IP_BIND_ADDRESS_NO_PORT of ip(7).</summary>
    const int BindAddressNoPort = 24;

    const int AnswerTimeoutMs = 10_000;

    readonly Process _process;

    Holder(Process process) => _process = process;

    /// <summary>Starts a process that opens <paramref name="count"/> connections to <paramref name="port"/>, and waits until it has.</summary>
    /// <param name="port">Port of the gateway on 127.0.0.1.</param>
    /// <param name="count">How many.</param>
    /// <param name="first">How many others have opened before it, so that each has an address of its own to come from.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<Holder> StartAsync(int port, int count, int first, CancellationToken cancel)
    {
        string[] numbers = [.. new[] { port, count, first }.Select(static number => number.ToString(CultureInfo.InvariantCulture))];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [CommandName, .. numbers]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var holder = new Holder(Process.Start(start) ?? throw new InvalidOperationException("a holder of connections did not start"));
        var opened = await holder.ReadAsync(cancel);
        return opened == count ? holder : throw new InvalidOperationException($"{opened} of {count} connections were opened");
    }

    /// <summary>Sends a request on each of its connections, one after the other. The number of good answers.</summary>
    public async Task<int> AskAsync(CancellationToken cancel)
    {
        await _process.StandardInput.WriteLineAsync(AskWord.AsMemory(), cancel);
        await _process.StandardInput.FlushAsync(cancel);
        return await ReadAsync(cancel);
    }

    /// <summary>The process ends by itself once nobody can tell it anything any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>The command that such a process runs.</summary>
    public static Command Command()
    {
        var (port, count, first) = (new Argument<int>("port"), new Argument<int>("count"), new Argument<int>("first"));
        var command = new Command(CommandName, "Holds connections.") { port, count, first };
        command.Hidden = true;
        command.SetAction(parsed => Hold(parsed.GetValue(port), parsed.GetValue(count), parsed.GetValue(first)));
        return command;
    }

    static void Hold(int port, int count, int first)
    {
        var clients = new List<Socket>(count);
        try
        {
            while (clients.Count < count)
                clients.Add(Connect(port, first + clients.Count));
        }
        catch (SocketException refused)
        {
            Console.Error.WriteLine($"bench: connection {clients.Count + 1}: {refused.Message}");
        }

        Console.WriteLine(clients.Count);
        var request = Upstream.Small.Bytes();
        while (Console.ReadLine() == AskWord)
            Console.WriteLine(clients.Count(client => IsAnswered(client, request)));
    }

    static Socket Connect(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = AnswerTimeoutMs };
        // The port is chosen when it connects: before that, the kernel would look for one that is free for every peer.
        socket.SetRawSocketOption((int)SocketOptionLevel.IP, BindAddressNoPort, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 1, (byte)(1 + (number / PerAddress))]), 0));
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>The answer is small, and comes in one piece.</summary>
    static bool IsAnswered(Socket client, byte[] request)
    {
        Span<byte> answer = stackalloc byte[1024];
        try
        {
            client.Send(request);
            return client.Receive(answer) is > 0 and var count && answer[..count].StartsWith("HTTP/1.1 200 "u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    async Task<int> ReadAsync(CancellationToken cancel)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancel) ?? throw new InvalidOperationException("a holder of connections has ended");
        return int.Parse(line, CultureInfo.InvariantCulture);
    }
}
