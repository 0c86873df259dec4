using System.Collections.Frozen;
using System.Net;

namespace Weir.Gateway;

/// <summary>The resolver's two files as they are now: read at first use and again when their time or size has changed.</summary>
sealed class ResolverFiles(ResolverSettings settings, TimeProvider time)
{
    readonly Lock _lock = new();
    DateTimeOffset _checkedAt = DateTimeOffset.MinValue;
    (DateTime, long) _confStamp;
    (DateTime, long) _hostsStamp;
    ResolvConf _conf = new();
    FrozenDictionary<string, IPAddress[]> _hosts = FrozenDictionary<string, IPAddress[]>.Empty;

    /// <summary>Servers, search list and options; servers of the settings win.</summary>
    public ResolvConf Conf
    {
        get
        {
            lock (_lock)
            {
                Check();
                return settings.Nameservers is { } nameservers ? _conf with { Nameservers = nameservers } : _conf;
            }
        }
    }

    /// <summary>Names known without asking.</summary>
    public FrozenDictionary<string, IPAddress[]> Hosts
    {
        get
        {
            lock (_lock)
            {
                Check();
                return _hosts;
            }
        }
    }

    void Check()
    {
        var now = time.GetUtcNow();
        if (now < _checkedAt + settings.FilesCheckInterval && _checkedAt != DateTimeOffset.MinValue) return;
        _checkedAt = now;
        if (Changed(settings.ResolvConfPath, ref _confStamp) is { } conf) _conf = ResolvConf.Parse(conf);
        if (Changed(settings.HostsPath, ref _hostsStamp) is { } hosts) _hosts = HostsFile.Parse(hosts);
    }

    /// <summary>The file's text if it changed; a file that cannot be read, perhaps because it is being replaced, changes nothing.</summary>
    static string? Changed(string path, ref (DateTime, long) stamp)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return null;
            var now = (file.LastWriteTimeUtc, file.Length);
            if (now == stamp) return null;
            var text = File.ReadAllText(path);
            stamp = now;
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
