using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>A process that the bench started and ends.</summary>
sealed partial class Child : IAsyncDisposable
{
    const int AnswerTimeoutMs = 20_000;
    const int StopTimeoutMs = 10_000;
    const int SigTerm = 15;

    readonly Process _process;
    readonly Lock _gate = new();
    readonly StringBuilder _output = new();

    Child(Process process, Launch launch)
    {
        _process = process;
        Launch = launch;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public Launch Launch { get; }

    public int Id => _process.Id;

    /// <summary>From the start of the process to its first good answer.</summary>
    public TimeSpan StartUp { get; private set; }

    public static async Task<Child> StartAsync(Launch launch, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(launch.Command, launch.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var began = Stopwatch.GetTimestamp();
        var child = new Child(Process.Start(start) ?? throw new InvalidOperationException($"{launch.Command} did not start"), launch);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        try
        {
            await child.WaitForAnswerAsync(began, cancel);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            using var patience = new CancellationTokenSource(StopTimeoutMs);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    async Task WaitForAnswerAsync(long began, CancellationToken cancel)
    {
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Launch} ended with {_process.ExitCode}:\n{Output}");
            if (await AnswersAsync(cancel))
            {
                StartUp = Stopwatch.GetElapsedTime(began);
                return;
            }

            if (Stopwatch.GetElapsedTime(began).TotalMilliseconds > AnswerTimeoutMs)
                throw new TimeoutException($"{Launch} gave no answer with status 200 in {AnswerTimeoutMs} ms:\n{Output}");
            await Task.Delay(1, cancel);
        }
    }

    /// <summary>Plain sockets: what HttpClient needs to warm up would count as the system's start-up.</summary>
    async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", Launch.Port, cancel);
            await using var stream = await OpenAsync(socket, cancel);
            var request = Launch.Request.With([("connection", "close"), .. Launch.Keys.Take(1).Select(static key => ("apikey", key))]);
            await stream.WriteAsync(request.Bytes(), cancel);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadLineAsync(cancel) is { } line && line.Contains(" 200 ", StringComparison.Ordinal);
        }
        // A port may have been somebody else's for a moment, who speaks no TLS.
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            return false;
        }
    }

    async ValueTask<Stream> OpenAsync(Socket socket, CancellationToken cancel)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        if (Launch.Target.Scheme != Uri.UriSchemeHttps)
            return stream;
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Launch.Trust() }, cancel);
        return tls;
    }

    string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    void Keep(string? line)
    {
        const int outputCharsMax = 16_384;
        lock (_gate)
        {
            if (line is not null && _output.Length < outputCharsMax)
                _output.AppendLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
