using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Which calls a target is tried out with: those of some consumers, with some header, a share of them.</summary>
sealed class Canary(CanaryConfig config, string hashOnHeader, string salt, Random random)
{
    const double Percent = 100;

    /// <summary>
    /// Whether the canary gets this call. The same caller always meets the same side: the consumer decides, else the balancer's hash header; without either
    /// it is chance.
    /// </summary>
    public bool Takes(Exchange exchange)
    {
        if (config.ConsumerGroups.Count > 0 && !IsInGroup(exchange)) return false;
        if (config.Header is { } header && !Has(header, exchange)) return false;
        if (config.Percentage >= Percent) return true;
        return ShareOf(exchange) * Percent < config.Percentage;
    }

    double ShareOf(Exchange exchange)
    {
        if (exchange.Consumer is { } consumer) return TextHash.ShareOf(consumer.Id, salt);
        var value = exchange.Http.Request.Headers[hashOnHeader];
        return value is [{ Length: > 0 } text, ..] ? TextHash.ShareOf(text, salt) : random.NextDouble();
    }

    bool IsInGroup(Exchange exchange)
    {
        foreach (var group in exchange.Consumer?.Groups ?? [])
            if (config.ConsumerGroups.Contains(group.Name) || config.ConsumerGroups.Contains(group.Id)) return true;
        return false;
    }

    static bool Has(CanaryHeader header, Exchange exchange)
    {
        foreach (var value in exchange.Http.Request.Headers[header.Name])
            if (value is not null && (header.Values.Count == 0 || header.Values.Contains(value))) return true;
        return false;
    }
}
