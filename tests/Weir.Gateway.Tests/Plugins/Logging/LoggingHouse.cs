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

    /// <summary>Moves the clock over the next wait of about this length: retries and timeouts differ by orders of magnitude.</summary>
    public async Task PassAsync(double seconds)
    {
        while (true)
        {
            var wait = await Time.NextWaitAsync();
            if (wait != TimeSpan.FromSeconds(seconds)) continue;
            Time.Advance(wait);
            return;
        }
    }

    public long Entries(string queue, string result) => Deliveries.Entries.With(queue, result).Value;
}
