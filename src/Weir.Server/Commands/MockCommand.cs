using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir mock</c>: an upstream to try things against.</summary>
static class MockCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = static _ => "127.0.0.1:9000" };
        var command = new Command("mock", """
            Run an echo upstream: /anything (echo as JSON), /delay/N (N seconds), /status/N, /stream/N (N JSON lines), /drip (bytes over time:
            ?numbytes= &duration= &delay=), /bytes/N, /ws (WebSocket echo).
            """) { listen };
        command.SetAction(async (result, cancellation) =>
        {
            await using var mock = new MockServer(result.GetValue(listen)!, TimeProvider.System);
            await mock.StartAsync(cancellation);
            Console.WriteLine($"weir mock listens on {mock.Address}");
            await ProcessSignals.WaitForStopAsync(cancellation);
            return 0;
        });
        return command;
    }
}
