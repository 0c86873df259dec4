using System.Globalization;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>The event loops on the metrics page: one series per loop.</summary>
static class LoopMetrics
{
    static readonly string[] Labels = ["loop"];

    public static void Declare(MetricRegistry registry, EventLoops loops)
    {
        Observe(MetricType.Gauge, "weir_loop_connections", "Client connections of an event loop.", static counters => counters.Connections);
        Observe(MetricType.Counter, "weir_loop_turns_total", "Turns of an event loop.", static counters => counters.Turns);
        Observe(MetricType.Counter, "weir_loop_events_total", "Events of sockets that an event loop handled.", static counters => counters.Events);
        Observe(MetricType.Counter, "weir_loop_work_total", "Pieces of work that were posted to an event loop.", static counters => counters.Work);
        Observe(
            MetricType.Counter, "weir_loop_budget_exhausted_total", "How often a connection had more to do than one turn allows.",
            static counters => counters.BudgetsExhausted);
        Observe(
            MetricType.Counter, "weir_loop_accept_failures_total", "Connections that could not be accepted: no descriptors, memory or buffers.",
            static counters => counters.AcceptFailures);
        Observe(MetricType.Counter, "weir_loop_held_total", "How often something held an event loop for over 10 ms.", static counters => counters.Held);
        Observe(
            MetricType.Counter, "weir_loop_farewells_cut_total", "Connections that were closed before the client's end, because too many waited for theirs.",
            static counters => counters.FarewellsCut);
        Observe(
            MetricType.Gauge, "weir_loop_longest_turn_seconds", "The longest turn of an event loop since this page was read last.",
            static counters => counters.TakeLongestTurn().TotalSeconds);

        void Observe(MetricType type, string name, string help, Func<LoopCounters, double> read) => registry.Observe(type, name, help, Labels, seen =>
        {
            foreach (var loop in loops.All) seen.Add(read(loop.Counters), loop.Index.ToString(CultureInfo.InvariantCulture));
        });
    }
}
