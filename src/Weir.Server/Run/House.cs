using Microsoft.Extensions.Logging;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>The composition: every part of the house that lives as long as the process, made once and put together.</summary>
sealed class House : IAsyncDisposable
{
    public House(NodeSettings settings, IReadOnlyList<PluginKind> catalog, ILoggerFactory loggers, TimeProvider time)
    {
        Node = new GatewayNode(new GatewayNodeParts
        {
            Settings = settings,
            Catalog = catalog,
            Resolver = new SystemResolver(time),
            Recorder = new NoRecorder(),
            Time = time,
#pragma warning disable RS0030 // The composition is where the process's generator enters the house.
            Random = Random.Shared,
#pragma warning restore RS0030
            Loggers = loggers,
            Services = new Dictionary<Type, object>(),
            Prepare = static (document, house, keep) => { },
        });
    }

    public GatewayNode Node { get; }

    /// <summary>Writes the metrics page.</summary>
    public Task WriteMetricsAsync(Stream output, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Opens log files anew, after they were rotated.</summary>
    public void ReopenLogs() { }

    public ValueTask DisposeAsync() => default;

    sealed class NoRecorder : IExchangeRecorder
    {
        public void Complete(Passage passage) { }
    }
}
