using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>What a gateway's process holds at one moment.</summary>
/// <param name="Descriptors">Open files, sockets and the rest.</param>
/// <param name="ClientSockets">Those among them that are connections of clients.</param>
/// <param name="UpstreamSockets">Those that are connections to the upstream.</param>
/// <param name="OpenConnections">Connections of clients by the gateway's own count.</param>
/// <param name="Threads">Threads of the process.</param>
/// <param name="RssKb">Resident memory.</param>
/// <param name="HeapKb">The managed heap after its last collection.</param>
readonly record struct Vitals(int Descriptors, int ClientSockets, int UpstreamSockets, long OpenConnections, int Threads, long RssKb, long HeapKb)
{
    const string Listening = "0A";
    const int LocalField = 1;
    const int RemoteField = 2;
    const int StateField = 3;
    const int InodeField = 9;

    public static async Task<Vitals> ReadAsync(Child child, Site site, CancellationToken cancel)
    {
        var launch = child.Launch;
        var page = await MetricsPage.ReadAsync(launch.MetricsAddress!, cancel);
        var links = Links(child.Id);
        var held = links.ToHashSet(StringComparer.Ordinal);
        int clients = 0, upstreams = 0;
        foreach (var line in File.ReadLines($"/proc/{child.Id}/net/tcp").Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[StateField] == Listening || !held.Contains($"socket:[{fields[InodeField]}]"))
                continue;
            if (PortOf(fields[LocalField]) is var local && (local == launch.Port || local == launch.PlainPort))
                clients++;
            else if (PortOf(fields[RemoteField]) == site.UpstreamPort)
                upstreams++;
        }

        var open = page.Value("weir_connections_open ") ?? throw new FormatException("the metrics do not tell the open connections");
        return new(
            links.Count, clients, upstreams, open, Directory.GetDirectories($"/proc/{child.Id}/task").Length, Accounting.OfTree(child.Id).RssKb,
            (page.Value("weir_heap_bytes") ?? 0) / 1024);
    }

    static List<string> Links(int process)
    {
        var links = new List<string>();
        foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
        {
            // One that was closed since it was listed counts no more.
            if (new FileInfo(descriptor).LinkTarget is { } target)
                links.Add(target);
        }

        return links;
    }

    /// <summary>Of <c>0100007F:1F90</c>.</summary>
    static int PortOf(string address) =>
        int.Parse(address.AsSpan(address.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
