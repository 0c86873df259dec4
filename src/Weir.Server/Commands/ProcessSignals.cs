using System.Runtime.InteropServices;

namespace Weir.Server;

/// <summary>Signals from outside: stop and reload.</summary>
static class ProcessSignals
{
    /// <summary>Completes when SIGTERM or SIGINT arrives, or the command is cancelled. The process then ends by itself.</summary>
    public static async Task WaitForStopAsync(CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var cancelled = cancellation.Register(() => asked.TrySetResult());
        await asked.Task;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            asked.TrySetResult();
        }
    }

    /// <summary>Calls back on SIGHUP.</summary>
    public static IDisposable OnReload(Action reload) => PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
    {
        context.Cancel = true;
        reload();
    });
}
