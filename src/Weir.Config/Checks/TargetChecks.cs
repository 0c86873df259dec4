using System.Globalization;

namespace Weir.Config;

/// <summary>Gives every target its explicit port and refuses what is no address.</summary>
static class TargetChecks
{
    const int PortDefault = 8000;

    public static void Check(Collector collected, Report report)
    {
        var seen = new Dictionary<(string Upstream, string Target), Row>();
        foreach (var (row, target) in collected.Parsed<TargetConfig>(EntityKinds.Targets))
        {
            if (target.Upstream?.Id is null)
                report.Error(row, "upstream", "required field missing");
            if (Normalize(target.Target) is not { } normal)
            {
                report.Error(row, "target", $"Invalid target ('{target.Target}'); not a valid hostname or ip address");
                continue;
            }
            row.Entity = target with { Target = normal };
            var key = (target.Upstream?.Id ?? "", normal);
            if (!seen.TryAdd(key, row))
                report.Error(row, "target", $"must be unique in its upstream, but '{normal}' stands at {seen[key].Node.Place} too");
        }
    }

    /// <summary><c>host:port</c> with the port filled in; null when the text is no address.</summary>
    public static string? Normalize(string target)
    {
        if (target.Contains(':', StringComparison.Ordinal) && TextFormats.IsIp(target))
            return string.Create(CultureInfo.InvariantCulture, $"[{target}]:{PortDefault}");
        var (host, port) = HostFormat.SplitPort(target);
        var good = host.StartsWith('[')
            ? host.EndsWith(']') && TextFormats.IsIp(host[1..^1])
            : TextFormats.IsIp(host) || HostFormat.IsHostName(host);
        if (!good || (port is not null && !HostFormat.IsPort(port)))
            return null;
        // Four numbers that are no address would otherwise pass for a host name.
        if (host.All(static c => char.IsAsciiDigit(c) || c == '.') && !TextFormats.IsIp(host))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{port ?? PortDefault.ToString(CultureInfo.InvariantCulture)}");
    }
}
