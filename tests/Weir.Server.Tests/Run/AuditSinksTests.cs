using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Plugins;
using Weir.Telemetry;

namespace Weir.Server.Tests;

/// <summary>Lines of the audit on their way to collectors, over real sockets.</summary>
public sealed partial class AuditSinksTests
{
    const string Line = """{"number":1,"actor":"ada","path":"/services"}""";

    [Fact]
    public async Task An_http_collector_gets_arrays_of_lines()
    {
        var got = new TaskCompletionSource<(string Body, string? Authorization)>();
        await using var collector = new PlainServer(static kestrel => kestrel.Listen(IPAddress.Loopback, 0), async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            got.TrySetResult((await reader.ReadToEndAsync(), context.Request.Headers.Authorization));
        }, NullLoggerFactory.Instance);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        using var sinks = Open(collector.Addresses.Single().Replace("//", "//ada:secret@", StringComparison.Ordinal) + "/audit");
        sinks.Add(Encoding.UTF8.GetBytes(Line));
        sinks.Add(Encoding.UTF8.GetBytes(Line));
        var (body, authorization) = await got.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"[{Line},{Line}]", body);
        Assert.StartsWith("Basic ", authorization);
    }

    [Fact]
    public async Task A_syslog_server_gets_datagrams()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sinks = Open("syslog+udp://" + server.LocalEndPoint);
        sinks.Add(Encoding.UTF8.GetBytes(Line));
        var buffer = new byte[4096];
        var length = await server.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Matches(Rfc5424(), Encoding.UTF8.GetString(buffer, 0, length));
    }

    [Fact]
    public async Task A_syslog_server_gets_counted_messages_over_a_stream()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        using var sinks = Open("syslog+tcp://" + server.LocalEndPoint);
        sinks.Add(Encoding.UTF8.GetBytes(Line));
        using var peer = await server.AcceptAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var length = 0;
        while (!Encoding.UTF8.GetString(buffer, 0, length).EndsWith('}'))
            length += await peer.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
        var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(' ', 2);
        Assert.Equal(parts[1].Length.ToString(System.Globalization.CultureInfo.InvariantCulture), parts[0]);
        Assert.Matches(Rfc5424(), parts[1]);
    }

    [Fact]
    public void Addresses_that_are_none_are_named_all_at_once_without_their_passwords()
    {
        var problem = Assert.Throws<FormatException>(() => Open("ftp://ann:secret@host/x", "collector", "https://fine.example/", "syslog+udp://")).Message;
        Assert.Equal(3, problem.Split('\n').Length);
        Assert.Contains("'ftp://…@host/x'", problem);
        Assert.Contains("'collector'", problem);
        Assert.DoesNotContain("secret", problem);
    }

    static AuditSinks Open(params string[] addresses) => new(addresses, new Deliveries(new MetricRegistry(), TimeProvider.System), NullLogger.Instance);

    [GeneratedRegex("""^<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ weir \d+ audit - \{"number":1,.*\}$""")]
    private static partial Regex Rfc5424();
}
