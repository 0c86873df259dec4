namespace Weir.Telemetry;

/// <summary>What the process costs: memory, processor time, garbage collections.</summary>
static class ProcessMetrics
{
    public static void Declare(MetricRegistry registry, TimeProvider time)
    {
        var startedAt = time.GetTimestamp();
        registry.Observe(MetricType.Gauge, "process_resident_memory_bytes", "Resident memory of the process.", static () => Environment.WorkingSet);
        registry.Observe(MetricType.Counter, "process_cpu_seconds_total", "Processor time, user and system.", static () => Environment.CpuUsage.TotalTime.TotalSeconds);
        registry.Observe(MetricType.Gauge, "process_start_time_seconds", "Start of the process in Unix seconds.",
            StartOf(time));
        registry.Observe(MetricType.Gauge, "weir_uptime_seconds", "Time since the gateway started.", () => time.GetElapsedTime(startedAt).TotalSeconds);
        registry.Observe(MetricType.Counter, "weir_allocated_bytes_total", "Bytes allocated on the managed heap since the start.",
            static () => GC.GetTotalAllocatedBytes());
        registry.Observe(MetricType.Gauge, "weir_heap_bytes", "Managed heap after the last collection.", static () => GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);
        registry.Observe(MetricType.Counter, "weir_gc_pause_seconds_total", "Time that all threads stood still for garbage collections.",
            static () => GC.GetTotalPauseDuration().TotalSeconds);
        registry.Observe(MetricType.Counter, "weir_gc_collections_total", "Garbage collections by generation.", ["generation"], static seen =>
        {
            for (var generation = 0; generation <= GC.MaxGeneration; generation++)
                seen.Add(GC.CollectionCount(generation), generation switch { 0 => "0", 1 => "1", _ => "2" });
        });
        registry.Observe(MetricType.Gauge, "weir_threads", "Threads of the pool.", static () => ThreadPool.ThreadCount);
        registry.Observe(MetricType.Gauge, "weir_thread_queue_length", "Work items that wait for a thread of the pool.", static () => ThreadPool.PendingWorkItemCount);
    }

    static Func<double> StartOf(TimeProvider time)
    {
        var startedAt = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        return () => startedAt;
    }
}
