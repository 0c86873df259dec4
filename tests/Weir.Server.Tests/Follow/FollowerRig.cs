using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>A follower without a gateway behind it, and what it logs.</summary>
sealed class FollowerRig : IAsyncDisposable
{
    static readonly Vocabulary Known = Vocabulary.Of(new ReadOptions { Plugins = new Dictionary<string, PluginKind>() });

    readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("weir-follower-");
    readonly GatewayFolder _folder;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _running;

    public FollowerRig(Uri control, JoinToken? token, FollowLimits? limits = null)
    {
        _folder = GatewayFolder.Open(_place.FullName, null);
        Follower = new Follower(new FollowerParts
        {
            Control = control,
            Folder = _folder,
            Token = token,
            Version = "0.1.0",
            Hostname = "test",
            Vocabulary = Known,
            Limits = limits ?? ScriptedControl.Quick,
            Time = TimeProvider.System,
            Random = new Random(1),
            Log = Log,
            Status = static () => new FollowStatus { Version = "0.1.0" },
        }, Followed.Nothing);
        _running = Task.Run(() => Follower.RunAsync(_stopping.Token));
    }

    public Follower Follower { get; }

    public Lines Log { get; } = new();

    public GatewayIdentity? Identity => GatewayIdentity.Read(_folder);

    /// <summary>The name of the service that it has.</summary>
    public string? Service => Follower.Have.State.Table(ControlState.DefaultWorkspace, ControlKinds.Services).All.SingleOrDefault()?.Name;

    /// <summary>Returns when it has a revision.</summary>
    public async Task HasAsync(long revision)
    {
        while (Follower.Have.Point.Revision != revision) await Follower.WaitAsync(Follower.Have, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        _folder.Dispose();
        _place.Delete(recursive: true);
    }

    /// <summary>A log that can be waited for.</summary>
    internal sealed class Lines : ILogger
    {
        readonly List<string> _lines = [];
        readonly Lock _lock = new();
        TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<string> SaysAsync(string text)
        {
            while (true)
            {
                Task more;
                lock (_lock)
                {
                    if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found) return found;
                    more = _more.Task;
                }
                await more.WaitAsync(TestContext.Current.CancellationToken);
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
            {
                _lines.Add(formatter(state, exception) + exception);
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
