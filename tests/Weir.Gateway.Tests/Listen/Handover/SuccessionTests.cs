using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests;

/// <summary>Two processes' halves of a handover, in one process.</summary>
public sealed class SuccessionTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-succession-");
    readonly ListeningSockets _listening = new();
    readonly List<string> _heard = [];

    string Path => System.IO.Path.Combine(_folder.FullName, "s");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_next_process_gets_the_same_sockets_in_the_same_order()
    {
        var first = Listen(2);
        var second = Listen(1);
        using var succession = Open();
        using (var predecessor = Predecessor.Find(Path))
        {
            Assert.NotNull(predecessor);
            Assert.Equal(["127.0.0.1:0", "127.0.0.1:0"], predecessor.Sockets.Select(static socket => socket.Address));
            var next = new ListeningSockets(predecessor.Sockets);
            Assert.Equal(2, next.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1, out var bound).Length);
            Assert.Equal(first, bound);
            Assert.Single(next.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1, out bound));
            Assert.Equal(second, bound);
            predecessor.ReleaseJournal();
            predecessor.TakeOver();
        }
        await succession.Replaced;
        Assert.Equal(["released journal", "closed", "closed"], _heard);
        Assert.Empty(_listening.Open);
    }

    [Fact]
    public void Who_goes_away_before_it_is_ready_gives_the_journal_back()
    {
        Listen(1);
        using var succession = Open();
        using (var predecessor = Predecessor.Find(Path)) predecessor!.ReleaseJournal();
        // It serves one after the other: when the second is answered, the first is done with.
        using (Predecessor.Find(Path)) { }
        Assert.Equal(["released journal", "resumed journal"], _heard);
        Assert.False(succession.Replaced.IsCompleted);
    }

    [Fact]
    public void Who_speaks_otherwise_is_told_so()
    {
        using var succession = Open();
        using var stranger = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        stranger.Connect(new UnixDomainSocketEndPoint(Path));
        SocketPassing.Send(stranger, "weir takes over 9");
        Assert.Contains("stop it first", SocketPassing.Receive(stranger).Text);
        Assert.Equal("", SocketPassing.Receive(stranger).Text);
    }

    [Fact]
    public void Nobody_is_before_the_first_one()
    {
        Assert.Null(Predecessor.Find(Path));
        Open().Dispose();
        Assert.Null(Predecessor.Find(Path));
        // A process that was killed leaves the file behind.
        using (var left = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified)) left.Bind(new UnixDomainSocketEndPoint(Path));
        Assert.Null(Predecessor.Find(Path));
        Assert.Contains("there is no such folder", Assert.Throws<IOException>(() => Predecessor.Find("/no/such/folder/s")).Message);
    }

    [Fact]
    public void Only_this_user_may_ask()
    {
        using var succession = Open();
        if (OperatingSystem.IsLinux()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    IPEndPoint Listen(int count)
    {
        var sockets = _listening.Listen(new IPEndPoint(IPAddress.Loopback, 0), count, out var bound);
        _listening.Add(new OpenListener("127.0.0.1:0", sockets, () =>
        {
            _heard.Add("closed");
            foreach (var socket in sockets) _ = Libc.Close(socket);
            return default;
        }));
        return bound;
    }

    Succession Open() =>
        Succession.Open(Path, new SuccessionParts(_listening, () => Hear("released journal"), () => Hear("resumed journal"), NullLogger.Instance));

    Task Hear(string what)
    {
        _heard.Add(what);
        return Task.CompletedTask;
    }
}
