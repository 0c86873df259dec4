using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>A load while processes beside it keep the processors busy: who waits for a thread to be scheduled waits long.</summary>
sealed class BusyNeighbours(int processes, Load load) : Load
{
    const string CommandName = "busy";

    /// <summary>A loop ends by itself this long after the load should have: also when nobody is left to end it.</summary>
    const int GraceSeconds = 10;

    public override string Title => $"{load.Title}, with {processes} busy loops beside";

    public override async Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel)
    {
        var loops = new List<Process>();
        try
        {
            for (var i = 0; i < processes; i++)
                loops.Add(Start(seconds + GraceSeconds));
            foreach (var loop in loops)
                _ = await loop.StandardOutput.ReadLineAsync(cancel) ?? throw new InvalidOperationException("a busy loop did not start");
            return await load.RunAsync(launch, site, options, seconds, cancel);
        }
        finally
        {
            foreach (var loop in loops)
            {
                loop.Kill();
                // Until it is waited for, its time is not among the time of ours.
                await loop.WaitForExitAsync(CancellationToken.None);
                loop.Dispose();
            }
        }
    }

    /// <summary>The command that such a process runs.</summary>
    public static Command Command()
    {
        var seconds = new Argument<int>("seconds");
        var command = new Command(CommandName, "Keeps one processor busy.") { seconds };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var length = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            Console.WriteLine(CommandName);
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length;)
                Thread.SpinWait(1000);
        });
        return command;
    }

    static Process Start(int seconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [CommandName, seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("a busy loop did not start");
    }
}
