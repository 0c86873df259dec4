using System.Text;

namespace Weir.Gateway;

/// <summary>Takes the headers of an upstream request: the bytes of HTTP/1.1, or the header list of the HTTP/2 client.</summary>
interface IHeadSink
{
    /// <summary>A header of the client's.</summary>
    void Header(string name, string value);

    /// <summary>A header of the gateway's own.</summary>
    void Header(OwnHeader header, string value);
}

/// <summary>The name of a header that the gateway writes, with its bytes ready.</summary>
sealed class OwnHeader(string name)
{
    readonly byte[] _nameColon = Encoding.ASCII.GetBytes(name + ": ");

    public string Name { get; } = name;

    public ReadOnlySpan<byte> NameColon => _nameColon;

    public static readonly OwnHeader Host = new("Host");
    public static readonly OwnHeader RealIp = new("X-Real-IP");
    public static readonly OwnHeader ForwardedFor = new("X-Forwarded-For");
    public static readonly OwnHeader ForwardedProto = new("X-Forwarded-Proto");
    public static readonly OwnHeader ForwardedHost = new("X-Forwarded-Host");
    public static readonly OwnHeader ForwardedPort = new("X-Forwarded-Port");
    public static readonly OwnHeader ForwardedPath = new("X-Forwarded-Path");
    public static readonly OwnHeader ForwardedPrefix = new("X-Forwarded-Prefix");
    public static readonly OwnHeader RequestId = new("X-Kong-Request-Id");
    public static readonly OwnHeader Via = new("Via");
    public static readonly OwnHeader Te = new("TE");
}

/// <summary>Writes into the send buffer of an HTTP/1.1 connection.</summary>
readonly struct Http1Head(RequestWriter writer) : IHeadSink
{
    public void Header(string name, string value) => writer.Header(name, value);

    public void Header(OwnHeader header, string value) => writer.Header(header.NameColon, value);
}

/// <summary>Fills the header lists of the runtime's HTTP/2 client.</summary>
readonly struct Http2Head(HttpRequestMessage request) : IHeadSink
{
    public void Header(string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
    }

    public void Header(OwnHeader header, string value) => Header(header.Name, value);
}
