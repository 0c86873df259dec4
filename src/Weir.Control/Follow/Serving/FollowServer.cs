using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>
/// The listener for gateways, four requests: <c>GET /v1/authority</c> (anybody: it is no secret, and a token's pin says whether it is the right one),
/// <c>POST /v1/enrol</c> (whoever has a token), <c>POST /v1/renew</c>, <c>/v1/status</c> and <c>/v1/follow</c> (gateways, by their certificates).
/// </summary>
sealed partial class FollowServer(GatewayHub hub, string version)
{
    const string NotAdmitted = "this gateway is not enrolled here, or was revoked: enrol it with a new join token";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (StreamBrokenException broken)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, broken.Message);
        }
        catch (BadHttpRequestException)
        {
            context.Abort();
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Nobody waits for the answer any more.
            context.Abort();
        }
        catch (Exception failure)
        {
            LogFailed(hub.Log, failure, context.Request.Path.Value ?? "");
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "unexpected failure; see the control plane's log");
        }
    }

    Task AnswerAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("GET", "/v1/authority") => SendAsync(context, hub.Enrolment.Authority.Certificate.RawData, "application/pkix-cert"),
        ("POST", "/v1/enrol") => EnrolAsync(context),
        ("POST", "/v1/renew") => AdmittedAsync(context, RenewAsync),
        ("POST", "/v1/status") => AdmittedAsync(context, StatusAsync),
        ("POST", "/v1/follow") => AdmittedAsync(context, StreamAsync),
        _ => RefuseAsync(context, StatusCodes.Status404NotFound, "there is nothing here: this listener is for gateways of Weir"),
    };

    async Task AdmittedAsync(HttpContext context, Func<HttpContext, Guid, X509Certificate2, Task> answer)
    {
        var certificate = context.Connection.ClientCertificate;
        if (hub.Enrolment.Admit(certificate) is { } id) await answer(context, id, certificate!);
        else await RefuseAsync(context, StatusCodes.Status403Forbidden, NotAdmitted);
    }

    async Task EnrolAsync(HttpContext context)
    {
        var request = FollowJson.Read<EnrolRequest>(await ReadAsync(context));
        if (JoinToken.Read(request.Token ?? "") is not { } token)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "the join token is none: it begins with " + JoinToken.Prefix);
            return;
        }
        var (address, name) = (AddressOf(context), request.Name.Length is > 0 and <= 255 ? request.Name : "gateway");
        var (id, certificate, problem) = await hub.Enrolment.EnrolAsync(token, name, Base64(request.SigningRequest), address, context.RequestAborted);
        if (certificate is null)
        {
            LogRefused(hub.Log, address, problem);
            await RefuseAsync(context, StatusCodes.Status403Forbidden, problem);
            return;
        }
        using (certificate)
        {
            LogEnrolled(hub.Log, id, name, address);
            await SendAsync(context, FollowJson.Bytes(new EnrolAnswer(id, certificate.ExportCertificatePem())), "application/json");
        }
    }

    async Task RenewAsync(HttpContext context, Guid id, X509Certificate2 shown)
    {
        var request = FollowJson.Read<EnrolRequest>(await ReadAsync(context));
        var (certificate, problem) = await hub.Enrolment.RenewAsync(
            id, shown.SerialNumber, Base64(request.SigningRequest), AddressOf(context), context.RequestAborted);
        if (certificate is null)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, problem);
            return;
        }
        using (certificate)
            await SendAsync(context, FollowJson.Bytes(new EnrolAnswer(id, certificate.ExportCertificatePem())), "application/json");
    }

    async Task StatusAsync(HttpContext context, Guid id, X509Certificate2 shown)
    {
        var status = FollowJson.Read<FollowStatus>(await ReadAsync(context));
        var address = AddressOf(context);
        hub.See(id, seen => seen with { Status = Bounded(status), Version = status.Version, Hostname = status.Hostname, Address = address });
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    async Task StreamAsync(HttpContext context, Guid id, X509Certificate2 shown)
    {
        var hello = FollowJson.Read<FollowHello>(await ReadAsync(context));
        var address = AddressOf(context);
        var gap = VersionGap.Problem(version, hello.Version);
        hub.See(id, seen => seen with { Version = hello.Version, Hostname = hello.Hostname, Address = address, Problem = gap });
        if (gap.Length > 0)
        {
            LogApart(hub.Log, id, gap);
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, gap);
            return;
        }
        if (hub.Feeds.Open(hello.VocabularyHash, hello.Vocabulary) is not { } feed)
        {
            await RefuseAsync(context, StatusCodes.Status428PreconditionRequired, "say what your version knows of entities");
            return;
        }
        try
        {
            await using var stream = new GatewayStream(hub, feed, id, shown.SerialNumber, version);
            await stream.RunAsync(context, hello);
        }
        finally
        {
            hub.Feeds.Close(hello.VocabularyHash);
        }
    }

    FollowStatus Bounded(FollowStatus status) => status with
    {
        Problems = [.. status.Problems.Take(hub.Limits.ProblemsMax)],
        Metrics = status.Metrics.Take(100).ToDictionary(),
    };

    /// <summary>The body, if it is not too long.</summary>
    async Task<byte[]> ReadAsync(HttpContext context)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (body.WrittenCount + read.Buffer.Length > hub.Limits.RequestBytesMax)
                throw new StreamBrokenException($"a request has {hub.Limits.RequestBytesMax} bytes at most");
            foreach (var segment in read.Buffer) body.Write(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return body.WrittenSpan.ToArray();
        }
    }

    static byte[] Base64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new StreamBrokenException("signing_request: expected base64");
        }
    }

    static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    static async Task SendAsync(HttpContext context, byte[] body, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = status;
        await SendAsync(context, FollowJson.Bytes(new FollowProblem(message)), "application/json");
    }

    [LoggerMessage(1, LogLevel.Information, "Gateway {Id} ('{Name}') enrolled from {Address}")]
    static partial void LogEnrolled(ILogger log, Guid id, string name, string address);

    [LoggerMessage(2, LogLevel.Warning, "An enrolment from {Address} is refused: {Problem}")]
    static partial void LogRefused(ILogger log, string address, string problem);

    [LoggerMessage(4, LogLevel.Warning, "Gateway {Id} cannot follow: {Problem}")]
    static partial void LogApart(ILogger log, Guid id, string problem);

    [LoggerMessage(3, LogLevel.Error, "{Path} failed for a gateway")]
    static partial void LogFailed(ILogger log, Exception failure, string path);
}
