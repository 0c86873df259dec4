using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Ai.Tests;

/// <summary>Servers that answer from a script, one line per call; a call beyond its end is a failure of the test.</summary>
sealed class ScriptedUpstreams : IUpstreams
{
    readonly Queue<Func<UpstreamMessage, Task<UpstreamReply>>> _script = new();

    public List<UpstreamMessage> Sent { get; } = [];

    public ScriptedUpstreams Answer(int status, string body) => Add(_ => Task.FromResult<UpstreamReply>(new Reply(status, Encoding.UTF8.GetBytes(body))));

    public ScriptedUpstreams Token(string token, int seconds) =>
        Answer(200, $$"""{"access_token":"{{token}}","expires_in":{{seconds}},"token_type":"Bearer"}""");

    public ScriptedUpstreams Fail(UpstreamFailure failure, string reason = "", bool wasSent = true) =>
        Add(_ => Task.FromResult<UpstreamReply>(new Reply(0, [], failure, reason, wasSent)));

    /// <summary>Forgets what was not asked for.</summary>
    public ScriptedUpstreams Clear()
    {
        _script.Clear();
        return this;
    }

    /// <summary>An answer whose body fails after what is given.</summary>
    public ScriptedUpstreams Break(string body) =>
        Add(_ => Task.FromResult<UpstreamReply>(new Reply(200, Encoding.UTF8.GetBytes(body)) { BodyFailure = UpstreamFailure.Broken }));

    /// <summary>An answer that comes when the test says so.</summary>
    public ScriptedUpstreams Token(string token, int seconds, Task when) => Add(async _ =>
    {
        await when;
        return new Reply(200, Encoding.UTF8.GetBytes($$"""{"access_token":"{{token}}","expires_in":{{seconds}}}"""));
    });

    /// <summary>No answer before the caller gives up.</summary>
    public ScriptedUpstreams Hang() => Add(static async message =>
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopped = message.Stop.Register(gone.SetResult);
        await gone.Task;
        return new Reply(0, [], UpstreamFailure.Aborted, "stopped", true);
    });

    public async ValueTask<UpstreamReply> SendAsync(UpstreamMessage message)
    {
        Sent.Add(message);
        Assert.True(_script.TryDequeue(out var line), $"nobody expected {message.Method} {message.To.Authority}{message.Path}");
        return await line(message);
    }

    /// <summary>The house of a plugin that makes these calls.</summary>
    public PluginContext Context(TimeProvider time, IKeep? keep = null) => new()
    {
        PluginId = "p",
        Time = time,
        Random = new Random(1),
        Log = NullLogger.Instance,
        Consumers = new NoConsumers(),
        Keep = keep ?? new Kept(),
        Services = new House(this),
    };

    ScriptedUpstreams Add(Func<UpstreamMessage, Task<UpstreamReply>> line)
    {
        _script.Enqueue(line);
        return this;
    }

    /// <summary>State by key, whose keys a test can read.</summary>
    public sealed class Kept : IKeep
    {
        public Dictionary<string, object> Objects { get; } = [];

        public T Get<T>(string key, Func<T> create) where T : class
        {
            if (!Objects.TryGetValue(key, out var known)) Objects[key] = known = create();
            return (T)known;
        }
    }

    sealed class NoConsumers : IConsumers
    {
        public Consumer? Find(string idOrUsername) => null;
        public Consumer? FindByCustomId(string customId) => null;
    }

    sealed class House(IUpstreams upstreams) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IUpstreams) ? upstreams : null;
    }

    sealed class Reply(int status, byte[] body, UpstreamFailure failure = UpstreamFailure.None, string? reason = null, bool wasSent = true) : UpstreamReply
    {
        int _at;

        public UpstreamFailure BodyFailure { get; init; }
        public override UpstreamFailure Failure => failure;
        public override string? Reason => reason;
        public override bool WasSent => wasSent;
        public override int Status => status;
        public override int ReadTimeoutMs { set { } }
        public override string? Header(string name) => null;
        public override void CopyHeadersTo(IHeaderDictionary headers) { }

        public override ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination)
        {
            var count = Math.Min(destination.Length, body.Length - _at);
            body.AsMemory(_at, count).CopyTo(destination);
            _at += count;
            return new(new UpstreamRead(count, _at == body.Length, _at == body.Length ? BodyFailure : UpstreamFailure.None));
        }

        public override void Abort() { }
        public override void Dispose() { }
    }
}
