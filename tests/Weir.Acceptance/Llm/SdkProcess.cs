using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>Node.js with one official client loaded: starting it costs more than all that it is then asked.</summary>
sealed class SdkProcess : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    readonly System.Diagnostics.Process _node;
    readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    readonly ConcurrentQueue<string> _errors = [];
    int _last;

    public SdkProcess(string module)
    {
        var scripts = Path.Combine(AppContext.BaseDirectory, "Llm", "sdk");
        var clients = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "node_modules"));
        if (!Directory.Exists(clients)) throw new DirectoryNotFoundException($"no clients in {clients}: run ./test Acceptance, which installs them");
        _node = new System.Diagnostics.Process
        {
            StartInfo = new ProcessStartInfo("node", [Path.Combine(scripts, "run.mjs"), module])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        _node.Exited += (_, _) => FailAll();
        _node.OutputDataReceived += (_, line) => Take(line.Data);
        _node.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        _node.Start();
        _node.BeginOutputReadLine();
        _node.BeginErrorReadLine();
    }

    /// <summary>What came of a scenario.</summary>
    public async Task<JsonNode> RunAsync(string scenario, JsonObject target)
    {
        var id = Interlocked.Increment(ref _last);
        var outcome = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var line = new JsonObject { ["id"] = id, ["scenario"] = scenario, ["target"] = target };
        await _node.StandardInput.WriteLineAsync(line.ToJsonString());
        await _node.StandardInput.FlushAsync();
        try
        {
            return await outcome.Task.WaitAsync(s_patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no outcome of {scenario} in {s_patience.TotalSeconds} s; node said: {string.Join('\n', _errors)}");
        }
    }

    void Take(string? line)
    {
        // Some clients print advice of their own.
        if (line is null || !line.StartsWith('{') || JsonNode.Parse(line) is not { } outcome) return;
        if (_waiting.TryRemove((int)outcome["id"]!, out var waiting)) waiting.SetResult(outcome);
    }

    /// <summary>Nobody answers any more.</summary>
    void FailAll()
    {
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiting)) waiting.SetException(new InvalidOperationException("node ended: " + string.Join('\n', _errors)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_node.HasExited)
        {
            _node.Kill();
            await _node.WaitForExitAsync();
        }
        _node.Dispose();
    }
}
