using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weir.Gateway;

/// <summary>Gives an exchange to the plugin that answers in the upstream's place, where its route has one, and to the forwarder otherwise.</summary>
sealed class PluginForwarder(IForwarder forwarder) : IForwarder
{
    public ValueTask<Verdict> SendAsync(Passage passage)
    {
        if (!passage.Plan.HasUpstreamPhase || Choose(passage) is not { } plugin) return forwarder.SendAsync(passage);
        passage.UpstreamPlugin = plugin;
        return SendAsync(passage, plugin);
    }

    public Http1Connection? TrySend(Passage passage) => passage.Plan.HasUpstreamPhase ? null : forwarder.TrySend(passage);

    public ValueTask<Verdict> HeadEndedAsync(Passage passage, Fault fault) => forwarder.HeadEndedAsync(passage, fault);

    public ValueTask CopyBodyAsync(Passage passage) =>
        passage.UpstreamPlugin is { } plugin ? CopyBodyAsync(passage, plugin) : forwarder.CopyBodyAsync(passage);

    public ValueTask FinishAsync(Passage passage) =>
        passage.UpstreamPlugin is { } plugin ? plugin.OnUpstream!.FinishAsync(passage.Exchange) : forwarder.FinishAsync(passage);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    static async ValueTask CopyBodyAsync(Passage passage, PreparedPlugin plugin)
    {
        var output = new PassageOutput(passage);
        await passage.ToThreadOf(plugin);
        await plugin.OnUpstream!.CopyBodyAsync(passage.Exchange, output);
        await output.CompleteAsync();
        if (passage.AnsweredTicks != 0) passage.Exchange.UpstreamReceive = Stopwatch.GetElapsedTime(passage.AnsweredTicks);
    }

    static PreparedPlugin? Choose(Passage passage)
    {
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is { OnUpstream: not null } plugin && (plugin.Protocols & passage.Protocol) != 0) return plugin;
        }
        return null;
    }

    /// <summary>Without a state machine of its own where the plugin runs on this thread, as it mostly does.</summary>
    static ValueTask<Verdict> SendAsync(Passage passage, PreparedPlugin plugin)
    {
        var thread = passage.ToThreadOf(plugin);
        if (!thread.IsCompleted) return SwitchAsync(thread, passage, plugin);
        thread.GetResult();
        return plugin.OnUpstream!.SendAsync(passage.Exchange);

        static async ValueTask<Verdict> SwitchAsync(ThreadSwitch thread, Passage passage, PreparedPlugin plugin)
        {
            await thread;
            return await plugin.OnUpstream!.SendAsync(passage.Exchange);
        }
    }
}
