using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>What the kernel has booked for a process and all its descendants.</summary>
/// <param name="User">CPU time in user mode.</param>
/// <param name="Kernel">CPU time in the kernel.</param>
/// <param name="RssKb">Resident memory now. Pages that processes share count for each.</param>
/// <param name="PeakRssKb">The most it ever was.</param>
/// <param name="Threads">Time on a processor of each thread that lives, by its number: exact where the other two are in steps of 10 ms.</param>
readonly record struct Usage(TimeSpan User, TimeSpan Kernel, long RssKb, long PeakRssKb, IReadOnlyDictionary<int, TimeSpan> Threads)
{
    public TimeSpan Cpu => User + Kernel;

    /// <summary>CPU time since <paramref name="before"/>: the exact one unless a thread ended, whose last part nobody knows.</summary>
    public TimeSpan CpuSince(Usage before)
    {
        // A kernel may be built without the exact ones.
        if (Threads.Count == 0 || before.Threads.Keys.Except(Threads.Keys).Any())
            return Cpu - before.Cpu;
        return Threads.Aggregate(TimeSpan.Zero, (sum, thread) => sum + thread.Value - before.Threads.GetValueOrDefault(thread.Key));
    }
}

/// <summary>Reads /proc.</summary>
static class Accounting
{
    /// <summary>USER_HZ, which is 100 on every Linux that .NET runs on.</summary>
    const int TicksPerSecond = 100;

    // Fields of /proc/PID/stat after the command's closing parenthesis (proc(5) counts from 1 and begins with the process id).
    const int Parent = 4 - 3;
    const int UserTicks = 14 - 3;
    const int KernelTicks = 15 - 3;
    const int WaitedUserTicks = 16 - 3;
    const int WaitedKernelTicks = 17 - 3;

    public static Usage OfTree(int root)
    {
        TimeSpan user = default, kernel = default;
        long rssKb = 0, peakKb = 0;
        var threads = new Dictionary<int, TimeSpan>();
        foreach (var (process, fields) in Tree(root))
        {
            // utime and stime cover all threads, ended ones too; the waited ones are children that ended.
            user += Ticks(fields[UserTicks]) + Ticks(fields[WaitedUserTicks]);
            kernel += Ticks(fields[KernelTicks]) + Ticks(fields[WaitedKernelTicks]);
            AddThreads(threads, process);
            var status = ReadLines($"/proc/{process}/status");
            rssKb += Kilobytes(status, "VmRSS:");
            peakKb += Kilobytes(status, "VmHWM:");
        }

        return new(user, kernel, rssKb, peakKb, threads);
    }

    static void AddThreads(Dictionary<int, TimeSpan> threads, int process)
    {
        try
        {
            foreach (var folder in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                // Nanoseconds on a processor, nanoseconds waiting for one, times scheduled.
                if (ReadLines(folder + "/schedstat") is not [var line])
                    continue;
                var nanoseconds = long.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The process has ended meanwhile.
        }
    }

    /// <summary>Busy time of all processors together.</summary>
    public static TimeSpan OfMachine()
    {
        // cpu user nice system idle iowait irq softirq steal: all but idle and iowait.
        var fields = ReadLines("/proc/stat")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7, 8 }.Aggregate(TimeSpan.Zero, (sum, index) => sum + Ticks(fields[index]));
    }

    static IEnumerable<(int Process, string[] Fields)> Tree(int root)
    {
        var all = new Dictionary<int, string[]>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && Stat(process) is { } fields)
                all[process] = fields;
        }

        var members = new HashSet<int> { root };
        for (var before = 0; before != members.Count;)
        {
            before = members.Count;
            members.UnionWith(all.Where(pair => members.Contains(int.Parse(pair.Value[Parent], CultureInfo.InvariantCulture))).Select(static pair => pair.Key));
        }

        return members.Where(all.ContainsKey).Select(process => (process, all[process]));
    }

    static string[]? Stat(int process)
    {
        // A command may hold spaces and parentheses; the last one closes it.
        var line = string.Concat(ReadLines($"/proc/{process}/stat"));
        var close = line.LastIndexOf(')');
        return close < 0 ? null : line[(close + 2)..].Split(' ');
    }

    /// <summary>Empty when the process has ended meanwhile.</summary>
    static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }

    static TimeSpan Ticks(string field) => TimeSpan.FromSeconds(long.Parse(field, CultureInfo.InvariantCulture) / (double)TicksPerSecond);

    static long Kilobytes(string[] status, string name) =>
        status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(name.Length, line.Length - name.Length - "kB".Length).Trim(), CultureInfo.InvariantCulture)
            : 0;
}
