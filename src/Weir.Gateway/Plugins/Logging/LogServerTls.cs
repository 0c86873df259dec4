using System.Net.Security;

namespace Weir.Gateway.Plugins;

/// <summary>TLS towards log servers.</summary>
static class LogServerTls
{
    public static SslClientAuthenticationOptions Options(string? serverName, bool verify)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = serverName };
#pragma warning disable CA5359 // The operator's ssl_verify: false, as in Kong: a log server with a certificate of its own making.
        if (!verify) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }
}
