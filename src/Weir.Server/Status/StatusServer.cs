using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Gateway;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>
/// The status listener: is it alive, is it ready, what is configured, what happened; and POST /config. A server of its own, apart from traffic.
/// </summary>
sealed class StatusServer : IAsyncDisposable
{
    const int DocumentBytesMax = 256 * 1024 * 1024;

    /// <summary>The answers are JSON for people and programs, never part of a web page: nothing needs to be escaped for one.</summary>
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly PlainServer _server;
    readonly GatewayNode _node;
    readonly Func<string, string, DocumentResult>? _read;
    readonly Func<Stream, ExpositionFormat, CancellationToken, Task> _metrics;
    readonly TimeProvider _time;
    readonly DateTimeOffset _startedAt;

    /// <param name="node">The gateway.</param>
    /// <param name="read">Reads a document from text: file name, text. Null where the configuration comes from a control plane.</param>
    /// <param name="metrics">Writes the metrics page.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">The clock.</param>
    public StatusServer(
        GatewayNode node, Func<string, string, DocumentResult>? read, Func<Stream, ExpositionFormat, CancellationToken, Task> metrics, ILoggerFactory loggers,
        TimeProvider time)
    {
        (_node, _read, _time, _startedAt) = (node, read, time, time.GetUtcNow());
        _metrics = metrics;
        _server = new PlainServer(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = DocumentBytesMax;
            foreach (var address in node.Settings.StatusListen) kestrel.Listen(IPEndPoint.Parse(address), listen => listen.Protocols = HttpProtocols.Http1);
        }, HandleAsync, loggers, node.HandedOver);
    }

    /// <summary>How it stands with the control plane that this node follows; null when it follows none.</summary>
    public Func<JsonObject>? ControlPlane { get; init; }

    public IReadOnlyCollection<string> Addresses => _server.Addresses;

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value?.TrimEnd('/')) switch
    {
        ("GET", "/status") => StatusAsync(context),
        ("GET", "/status/ready") => Ready(context),
        ("GET", "/metrics") => MetricsAsync(context),
        ("POST", "/config") => PostConfigAsync(context),
        _ => AnswerAsync(context, 404, new JsonObject { ["message"] = "Not found" }),
    };

    Task MetricsAsync(HttpContext context)
    {
        var format = MetricsFormat.Of(context.Request.Headers.Accept);
        context.Response.ContentType = MetricsFormat.ContentType(format);
        return _metrics(context.Response.Body, format, context.RequestAborted);
    }

    async Task StatusAsync(HttpContext context)
    {
        var last = _node.Applier.Last;
        var status = new JsonObject
        {
            ["version"] = VersionCommand.Text,
            ["uptime_seconds"] = (long)(_time.GetUtcNow() - _startedAt).TotalSeconds,
            ["state"] = _node.IsDraining ? "draining" : "running",
            ["configuration"] = new JsonObject
            {
                ["revision"] = _node.Snapshots.Current.Revision,
                ["hash"] = await _node.Snapshots.Current.Hash,
                ["routes"] = _node.Snapshots.Current.Routes.Count,
                ["last_apply_ok"] = last?.Ok,
                ["last_apply_at"] = last?.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                ["problems"] = Problems(last?.Problems ?? []),
            },
            ["requests_in_flight"] = _node.Snapshots.Current.InFlight.Count,
            ["transport"] = Transport(_node.Loops),
            ["listeners"] = new JsonArray([.. _node.Addresses.Select(address => (JsonNode)address)]),
        };
        if (ControlPlane is { } control) status["control_plane"] = control();
        await AnswerAsync(context, 200, status);
    }

    static JsonObject Transport(EventLoops? loops)
    {
        if (loops is null) return new JsonObject { ["kind"] = "sockets" };
        return new JsonObject
        {
            ["kind"] = "loops",
            ["loops"] = new JsonArray([.. loops.All.Select(static loop => (JsonNode)new JsonObject
            {
                ["connections"] = loop.Counters.Connections,
                ["turns"] = loop.Counters.Turns,
                ["events"] = loop.Counters.Events,
                ["budgets_exhausted"] = loop.Counters.BudgetsExhausted,
                ["accept_failures"] = loop.Counters.AcceptFailures,
                ["held"] = loop.Counters.Held,
                ["farewells_cut"] = loop.Counters.FarewellsCut,
            })]),
        };
    }

    Task Ready(HttpContext context)
    {
        if (_node.IsDraining) return AnswerAsync(context, 503, new JsonObject { ["message"] = "draining" });
        return _node.Snapshots.Current.Revision == 0
            ? AnswerAsync(context, 503, new JsonObject { ["message"] = "no configuration available (empty configuration present)" })
            : AnswerAsync(context, 200, new JsonObject { ["message"] = "ready" });
    }

    async Task PostConfigAsync(HttpContext context)
    {
        if (_read is not { } read)
        {
            await AnswerAsync(context, 405, new JsonObject { ["message"] = "this node runs on its control plane: change the configuration there" });
            return;
        }
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var file = context.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true ? "POST /config.json" : "POST /config";
        var result = await _node.Applier.ApplyAsync(file, () => text.AsSpan().Trim().IsEmpty ? Nothing(file) : read(file, text), context.RequestAborted);
        var answer = new JsonObject
        {
            ["message"] = result.Ok ? "configuration is live" : "configuration refused; the one before stays in force",
            ["revision"] = result.Revision,
            ["problems"] = Problems(result.Problems),
        };
        await AnswerAsync(context, result.Ok ? 201 : 400, answer);
    }

    /// <summary>An empty file is an empty configuration; an empty request is a mistake that must not wipe one out.</summary>
    static DocumentResult Nothing(string file) =>
        new(null, [new Problem(Severity.Error, new Place(file, 1, 1), "", "", "the request has no body; expected a configuration")]);

    static JsonArray Problems(IReadOnlyList<Problem> problems) => new([.. problems.Select(problem => (JsonNode)new JsonObject
    {
        ["severity"] = problem.Severity == Severity.Error ? "error" : "warning",
        ["file"] = problem.Place.File,
        ["line"] = problem.Place.Line,
        ["column"] = problem.Place.Column,
        ["entity"] = problem.Entity,
        ["field"] = problem.Field,
        ["message"] = problem.Message,
    })]);

    static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(Readable) + "\n", context.RequestAborted);
    }
}
