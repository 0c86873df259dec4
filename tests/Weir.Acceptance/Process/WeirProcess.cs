using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Weir.Acceptance;

/// <summary>The built executable as a process of its own, with what it prints.</summary>
sealed class WeirProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly System.Diagnostics.Process _process;
    readonly ConcurrentQueue<string> _output = [];
    readonly ConcurrentQueue<string> _errors = [];
    readonly long _started;

    WeirProcess(System.Diagnostics.Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _started = TimeProvider.System.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public TimeSpan Age => TimeProvider.System.GetElapsedTime(_started);

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory that is in use and not only reserved.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public int Descriptors => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    public static WeirProcess Start(params string[] arguments) => Start([], arguments);

    public static WeirProcess Start(IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        TestTransport.PassOn(start.Environment);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new WeirProcess(new System.Diagnostics.Process { StartInfo = start });
    }

    /// <summary>A gateway on ports of its own choosing, ready for requests.</summary>
    public static Task<(WeirProcess Process, Uri Proxy, Uri Status)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    public static async Task<(WeirProcess Process, Uri Proxy, Uri Status)> RunAsync(
        IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var process = Start(environment, ["run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "127.0.0.1:0", .. arguments]);
        var proxy = await process.AddressAsync("proxy");
        return (process, proxy, await process.AddressAsync("status"));
    }

    /// <summary>Runs to the end: exit code, and all that was printed.</summary>
    public static async Task<(int Code, string Output, string Errors)> EndedAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return (await process.ExitCodeAsync(), process.Output, process.Errors);
    }

    /// <summary>The address that a line of the start names, such as "  proxy   http://127.0.0.1:8000".</summary>
    public async Task<Uri> AddressAsync(string what)
    {
        string? line = null;
        await Poll.UntilAsync(
            () => (line = _output.FirstOrDefault(text => text.TrimStart().StartsWith(what + " ", StringComparison.Ordinal))) is not null || _process.HasExited,
            $"a line about {what}", 30);
        Assert.True(line is not null, "ended: " + Errors);
        return new Uri(line!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>Sends TERM, HUP or INT.</summary>
    public Task SignalAsync(string name) => ToolAsync("kill", "-" + name, _process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Lets it have so many descriptors from now on; those that it has stay open.</summary>
    public Task LimitDescriptorsAsync(int count) =>
        ToolAsync(
            "prlimit", string.Create(CultureInfo.InvariantCulture, $"--pid={_process.Id}"), string.Create(CultureInfo.InvariantCulture, $"--nofile={count}:"));

    public async Task<int> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    /// <summary>Of the builds beside this assembly the newest.</summary>
    public static string Executable()
    {
        var builds = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Weir.Server"));
        return new[] { "release", "debug" }.Select(build => Path.Combine(builds, build, "weir")).Where(File.Exists)
            .OrderByDescending(file => File.GetLastWriteTimeUtc(file + ".dll")).FirstOrDefault()
            ?? throw new FileNotFoundException("no built weir under " + builds);
    }

    static async Task ToolAsync(string name, params string[] arguments)
    {
        using var tool = System.Diagnostics.Process.Start(name, arguments);
        await tool.WaitForExitAsync();
        Assert.Equal(0, tool.ExitCode);
    }

    static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
