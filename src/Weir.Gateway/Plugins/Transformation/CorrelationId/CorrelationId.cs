using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway.Plugins;

/// <summary>Gives every request an id that the upstream, and if wanted the client, can see. An id that comes with the request stays.</summary>
sealed class CorrelationId : IPluginKind<CorrelationId.Config>, IOnRequest, IOnResponse
{
    readonly string _header;
    readonly IdGenerator _generator;
    readonly bool _echo;
    readonly Random _random;
    readonly TimeProvider _time;
    readonly Sequence _sequence;

    CorrelationId(Config config, PluginContext context)
    {
        (_header, _generator, _echo) = (config.HeaderName, config.Generator, config.EchoDownstream);
        (_random, _time) = (context.Random, context.Time);
        // One for the node: ids of two instances, or of before and after a reload, must differ.
        _sequence = context.Keep.Get("correlation-id/sequence", () => new Sequence(NewUuid(context.Random)));
    }

    public static string Name => "correlation-id";
    public static string Summary => "Adds an id to requests by which logs of client, gateway and upstream can be matched.";
    public static JsonTypeInfo<Config> ConfigType => CorrelationIdJson.Default.Config;

    /// <summary>It runs before the model of a request is known.</summary>
    public static PluginScopes Scopes => PluginScopes.All & ~PluginScopes.Model;

    public static IPlugin Create(Config config, PluginContext context) => new CorrelationId(config, context);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var incoming = headers[_header];
        var id = incoming.Count > 0 && incoming[0] is { Length: > 0 } sent ? sent : Generate(exchange);
        if (!ReferenceEquals(incoming.Count > 0 ? incoming[0] : null, id)) headers[_header] = id;
        if (_echo) exchange.SetState(this, id);
        return Verdict.Continue;
    }

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        // Not in the state when an earlier plugin answered: the client's own id is echoed all the same.
        if (_echo && ((exchange.FindState(this) as string) ?? exchange.Http.Request.Headers[_header].ToString()) is { Length: > 0 } id)
            exchange.Http.Response.Headers[_header] = id;
        return Verdict.Continue;
    }

    string Generate(Exchange exchange) => _generator switch
    {
        IdGenerator.Uuid => NewUuid(_random),
        IdGenerator.Tracker => Track(exchange),
        _ => _sequence.Next(),
    };

    /// <summary>Server address, port, process, connection, request on the connection, time in seconds: the request as the server's own logs know it.</summary>
    string Track(Exchange exchange)
    {
        var connection = exchange.Http.Features.Get<IHttpConnectionFeature>();
        // "connection:request" with the request in hexadecimal.
        var trace = exchange.Http.TraceIdentifier.AsSpan();
        var colon = trace.IndexOf(':');
        var request = colon >= 0
            && long.TryParse(trace[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : 1;
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{connection?.LocalIpAddress}-{connection?.LocalPort}-{Environment.ProcessId}-{connection?.ConnectionId}-{request}-{now:0.000}");
    }

    /// <summary>RFC 9562 §5.4: version 4, from the house's random numbers so that tests can repeat a run.</summary>
    static string NewUuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    sealed class Sequence(string prefix)
    {
        long _count;

        public string Next() => $"{prefix}#{Interlocked.Increment(ref _count)}";
    }

    /// <summary>Configuration of correlation-id.</summary>
    public sealed record Config
    {
        [Description("Header that carries the id."), Format(TextFormat.HeaderName)]
        public string HeaderName { get; init; } = "Kong-Request-ID";

        [Description("How ids are made: a UUID for each request (uuid), one for the node with a counter (uuid#counter), or the request's place (tracker).")]
        public IdGenerator Generator { get; init; } = IdGenerator.UuidCounter;

        [Description("Send the id to the client too.")]
        public bool EchoDownstream { get; init; }
    }
}

/// <summary>How ids are made.</summary>
enum IdGenerator
{
    [JsonStringEnumMemberName("uuid#counter")] UuidCounter,
    [JsonStringEnumMemberName("uuid")] Uuid,
    [JsonStringEnumMemberName("tracker")] Tracker,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CorrelationId.Config))]
sealed partial class CorrelationIdJson : JsonSerializerContext;
