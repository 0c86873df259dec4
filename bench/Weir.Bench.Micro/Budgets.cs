using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Weir.Bench.Micro;

/// <summary>
/// Holds benchmarks to the bytes they may allocate, as bench/budgets.json says: <c>"Class.Method": bytes</c>. Quick, because it counts and
/// does not time. A benchmark with parameters runs with the first value of each.
/// </summary>
static class Budgets
{
    /// <summary>A benchmark above its budget is run this long before that is believed: the JIT's second tier removes allocations.</summary>
    const int PatienceMs = 3_000;

    /// <summary>A batch is long enough to make what one pass allocates once vanish, and short enough to look often.</summary>
    const int BatchMs = 20;
    const int BatchOperationsMax = 10_000;

    /// <summary>Prints one row per budget and the line <c>N passed, N failed</c>; the exit code says whether none failed.</summary>
    public static int Check(string path)
    {
        var budgets = JsonSerializer.Deserialize<SortedDictionary<string, long>>(File.ReadAllText(path))
            ?? throw new InvalidOperationException($"{path} holds no budgets");
        int passed = 0, failed = 0;
        Console.WriteLine($"{"benchmark",-60} {"allocated B/op",16} {"budget B/op",12}");
        foreach (var (name, budget) in budgets)
        {
            using var operation = Operation.Find(name);
            var allocated = operation is null ? null : (double?)AllocatedBytes(operation, budget);
            var ok = allocated is { } bytes && Math.Round(bytes) <= budget;
            _ = ok ? passed++ : failed++;
            var measured = allocated?.ToString("0.#", CultureInfo.InvariantCulture) ?? "no such thing";
            Console.WriteLine($"{name,-60} {measured,16} {budget,12}{(ok ? "" : "  FAILED")}");
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>The least that one operation allocated on average over a batch.</summary>
    static double AllocatedBytes(Operation operation, long budget)
    {
        var began = Stopwatch.GetTimestamp();
        var count = Calibrate(operation);
        var least = double.MaxValue;
        while (Math.Round(least) > budget && Stopwatch.GetElapsedTime(began).TotalMilliseconds < PatienceMs)
        {
            // All threads, because an operation that suspends goes on elsewhere.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            operation.Run(count);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count);
        }

        return least;
    }

    static int Calibrate(Operation operation)
    {
        for (var count = 1; ; count *= 2)
        {
            var began = Stopwatch.GetTimestamp();
            operation.Run(count);
            if (count * 2 > BatchOperationsMax || Stopwatch.GetElapsedTime(began).TotalMilliseconds * 2 > BatchMs)
                return count;
        }
    }
}
