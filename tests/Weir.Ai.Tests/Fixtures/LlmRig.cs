using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Ai.Plugins;
using Weir.Telemetry;

namespace Weir.Ai.Tests;

/// <summary>Plugins of a route, and providers that say what they are told to: calls run through all phases without a gateway around them.</summary>
sealed class LlmRig : IServiceProvider, IUpstreams, IPluginSource
{
    readonly List<IPlugin> _plugins = [];
    readonly Queue<Func<UpstreamMessage, UpstreamReply>> _replies = [];
    readonly LlmMetrics _metrics = new(new MetricRegistry());
    readonly LlmBooks _books = new(null, null, UnpricedPolicy.Allow, new ManualTime(), NullLogger<LlmBooks>.Instance);

    /// <summary>What was sent to providers.</summary>
    public List<UpstreamMessage> Sent { get; } = [];

    /// <summary>Adds a plugin; to be called in the order of the catalog.</summary>
    public LlmRig With<TPlugin, TConfig>(string config) where TPlugin : IPluginKind<TConfig>, IPlugin where TConfig : class
    {
        _plugins.Add(LlmExchange.Create<TPlugin, TConfig>(config, this));
        return this;
    }

    /// <summary>A proxy to a model m of this provider.</summary>
    public LlmRig Proxy(string provider, string more = "") => With<AiProxy, AiProxy.Config>(
        $$"""
        {"auth":{"header_name":"Authorization","header_value":"Bearer k"} {{more}},
         "model":{"provider":"{{provider}}","name":"m","options":{"upstream_url":"http://provider","anthropic_version":"2023-06-01"} } }
        """);

    /// <summary>The next answer of a provider, in pieces of so many bytes.</summary>
    public LlmRig Answer(byte[] body, string contentType = "application/json", int status = 200, int pieceBytes = int.MaxValue)
    {
        _replies.Enqueue(_ => new KnownReply(status, contentType, body, pieceBytes));
        return this;
    }

    public LlmRig Fail(UpstreamFailure failure)
    {
        _replies.Enqueue(_ => new KnownReply(failure));
        return this;
    }

    /// <summary>Runs a request through all phases.</summary>
    public async Task<RigAnswer> RunAsync(string path, string body, string? contentType = "application/json")
    {
        var exchange = LlmExchange.Of(path, Encoding.UTF8.GetBytes(body), contentType, this);
        var verdict = Verdict.Continue;
        foreach (var plugin in _plugins)
            if (!verdict.Stops && plugin is IOnRequest request) verdict = await request.OnRequestAsync(exchange);
        var output = new CollectedBody();
        if (!verdict.Stops && FindPlugin<ProxyPlugin>() is { } proxy)
        {
            verdict = await proxy.SendAsync(exchange);
            if (!verdict.Stops)
            {
                await proxy.CopyBodyAsync(exchange, output);
                if (FindPlugin<AiResponseTransformer>() is { } whole) verdict = await whole.OnWholeAnswerAsync(exchange, output.Written.WrittenMemory);
            }
            await proxy.FinishAsync(exchange);
        }
        foreach (var plugin in _plugins)
            if (plugin is IOnDone done) done.OnDone(exchange);
        if (verdict.Answer is { } stopped)
        {
            foreach (var (name, value) in stopped.Headers) exchange.Http.Response.Headers[name] = value;
            exchange.Http.Response.ContentType = stopped.ContentType;
        }
        return verdict.Answer is { } answer
            ? new RigAnswer(exchange, answer.Status, answer.Body.ToArray())
            : new RigAnswer(exchange, exchange.Http.Response.StatusCode, output.Written.WrittenSpan.ToArray());
    }

    public T? FindPlugin<T>() where T : class, IPlugin => _plugins.OfType<T>().FirstOrDefault();

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IUpstreams) ? this : serviceType == typeof(LlmMetrics) ? _metrics : serviceType == typeof(LlmBooks) ? _books : null;

    public ValueTask<UpstreamReply> SendAsync(UpstreamMessage message)
    {
        Sent.Add(message);
        return new(_replies.Dequeue()(message));
    }

    sealed class CollectedBody : BodyOutput
    {
        public ArrayBufferWriter<byte> Written { get; } = new();

        public override void Advance(int count) => Written.Advance(count);

        public override Memory<byte> GetMemory(int sizeHint = 0) => Written.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => Written.GetSpan(sizeHint);

        public override ValueTask<bool> FlushAsync() => new(true);
    }
}

/// <summary>What came of a call.</summary>
sealed record RigAnswer(Weir.Exchange Exchange, int Status, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public string Header(string name) => Exchange.Http.Response.Headers[name].ToString();

    /// <summary>A field of the log record, as JSON.</summary>
    public string? Log(string name)
    {
        foreach (var (field, json) in Exchange.LogFields)
            if (field == name) return Encoding.UTF8.GetString(json.Span);
        return null;
    }
}
