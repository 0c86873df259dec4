using System.Net.Http.Headers;
using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>Sends batches of records as the body of one HTTP request each.</summary>
sealed class HttpDelivery : IDelivery
{
    /// <summary>Headers that the sender makes itself.</summary>
    public static readonly string[] OwnHeaders = ["Host", "Content-Length", "Content-Type"];

    readonly HttpClient _client;
    readonly HttpMethod _method;
    readonly Uri _endpoint;
    readonly MediaTypeHeaderValue _contentType;
    readonly KeyValuePair<string, string>[] _headers;
    readonly bool _asArray;
    readonly TimeSpan _timeout;
    readonly TimeProvider _time;

    public HttpDelivery(HttpLog.Config config, bool asArray, TimeProvider time)
    {
        var given = new Uri(config.HttpEndpoint, UriKind.Absolute);
        _endpoint = new UriBuilder(given) { UserName = "", Password = "", Fragment = "" }.Uri;
        _method = new HttpMethod(config.Method);
        _contentType = MediaTypeHeaderValue.Parse(config.ContentType);
        _headers = [.. config.Headers ?? new Dictionary<string, string>()];
        if (given.UserInfo.Length > 0) _headers = [.. _headers, new("Authorization", Basic(given.UserInfo))];
        (_asArray, _time) = (asArray, time);
        _timeout = config.Timeout > 0 ? TimeSpan.FromMilliseconds(config.Timeout) : Timeout.InfiniteTimeSpan;
        _client = new HttpClient(Handler(config)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Host and port, for names and messages: without user, password, path and query.</summary>
    public string Authority => $"{_endpoint.Host}:{_endpoint.Port}";

    public async ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var request = new HttpRequestMessage(_method, _endpoint) { Content = new BatchContent(batch, _asArray, _contentType) };
        foreach (var (name, value) in _headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, both.Token);
            var status = (int)response.StatusCode;
            return status is >= 200 and < 300 ? null : $"request to {Authority} returned status code {status}";
        }
        catch (HttpRequestException exception)
        {
            return $"failed request to {Authority}: {exception.Message}";
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return $"failed request to {Authority}: no answer within {_timeout.TotalMilliseconds} ms";
        }
    }

    public void Dispose() => _client.Dispose();

    static SocketsHttpHandler Handler(HttpLog.Config config) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        // Not the gateway's own trace: a record of a request is no part of that request.
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMilliseconds(config.Keepalive),
        SslOptions = LogServerTls.Options(serverName: null, config.SslVerify),
    };

    static string Basic(string user) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user)));
}
