using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Acceptance;

/// <summary>Notes in which order requests are served, by their paths. A request for /hold keeps the loop until the test lets it go.</summary>
sealed class TurnProbe : IPluginKind<TurnProbe.Settings>, IOnRequest
{
    public static string Name => "turn-probe";
    public static string Summary => "Notes the order of requests.";
    public static JsonTypeInfo<Settings> ConfigType => TurnProbeJson.Default.Settings;

    public static ConcurrentQueue<string> Served { get; } = [];
    public static SemaphoreSlim Held { get; } = new(0);
    public static SemaphoreSlim Go { get; } = new(0);

    public static IPlugin Create(Settings config, PluginContext context) => new TurnProbe();

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var path = exchange.Path;
        Served.Enqueue(path);
        if (path != "/hold") return Verdict.Continue;
        Held.Release();
        Go.Wait();
        return Verdict.Continue;
    }

    public sealed record Settings;
}

[JsonSerializable(typeof(TurnProbe.Settings))]
sealed partial class TurnProbeJson : JsonSerializerContext;
