namespace Weir.Identity;

/// <summary>A request to be signed, as it will stand on the wire.</summary>
sealed record AwsRequest
{
    public required string Method { get; init; }

    /// <summary>Value of the Host header.</summary>
    public required string Host { get; init; }

    /// <summary>Path as it is sent, encoded (see <see cref="SigV4.Encode"/>).</summary>
    public string Path { get; init; } = "/";

    /// <summary>Query as it is sent, without the question mark; empty for none.</summary>
    public string Query { get; init; } = "";

    /// <summary>
    /// Headers to be covered by the signature, besides Host and those that signing adds. Nothing that a proxy on the way may change belongs here.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }
}
