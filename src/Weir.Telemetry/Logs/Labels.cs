using System.Security.Authentication;

namespace Weir.Telemetry;

/// <summary>What records call the sources of an answer.</summary>
static class AnswerSources
{
    public static string Label(AnswerSource source) => source switch
    {
        AnswerSource.Upstream => "upstream",
        AnswerSource.Exit => "exit",
        AnswerSource.Error => "error",
        _ => "none",
    };
}

/// <summary>What records call the versions of TLS: the names that OpenSSL and nginx use.</summary>
static class TlsVersions
{
    public static string Label(SslProtocols version) => version switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        _ => version.ToString(),
    };
}
