using System.CommandLine;
using System.Net;

namespace Weir.Server;

/// <summary><c>weir mock</c>: an upstream to try things against.</summary>
static class MockCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Address to listen on.",
            HelpName = "address:port",
            DefaultValueFactory = static _ => "127.0.0.1:9000",
        };
        var command = new Command("mock", """
            Run an echo upstream: /anything (echo as JSON), /delay/N (N seconds), /status/N, /stream/N (N JSON lines), /drip (bytes over time:
            ?numbytes= &duration= &delay=), /bytes/N, /ws (WebSocket echo).
            """) { listen };
        command.SetAction(async (result, cancellation) =>
        {
            var address = result.GetValue(listen)!;
            if (!IPEndPoint.TryParse(address, out _))
            {
                await Console.Error.WriteLineAsync($"weir mock: --listen: '{address}' is no address:port, such as 127.0.0.1:9000 or [::1]:9000");
                return 1;
            }
            await using var mock = new MockServer(address, TimeProvider.System);
            try
            {
                await mock.StartAsync(cancellation);
            }
            catch (IOException refused)
            {
                await Console.Error.WriteLineAsync($"weir mock: {refused.Message} Choose another with --listen.");
                return 1;
            }
            Console.WriteLine($"weir mock listens on {mock.Address}");
            await ProcessSignals.WaitForStopAsync(cancellation);
            return 0;
        });
        return command;
    }
}
