using Weir.Gateway.Plugins;
using Weir.Telemetry;

namespace Weir.Gateway.Tests.Plugins;

/// <summary>The parts of the house that logging plugins ask for.</summary>
sealed class LoggingHouse
{
    public LoggingHouse() => Deliveries = new Deliveries(Registry, Time);

    public MetricRegistry Registry { get; } = new();
    public WatchedTime Time { get; } = new();
    public Deliveries Deliveries { get; }

    public PluginContext Context(params object[] more) => PluginHarness.Context(Time, null, [Registry, Deliveries, .. more]);

    public TPlugin Create<TPlugin, TConfig>(string config, PluginContext? context = null) where TPlugin : IPluginKind<TConfig>, IPlugin where TConfig : class =>
        PluginHarness.Create<TPlugin, TConfig>(config, context ?? Context());

    /// <summary>Waits until somebody waits this long. Tests give retries and timeouts different lengths, so that the length says who it is.</summary>
    public async Task ReachAsync(double seconds)
    {
        while (await Time.NextWaitAsync() != TimeSpan.FromSeconds(seconds))
        {
        }
    }

    /// <summary>Waits until somebody waits this long, and moves the clock over it.</summary>
    public async Task PassAsync(double seconds)
    {
        await ReachAsync(seconds);
        Time.Advance(TimeSpan.FromSeconds(seconds));
    }

    public long Entries(string queue, string result) => Deliveries.Entries.With(queue, result).Value;
}
