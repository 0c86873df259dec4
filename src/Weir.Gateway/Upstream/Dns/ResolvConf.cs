using System.Globalization;
using System.Net;

namespace Weir.Gateway;

/// <summary>What /etc/resolv.conf says (resolv.conf(5)). Lines that make no sense are passed over, as every resolver does.</summary>
sealed record ResolvConf
{
    /// <summary>Most name servers used; more are ignored.</summary>
    public const int NameserversMax = 3;

    /// <summary>Most domains of the search list; more are ignored.</summary>
    public const int SearchMax = 16;

    const int DnsPort = 53;
    const int NdotsMax = 15;
    const int TimeoutSecondsMax = 30;
    const int AttemptsMax = 5;

    /// <summary>Servers to ask, in order.</summary>
    public IReadOnlyList<IPEndPoint> Nameservers { get; init; } = [new(IPAddress.Loopback, DnsPort)];

    /// <summary>Domains appended to short names.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>A name with at least so many dots is tried as it stands first.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>Time for one server's answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rounds through the servers.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Whether queries start at another server each time.</summary>
    public bool Rotate { get; init; }

    /// <summary>Reads the file's text.</summary>
    public static ResolvConf Parse(string text)
    {
        var conf = new ResolvConf();
        List<IPEndPoint> nameservers = [];
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out var parsed) && nameservers.Count < NameserversMax:
                    nameservers.Add(new IPEndPoint(parsed, DnsPort));
                    break;
                case ["search" or "domain", .. var domains]:
                    var named = domains.Select(static domain => domain.TrimEnd('.')).Where(static domain => domain.Length > 0);
                    conf = conf with { Search = [.. named.Take(SearchMax)] };
                    break;
                case ["options", .. var options]:
                    conf = options.Aggregate(conf, static (conf, option) => conf.With(option));
                    break;
            }
        }
        return nameservers.Count > 0 ? conf with { Nameservers = nameservers } : conf;
    }

    /// <summary>The names to try for a name, in order.</summary>
    public IEnumerable<string> Candidates(string name)
    {
        if (name.EndsWith('.')) return [name.TrimEnd('.')];
        var searched = Search.Select(domain => $"{name}.{domain}");
        return name.AsSpan().Count('.') >= Ndots ? [name, .. searched] : [.. searched, name];
    }

    ResolvConf With(string option)
    {
        if (option == "rotate") return this with { Rotate = true };
        var colon = option.IndexOf(':');
        if (colon < 0 || !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return this;
        return option[..colon] switch
        {
            "ndots" => this with { Ndots = Math.Min(number, NdotsMax) },
            "timeout" => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(number, 1, TimeoutSecondsMax)) },
            "attempts" => this with { Attempts = Math.Clamp(number, 1, AttemptsMax) },
            _ => this,
        };
    }
}
