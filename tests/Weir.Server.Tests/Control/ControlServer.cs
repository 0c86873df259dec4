using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>A control plane that listens, and the commands that speak to it.</summary>
sealed class ControlServer : IAsyncDisposable
{
    readonly SyncedPlane _plane;
    readonly PlainServer _server;
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-gateway-");
    readonly Dictionary<string, string> _environment = [];

    ControlServer(SyncedPlane plane, bool enforces)
    {
        _plane = plane;
        var node = new AdminNode("0.1.0", "test", Guid.Empty, [], static () => [], static () => null) { EnforcesRights = enforces };
        Api = new AdminApi(plane.Plane, node)
        {
            ActorOf = static context => context.Request.Headers["Kong-Admin-Token"].ToString() is { Length: > 0 } name ? name : "anonymous",
        };
        _server = new PlainServer(static kestrel => kestrel.Listen(IPAddress.Loopback, 0), Api.HandleAsync, NullLoggerFactory.Instance);
    }

    public AdminApi Api { get; }

    public ControlPlane Plane => _plane.Plane;

    public string Address => _server.Addresses.First();

    public static async Task<ControlServer> StartAsync(bool enforces = false)
    {
        var server = new ControlServer(await SyncedPlane.OpenAsync(), enforces);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        server._environment["DECK_KONG_ADDR"] = server.Address;
        return server;
    }

    public string this[string variable]
    {
        set => _environment[variable] = value;
    }

    /// <summary>Writes a file.</summary>
    public string File(string text, string name = "kong.yaml")
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Runs a command as from the command line.</summary>
    public Task<Ran> RunAsync(params string[] arguments) => RunAsync("", arguments);

    public async Task<Ran> RunAsync(string input, string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var place = new GatewayPlace(
            () => new StringReader(input), output, error, name => _environment.GetValueOrDefault(name), IsTerminal: false, TimeProvider.System);
        var root = new RootCommand
        {
            GatewayCommand.Create(place), PlanCommand.Create(place), ApplyPlanCommand.Create(place), DriftCommand.Create(place), HistoryCommands.History(place),
            HistoryCommands.Blame(place), HistoryCommands.Rollback(place), GuardrailCommands.Guardrails(place), LoginCommand.Login(place),
            LoginCommand.Logout(place), TokenCommand.Create(place), PeopleCommands.User(place), PeopleCommands.Team(place), PeopleCommands.Grant(place),
        };
        var invocation = new InvocationConfiguration { Output = output, Error = error };
        var code = await root.Parse(arguments).InvokeAsync(invocation, TestContext.Current.CancellationToken);
        return new Ran(code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _plane.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>What a command did.</summary>
    public sealed record Ran(int Code, string Output, string Error)
    {
        public JsonObject Json => JsonNode.Parse(Output)!.AsObject();
    }
}
