using System.Globalization;
using System.Net;

namespace Weir.Gateway;

/// <summary>A target as the configuration writes it: <c>host</c>, <c>host:port</c>, <c>ip:port</c> or <c>[ipv6]:port</c>.</summary>
readonly record struct TargetName(string Host, int Port)
{
    /// <summary>Port of a target that names none.</summary>
    public const int DefaultPort = 8000;

    /// <summary>Reads a target; false when the text is none of the four forms.</summary>
    public static bool TryParse(string text, out TargetName target)
    {
        target = default;
        var host = text.AsSpan();
        ReadOnlySpan<char> port = default;
        if (host.StartsWith('['))
        {
            var end = host.IndexOf(']');
            if (end < 0 || (end + 1 < host.Length && host[end + 1] != ':')) return false;
            if (end + 1 < host.Length)
            {
                port = host[(end + 2)..];
                if (port.IsEmpty) return false;
            }
            host = host[1..end];
            if (!IPAddress.TryParse(host, out _) || !host.Contains(':')) return false;
        }
        else if (host.Count(':') == 1)
        {
            var colon = host.IndexOf(':');
            port = host[(colon + 1)..];
            host = host[..colon];
            if (port.IsEmpty) return false;
        }
        else if (host.Contains(':') && !IPAddress.TryParse(host, out _))
        {
            return false;
        }

        var number = DefaultPort;
        if (host.IsEmpty) return false;
        if (!port.IsEmpty && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > IPEndPoint.MaxPort)) return false;
        target = new TargetName(host.ToString(), number);
        return true;
    }

    /// <summary>The form with explicit port, IPv6 in brackets.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
