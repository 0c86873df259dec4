namespace Weir.Server;

/// <summary>
/// Says when configuration files have changed. Looks at their names, sizes and times a few times a second: that also sees what change notifications do
/// not, such as mounted volumes and symbolic links that are swapped.
/// </summary>
sealed class FileWatch : IDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    readonly IReadOnlyList<string> _paths;
    readonly Action _changed;
    readonly ITimer _timer;
    string _seen;
    string? _pending;

    public FileWatch(IReadOnlyList<string> paths, Action changed, TimeProvider time)
    {
        _paths = paths;
        _changed = changed;
        _seen = Picture();
        _timer = time.CreateTimer(static state => ((FileWatch)state!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    void Look()
    {
        var now = Picture();
        if (now == _seen)
        {
            _pending = null;
            return;
        }
        // Changed and the same for one interval: whoever writes has finished.
        if (now != _pending)
        {
            _pending = now;
            return;
        }
        (_seen, _pending) = (now, null);
        _changed();
    }

    string Picture()
    {
        var picture = new System.Text.StringBuilder();
        try
        {
            foreach (var path in _paths)
            {
                IEnumerable<string> files = Directory.Exists(path)
                    ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                    : [path];
                foreach (var file in files)
                {
                    var info = new FileInfo(new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file);
                    var (length, ticks) = info.Exists ? (info.Length, info.LastWriteTimeUtc.Ticks) : (-1, 0);
                    picture.Append(file).Append('|').Append(length).Append('|').Append(ticks).Append('\n');
                }
            }
        }
        catch (IOException)
        {
            // A file came or went while we looked: the next look sees the result.
            return _seen;
        }
        return picture.ToString();
    }
}
