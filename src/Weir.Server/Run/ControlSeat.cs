using Microsoft.Extensions.Logging;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>The place of a control plane in a process: it can be given up for the process that comes after, and taken again when that one fails.</summary>
sealed class ControlSeat(Func<Task<ControlHome>> open, GatewayNode node, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>The control plane, after <see cref="OpenAsync"/>.</summary>
    public ControlHome? Home { get; private set; }

    public async Task<ControlHome> OpenAsync() => Home = await open();

    public async Task ReleaseAsync()
    {
        if (Home is not { } home) return;
        Home = null;
        await home.DisposeAsync();
    }

    /// <summary>Opens it again and serves what is declared by then.</summary>
    public async Task ResumeAsync()
    {
        var home = await OpenAsync();
        await node.Applier.ApplyAsync(home.Source, home.Read, CancellationToken.None);
        await home.StartAsync(node, loggers, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => new(ReleaseAsync());
}
