using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>A control plane that enrols as it should and then streams whatever a test says.</summary>
sealed class ScriptedControl : IAsyncDisposable
{
    public static readonly FollowLimits Quick = new()
    {
        BackOffMin = TimeSpan.FromMilliseconds(5),
        BackOffMax = TimeSpan.FromMilliseconds(20),
        SilenceMax = TimeSpan.FromMilliseconds(400),
        AnswerWithin = TimeSpan.FromSeconds(5),
        UpdateBytesMax = 1 << 20,
        FramesBurstMax = 50,
        FramesPerSecondMax = 10,
    };

    readonly ClusterAuthority _authority;
    readonly X509Certificate2 _own;
    readonly TlsServer _server;
    volatile Func<HttpContext, FollowHello, Task> _follow = static (_, _) => Task.CompletedTask;
    CancellationTokenSource _breaking = new();
    int _streams;

    ScriptedControl(ClusterAuthority authority, int port)
    {
        (_authority, _own) = (authority, authority.IssueControl(TimeProvider.System, TimeSpan.FromDays(1)));
        _server = new TlsServer(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _own,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = static (_, _, _) => true,
            });
        }), HandleAsync, NullLoggerFactory.Instance);
    }

    public Uri Address => new(_server.Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal));

    public JoinToken Token => JoinToken.Make(_authority.Pin);

    /// <summary>Life of certificates that it enrols with, and that it renews.</summary>
    public (TimeSpan Enrolled, TimeSpan Renewed) CertificateLives { get; set; } = (TimeSpan.FromDays(1), TimeSpan.FromDays(1));

    /// <summary>What it gives out in the place of a renewed certificate; null for that.</summary>
    public string? WrongRenewal { get; set; }

    public int Enrolments { get; private set; }

    public int Renewals { get; private set; }

    /// <summary>Streams that were asked for.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>What is done with who asks for the stream.</summary>
    public Func<HttpContext, FollowHello, Task> Follow
    {
        set => _follow = value;
    }

    /// <summary>Ends the streams that are open.</summary>
    public Task BreakAsync() => Interlocked.Exchange(ref _breaking, new CancellationTokenSource()).CancelAsync();

    public static async Task<ScriptedControl> StartAsync(int port = 0)
    {
        var (certificate, key) = ClusterAuthority.Make(TimeProvider.System);
        var control = new ScriptedControl(ClusterAuthority.Load(certificate, key), port);
        await control._server.StartAsync(TestContext.Current.CancellationToken);
        return control;
    }

    /// <summary>Frames of a whole state with one service.</summary>
    public static (FollowPoint Point, List<byte[]> Frames) Whole(long revision, string name, string history = "a")
    {
        var id = new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        var json = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","name":"{{name}}","host":"h","port":80,"protocol":"http"}""");
        var workspace = ControlState.Empty.Workspaces.Single();
        List<EntityRow> rows =
        [
            new(ControlState.Root, ControlKinds.Workspaces, workspace.Id, workspace.Json),
            new(ControlState.DefaultWorkspace, ControlKinds.Services, id, json),
        ];
        var point = new FollowPoint(revision, string.Concat(Enumerable.Repeat(history, 64)), SumOf(rows));
        return (point, UpdateFrames.Of(rows, null, point, FollowLimits.Default));
    }

    public static string SumOf(IEnumerable<EntityRow> rows)
    {
        var sum = default(ContentSum);
        foreach (var row in rows) sum = sum.With(row.Workspace, row.Kind, row.Id, row.Json!.Value.Span);
        return sum.ToString();
    }

    /// <summary>Sends a state, as a control plane in its right mind does, and stays.</summary>
    public static Func<HttpContext, FollowHello, Task> Good(long revision, string name, string history = "a") => async (context, hello) =>
    {
        var (point, frames) = Whole(revision, name, history);
        await SendAsync(context, FollowJson.Frame(FrameKind.Welcome, new FollowWelcome("0.1.0", 5)));
        if (hello.Have != point)
            foreach (var frame in frames)
                await SendAsync(context, frame);
        await StayAsync(context, FollowJson.Frame(FrameKind.Heartbeat, new FollowHeartbeat(revision)));
    };

    public static async Task SendAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    static async Task StayAsync(HttpContext context, byte[] heartbeat)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(150), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(context.RequestAborted)) await SendAsync(context, heartbeat);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _own.Dispose();
        _authority.Dispose();
        _breaking.Dispose();
    }

    async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            context.Abort();
        }
    }

    async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/v1/authority":
                await SendAsync(context, _authority.Certificate.RawData);
                break;
            case "/v1/enrol":
                Enrolments++;
                await CertifyAsync(context, CertificateLives.Enrolled, null);
                break;
            case "/v1/renew":
                Renewals++;
                await CertifyAsync(context, CertificateLives.Renewed, WrongRenewal);
                break;
            case "/v1/status":
                context.Response.StatusCode = 204;
                break;
            default:
                Interlocked.Increment(ref _streams);
                var hello = await JsonSerializer.DeserializeAsync(context.Request.Body, FollowJson.Default.FollowHello, context.RequestAborted);
                await using (_breaking.Token.Register(context.Abort)) await _follow(context, hello!);
                break;
        }
    }

    async Task CertifyAsync(HttpContext context, TimeSpan life, string? wrong)
    {
        var request = await JsonSerializer.DeserializeAsync(context.Request.Body, FollowJson.Default.EnrolRequest, context.RequestAborted);
        using var certificate = _authority.IssueGateway(
            Convert.FromBase64String(request!.SigningRequest), Guid.NewGuid(), TimeProvider.System, life);
        await SendAsync(context, FollowJson.Bytes(new EnrolAnswer(Guid.NewGuid(), wrong ?? certificate.ExportCertificatePem())));
    }
}
