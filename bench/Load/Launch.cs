namespace Weir.Bench.Load;

/// <summary>How one process is started and reached.</summary>
/// <param name="Command">Executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Port">Port on 127.0.0.1 that answers when it is up.</param>
/// <param name="Target">What wrk asks for.</param>
sealed record Launch(string Command, IReadOnlyList<string> Arguments, int Port, Uri Target)
{
    /// <summary>Where it tells of its garbage collector, when it does.</summary>
    public Uri? MetricsAddress { get; init; }

    /// <summary>API keys, one for each request in turn. Empty: no key is sent.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The certificate that a TLS target shows.</summary>
    public string CertificatePath { get; init; } = "";

    public override string ToString() => $"{Command} {string.Join(' ', Arguments)}";
}
