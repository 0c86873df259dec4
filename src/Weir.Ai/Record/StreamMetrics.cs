using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>How many streams are open, by how far they have come.</summary>
sealed class StreamMetrics
{
    static readonly string[] Names = ["", "connecting", "held", "committed"];

    readonly Gauge?[] _open;

    public StreamMetrics(MetricRegistry registry)
    {
        var family = registry.Gauge("weir_llm_open_streams", "LLM streams that are open, by state: connecting, held, committed.", ["state"]);
        _open = [.. Names.Select(name => name.Length == 0 ? null : family.With(name))];
    }

    /// <summary>A stream goes from one state to another; the first and the last are not open.</summary>
    public void Move(StreamState from, StreamState to)
    {
        Open(from)?.Add(-1);
        Open(to)?.Add();
    }

    /// <summary>The state in log records; null for what is no stream.</summary>
    public static string? TextOf(StreamState state) => state switch
    {
        StreamState.None => null,
        StreamState.Settled => "settled",
        _ => Names[(int)state],
    };

    Gauge? Open(StreamState state) => (int)state < _open.Length ? _open[(int)state] : null;
}
