using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>A gateway that serves one example, with two echo upstreams and the environment that the example's header asks for.</summary>
sealed class ExampleRig : IAsyncDisposable
{
    static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(30);

    readonly MockServer _first = new("127.0.0.1:0", TimeProvider.System);
    readonly MockServer _second = new("127.0.0.1:0", TimeProvider.System);
    readonly string _log = Path.GetTempFileName();
    TestGateway _gateway = null!;

    public static async Task<ExampleRig> StartAsync(Example example)
    {
        var rig = new ExampleRig();
        await rig._first.StartAsync(CancellationToken.None);
        await rig._second.StartAsync(CancellationToken.None);
        rig.SetEnvironment();
        rig._gateway = await TestGateway.StartAsync(example.Text);
        return rig;
    }

    /// <summary>Runs the command and returns what did not come as expected.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Trial trial)
    {
        var command = CurlCommand.Parse(trial.Command);
        X509Certificate? shown = null;
        using var client = Client(certificate => shown = certificate);
        using var request = new HttpRequestMessage(new HttpMethod(command.Method), command.Url);
        if (command.Body is not null) request.Content = new StringContent(command.Body);
        foreach (var (name, value) in command.Headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value)) continue;
            request.Content?.Headers.Remove(name);
            request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers)
            .SelectMany(static header => header.Value.Select(value => $"{header.Key}: {value}")).ToList();

        var missed = new List<string>();
        foreach (var expectation in trial.Expectations)
            if (!await HoldsAsync(expectation, (int)response.StatusCode, headers, body, shown?.Subject ?? ""))
                missed.Add($"{trial.Command}\n  expected {expectation}\n  got {(int)response.StatusCode}\n  {string.Join("\n  ", headers)}\n{body}");
        return missed;
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        File.Delete(_log);
    }

    async Task<bool> HoldsAsync(string expectation, int status, List<string> headers, string body, string certificate)
    {
        if (expectation.StartsWith("no ", StringComparison.Ordinal)) return !await HoldsAsync(expectation[3..], status, headers, body, certificate);
        var space = expectation.IndexOf(' ', StringComparison.Ordinal);
        var rest = expectation[(space + 1)..];
        return (space < 0 ? "" : expectation[..space]) switch
        {
            "" => status == int.Parse(expectation, System.Globalization.CultureInfo.InvariantCulture),
            "body" => body.Contains(rest, StringComparison.Ordinal),
            "header" => headers.Exists(header => Has(header, rest)),
            "certificate" => certificate == rest,
            "file" => await FileHoldsAsync(rest[(rest.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
            var word => throw new FormatException($"'{word}' is no expectation"),
        };
    }

    /// <summary>The name is whole and the value is a part, as in <c>X-Request-Id: #1</c> for a counter after a UUID.</summary>
    static bool Has(string header, string expected)
    {
        var colon = expected.IndexOf(':', StringComparison.Ordinal);
        return header.StartsWith(expected[..(colon + 1)], StringComparison.OrdinalIgnoreCase)
            && header[(colon + 1)..].Contains(expected[(colon + 1)..].Trim(), StringComparison.Ordinal);
    }

    /// <summary>Loggers write when the answer is already with the client: looks until the text is there.</summary>
    async Task<bool> FileHoldsAsync(string text)
    {
        using var patience = new CancellationTokenSource(LogPatience, TimeProvider.System);
        while (!(await File.ReadAllTextAsync(_log, TestContext.Current.CancellationToken)).Contains(text, StringComparison.Ordinal))
        {
            if (patience.IsCancellationRequested) return false;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        return true;
    }

    /// <summary>Sends what goes to the default ports to the ports of this gateway, whatever the host is called.</summary>
    HttpClient Client(Action<X509Certificate?> shown) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown(certificate);
                return certificate is not null;
            },
        },
        ConnectCallback = async (context, cancellation) =>
        {
            var port = context.DnsEndPoint.Port switch
            {
                8000 => _gateway.Proxy.Port,
                8443 => _gateway.ProxyTls.Port,
                8007 => _gateway.Status.Port,
                var other => throw new FormatException($"an example calls port {other}, which is no default port of a gateway"),
            };
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync("127.0.0.1", port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    void SetEnvironment()
    {
        var (cert, key) = Certificate("api.example.com");
        Set("DECK_UPSTREAM", _first.Address);
        Set("DECK_MODELS", _first.Address);
        Set("DECK_TARGET_A", new Uri(_first.Address).Authority);
        Set("DECK_TARGET_B", new Uri(_second.Address).Authority);
        Set("DECK_LOG_FILE", _log);
        Set("DECK_CONNECT_TIMEOUT_MS", "2000");
        Set("API_CERT", cert);
        Set("API_KEY", key);
    }

    static void Set(string name, string value) => Environment.SetEnvironmentVariable(name, value);

    static (string Cert, string Key) Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
