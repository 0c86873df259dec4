namespace Weir.Gateway;

/// <summary>What a name server answered to one question.</summary>
/// <param name="Code">Response code (RFC 1035 §4.1.1).</param>
/// <param name="IsTruncated">True when the answer did not fit and has to be asked for over TCP.</param>
/// <param name="Records">Records of the answer section.</param>
sealed record DnsAnswer(DnsCode Code, bool IsTruncated, IReadOnlyList<DnsRecord> Records)
{
    /// <summary>Why no server gave an answer; null when one did.</summary>
    public string? Fault { get; init; }

    /// <summary>No server gave a usable answer.</summary>
    public static DnsAnswer Failed(string fault) => new(DnsCode.ServerFailure, false, []) { Fault = fault };
}

/// <summary>Response codes; the others are written as numbers.</summary>
enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}
