using System.Diagnostics;

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

    public async ValueTask CopyBodyAsync(Passage passage)
    {
        if (passage.UpstreamPlugin is not { } plugin)
        {
            await forwarder.CopyBodyAsync(passage);
            return;
        }
        var output = new PassageOutput(passage);
        await passage.ToThreadOf(plugin);
        await plugin.OnUpstream!.CopyBodyAsync(passage.Exchange, output);
        await output.CompleteAsync();
        if (passage.AnsweredTicks != 0) passage.Exchange.UpstreamReceive = Stopwatch.GetElapsedTime(passage.AnsweredTicks);
    }

    public async ValueTask FinishAsync(Passage passage)
    {
        if (passage.UpstreamPlugin is { } plugin) await plugin.OnUpstream!.FinishAsync(passage.Exchange);
        else await forwarder.FinishAsync(passage);
    }

    static PreparedPlugin? Choose(Passage passage)
    {
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is { OnUpstream: not null } plugin && (plugin.Protocols & passage.Protocol) != 0) return plugin;
        }
        return null;
    }

    static async ValueTask<Verdict> SendAsync(Passage passage, PreparedPlugin plugin)
    {
        await passage.ToThreadOf(plugin);
        var verdict = await plugin.OnUpstream!.SendAsync(passage.Exchange);
        await passage.ToLoop();
        if (passage.Exchange.Source == AnswerSource.None) passage.Exchange.Source = verdict.Stops ? AnswerSource.Error : AnswerSource.Upstream;
        return verdict;
    }
}
