using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Gateway;

namespace Weir.Acceptance;

/// <summary>Notes in which of its phases it was on an event loop. Says of itself that it takes no time.</summary>
class ThreadProbe(ThreadProbe.Settings settings) : IPluginKind<ThreadProbe.Settings>, IOnRequest, IOnResponse, IOnChunk, IOnDone
{
    public static string Name => "thread-probe";
    public static string Summary => "Notes the threads of its phases.";
    public static JsonTypeInfo<Settings> ConfigType => ThreadProbeJson.Default.Settings;

    /// <summary>Phase and whether it ran on a loop, by the tag of the instance.</summary>
    public static ConcurrentDictionary<string, ConcurrentQueue<(string Phase, bool OnLoop)>> Seen { get; } = new();

    public static IPlugin Create(Settings config, PluginContext context) => new ThreadProbe(config);

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        Note("request");
        if (settings.HoldMs > 0) Thread.Sleep(settings.HoldMs);
        // Something that knows nothing of loops, and completes on a thread of the pool.
        if (settings.AwaitsOther) await Task.Run(static () => { });
        return Verdict.Continue;
    }

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        Note("response");
        return Verdict.Continue;
    }

    public bool WantsBody(Exchange exchange) => true;

    public void OnChunk(Exchange exchange, ReadOnlySpan<byte> chunk, bool isLast, System.Buffers.IBufferWriter<byte> output)
    {
        Note("chunk");
        System.Buffers.BuffersExtensions.Write(output, chunk);
    }

    public void OnDone(Exchange exchange) => Note("done");

    void Note(string phase) => Seen.GetOrAdd(settings.Tag, static _ => []).Enqueue((phase, EventLoop.Current is not null));

    public sealed record Settings
    {
        public string Tag { get; init; } = "";
        public bool AwaitsOther { get; init; }
        public int HoldMs { get; init; }
    }
}

/// <summary>The same, and says that it takes time.</summary>
sealed class SlowProbe(ThreadProbe.Settings settings) : ThreadProbe(settings), IPluginKind<ThreadProbe.Settings>
{
    public static new string Name => "slow-probe";
    public static bool IsBlocking => true;

    public static new IPlugin Create(Settings config, PluginContext context) => new SlowProbe(config);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ThreadProbe.Settings))]
sealed partial class ThreadProbeJson : JsonSerializerContext;
