namespace Weir.Telemetry;

/// <summary>What the process costs: memory, processor time, garbage collections.</summary>
static class ProcessMetrics
{
    static readonly string[] Generations = ["0", "1", "2"];

    public static void Declare(MetricRegistry registry, TimeProvider time)
    {
        var startedAt = time.GetTimestamp();
        var startedUnix = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        Gauge("process_resident_memory_bytes", "Resident memory of the process.", static () => Environment.WorkingSet);
        Counter("process_cpu_seconds_total", "Processor time, user and system.", static () => Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge("process_start_time_seconds", "When the gateway started, in Unix seconds.", () => startedUnix);
        Gauge("weir_uptime_seconds", "Time since the gateway started.", () => time.GetElapsedTime(startedAt).TotalSeconds);
        Counter("weir_allocated_bytes_total", "Bytes allocated on the managed heap.", static () => GC.GetTotalAllocatedBytes());
        Gauge("weir_heap_bytes", "Managed heap after the last collection.", static () => GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);
        Counter("weir_gc_pause_seconds_total", "Time that all threads stood still for collections.", static () => GC.GetTotalPauseDuration().TotalSeconds);
        registry.Observe(MetricType.Counter, "weir_gc_collections_total", "Garbage collections by generation.", ["generation"], static seen =>
        {
            for (var generation = 0; generation < Generations.Length; generation++) seen.Add(GC.CollectionCount(generation), Generations[generation]);
        });
        Gauge("weir_threads", "Threads of the pool.", static () => ThreadPool.ThreadCount);
        Gauge("weir_thread_queue_length", "Work items that wait for a thread of the pool.", static () => ThreadPool.PendingWorkItemCount);

        void Gauge(string name, string help, Func<double> observe) => registry.Observe(MetricType.Gauge, name, help, observe);
        void Counter(string name, string help, Func<double> observe) => registry.Observe(MetricType.Counter, name, help, observe);
    }
}
