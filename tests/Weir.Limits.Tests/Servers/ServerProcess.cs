using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weir.Limits.Tests;

/// <summary>A server started for tests, in a folder of its own that goes with it.</summary>
sealed class ServerProcess : IAsyncDisposable
{
    static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);

    readonly ConcurrentQueue<string> _output = new();
    readonly Process _process;

    public ServerProcess(string command, IEnumerable<string> arguments, DirectoryInfo folder)
    {
        Folder = folder;
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public DirectoryInfo Folder { get; }

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _output);

    public int Id => _process.Id;

    /// <summary>Ends the process as a crash would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().WaitAsync(ExitTimeout, TimeProvider.System);
        _process.Dispose();
        Folder.Delete(recursive: true);
    }
}
