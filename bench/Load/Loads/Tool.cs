using System.Diagnostics;

namespace Weir.Bench.Load;

/// <summary>A program that runs, prints and ends.</summary>
static class Tool
{
    /// <summary>What it printed. Throws when it ended with another code than 0.</summary>
    public static async Task<string> RunAsync(string command, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var ended = cancel.Register(process.Kill);
        var error = process.StandardError.ReadToEndAsync(cancel);
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {output}{await error}");
    }
}
