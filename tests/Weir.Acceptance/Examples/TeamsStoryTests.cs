using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>examples/teams/story, played to its end.</summary>
public sealed class TeamsStoryTests
{
    [Fact]
    public async Task The_story_is_played_to_its_end()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(ExampleTests.Folder, "teams", "story")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WEIR"] = WeirProcess.Executable();
        foreach (var (name, port) in new[] { "PROXY_PORT", "ADMIN_PORT", "STATUS_PORT" }.Zip(FreePorts(3)))
            start.Environment[name] = port.ToString(CultureInfo.InvariantCulture);
        TestTransport.PassOn(start.Environment);
        using var story = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (story.StandardOutput.ReadToEndAsync(), story.StandardError.ReadToEndAsync());
        await story.WaitForExitAsync(TestContext.Current.CancellationToken);
        var (told, refused) = (await output, await errors);

        Assert.True(story.ExitCode == 0, told + refused);
        Assert.Contains("orders with its key: 200\nsearch with its key: 200\nsearch with the key of orders: 401", told, StringComparison.Ordinal);
        Assert.Contains("retries is 9; 3 or less is allowed (guardrail 'bounded-retries'", refused, StringComparison.Ordinal);
        Assert.Contains("every route needs the plugin 'key-auth'", refused, StringComparison.Ordinal);
        Assert.Contains("the path '/orders/by-word' belongs to orders", refused, StringComparison.Ordinal);
        Assert.Contains("search still: 200", told, StringComparison.Ordinal);
        Assert.Contains("without a token: 401", told, StringComparison.Ordinal);
        Assert.Contains("services of orders, for the searchers: 404", told, StringComparison.Ordinal);
        Assert.Contains("search-ci, you do not have permissions to sync this resource", refused, StringComparison.Ordinal);
        Assert.Contains("refused requests in the audit log: 4", told, StringComparison.Ordinal);
        Assert.Contains("exit code of weir drift: 2", told, StringComparison.Ordinal);
        Assert.Contains("no drift", told, StringComparison.Ordinal);
        Assert.Contains("orders: 502", told, StringComparison.Ordinal);
        Assert.Contains("the new backend is not there", told, StringComparison.Ordinal);
        Assert.Contains("records  18", told, StringComparison.Ordinal);
    }

    /// <summary>Ports that were free a moment ago: the story's commands have to know them before the gateway starts.</summary>
    static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        List<int> ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
