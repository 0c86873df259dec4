using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Server;

/// <summary>The place of a control plane in a process: it can be given up for the process that comes after, and taken again when that one fails.</summary>
sealed class ControlSeat(Func<Task<ControlHome>> open, House house, ILoggerFactory loggers) : IAsyncDisposable
{
    // The last one; its state can be read when it is closed.
    ControlHome? _home;
    bool _isOpen;

    public async Task<ControlHome> OpenAsync()
    {
        _home = await open();
        _isOpen = true;
        return _home;
    }

    /// <inheritdoc cref="ControlHome.Read"/>
    public DocumentResult Read() => _home!.Read();

    /// <inheritdoc cref="ControlHome.ReadFresh"/>
    public DocumentResult ReadFresh() => _home!.ReadFresh();

    public async Task ReleaseAsync()
    {
        if (!_isOpen) return;
        _isOpen = false;
        await _home!.DisposeAsync();
    }

    /// <summary>Opens it again and serves what is declared by then.</summary>
    public async Task ResumeAsync()
    {
        var home = await OpenAsync();
        await house.Node.Applier.ApplyAsync(home.Source, home.Read, CancellationToken.None);
        await home.StartAsync(house.Node, house.Deliveries, loggers, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => new(ReleaseAsync());
}
