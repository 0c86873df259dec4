using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Identity;

/// <summary>
/// AWS Signature Version 4 (IAM user guide, "Create a signed AWS API request"), for services other than S3: each segment of the path is encoded once more
/// than it is on the wire, and dot segments are removed.
/// </summary>
static class SigV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    static readonly System.Buffers.SearchValues<char> UnreservedChars = System.Buffers.SearchValues.Create(Unreserved);

    /// <summary>The key that signs all requests of one day, region and service.</summary>
    public static byte[] SigningKey(string secretAccessKey, string day, string region, string service)
    {
        Span<byte> key = stackalloc byte[32];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey), Encoding.UTF8.GetBytes(day), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(service), key);
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <summary>Signs a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credentials">Whose signature it is.</param>
    /// <param name="region">Region of the service: <c>us-east-1</c>.</param>
    /// <param name="service">Name of the service: <c>bedrock</c>.</param>
    /// <param name="now">Time of the signature: it is good for five minutes.</param>
    /// <param name="signingKey">What <see cref="SigningKey"/> gives for the day of <paramref name="now"/>.</param>
    /// <returns>Headers to add to the request: X-Amz-Date, X-Amz-Security-Token where there is one, Authorization.</returns>
    public static List<KeyValuePair<string, string>> Sign(
        AwsRequest request, AwsCredentials credentials, string region, string service, DateTimeOffset now, ReadOnlySpan<byte> signingKey)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{Day(now)}/{region}/{service}/aws4_request";
        List<KeyValuePair<string, string>> added = [new("X-Amz-Date", time)];
        if (credentials.SessionToken is { } token) added.Add(new("X-Amz-Security-Token", token));
        var canonical = CanonicalRequest(request, added, out var signedHeaders);
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Hex(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(toSign)));
        added.Add(new(
            "Authorization",
            $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}"));
        return added;
    }

    /// <summary>The day of a time, as the scope of a signature names it.</summary>
    public static string Day(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Encodes a segment of a path, such as the ARN of a model: all but letters, digits and <c>-_.~</c>.</summary>
    public static string Encode(string segment)
    {
        if (!segment.AsSpan().ContainsAnyExcept(UnreservedChars)) return segment;
        var encoded = new StringBuilder(segment.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(segment))
        {
            if (b < 0x80 && UnreservedChars.Contains((char)b)) encoded.Append((char)b);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }

    internal static string CanonicalRequest(AwsRequest request, IEnumerable<KeyValuePair<string, string>> added, out string signedHeaders)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.Host };
        foreach (var (name, value) in request.Headers.Concat(added))
        {
            var key = name.ToLowerInvariant();
            headers[key] = key != "host" && headers.TryGetValue(key, out var before) ? $"{before},{Trimmed(value)}" : Trimmed(value);
        }
        signedHeaders = string.Join(';', headers.Keys);
        var canonical = new StringBuilder(512);
        canonical.Append(request.Method).Append('\n').Append(CanonicalPath(request.Path)).Append('\n').Append(CanonicalQuery(request.Query)).Append('\n');
        foreach (var (name, value) in headers) canonical.Append(name).Append(':').Append(value).Append('\n');
        return canonical.Append('\n').Append(signedHeaders).Append('\n').Append(Hex(SHA256.HashData(request.Body.Span))).ToString();
    }

    static string CanonicalPath(string path)
    {
        List<string> segments = [];
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0) segments.RemoveAt(segments.Count - 1);
            else if (segment.Length > 0 && segment is not ("." or "..")) segments.Add(Encode(segment));
        }
        var last = path[(path.LastIndexOf('/') + 1)..];
        var isFolder = segments.Count > 0 && last is ("" or "." or "..");
        return $"/{string.Join('/', segments)}{(isFolder ? "/" : "")}";
    }

    static string CanonicalQuery(string query)
    {
        if (query.Length == 0) return "";
        List<(string Name, string Value)> fields = [];
        foreach (var field in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = field.IndexOf('=');
            var name = at < 0 ? field : field[..at];
            fields.Add((Encode(Uri.UnescapeDataString(name)), at < 0 ? "" : Encode(Uri.UnescapeDataString(field[(at + 1)..]))));
        }
        fields.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order && order != 0 ? order : string.CompareOrdinal(a.Value, b.Value));
        return string.Join('&', fields.Select(static field => $"{field.Name}={field.Value}"));
    }

    /// <summary>Without white space at the ends, and with one space for several.</summary>
    static string Trimmed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim();

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
