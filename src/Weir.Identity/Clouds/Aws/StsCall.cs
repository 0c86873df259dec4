using System.Collections.Frozen;
using System.Xml;

namespace Weir.Identity;

/// <summary>Asks AWS's security token service, whose answers are XML.</summary>
static class StsCall
{
    // What it says beside its codes may repeat what it was sent.
    static readonly FrozenSet<string> Codes = new[]
    {
        "AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "IDPCommunicationError", "IDPRejectedClaim", "IncompleteSignature",
        "InternalFailure", "InvalidAction", "InvalidClientTokenId", "InvalidIdentityToken", "MalformedPolicyDocument", "MissingAction",
        "MissingAuthenticationToken", "OptInRequired", "PackedPolicyTooLarge", "RegionDisabledException", "RequestExpired", "ServiceUnavailable",
        "SignatureDoesNotMatch", "Throttling", "ThrottlingException", "ValidationError",
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    /// <summary>Sends the request and reads the session in its answer.</summary>
    public static async ValueTask<Grant<AwsSession>> SendAsync(IUpstreams upstreams, TimeProvider time, UpstreamMessage message)
    {
        var asked = time.GetUtcNow();
        var (bytes, failed) = await TokenCall.ReadAsync(upstreams, message, ErrorOf);
        if (failed is not null) return Grant<AwsSession>.None(failed);
        var grant = Read(bytes, asked);
        return grant.Problem is { } problem ? Grant<AwsSession>.None($"the answer of {message.To.Authority} is no session: {problem}") : grant;
    }

    /// <summary>The session, or what is wrong with the answer.</summary>
    public static Grant<AwsSession> Read(ReadOnlyMemory<byte> xml, DateTimeOffset asked) => Fields(xml, "Credentials") is { } fields
        ? AwsKeyAnswer.Session(
            fields.GetValueOrDefault("AccessKeyId"),
            fields.GetValueOrDefault("SecretAccessKey"),
            fields.GetValueOrDefault("SessionToken"),
            fields.GetValueOrDefault("Expiration"),
            asked)
        : Grant<AwsSession>.None("it is not XML");

    /// <summary>The error that an answer names, as <c>": AccessDenied"</c>; empty when it names none that is known.</summary>
    public static string ErrorOf(ReadOnlyMemory<byte> xml) =>
        Fields(xml, "Error")?.GetValueOrDefault("Code") is { } code && Codes.Contains(code) ? $": {code}" : "";

    /// <summary>The texts of the elements right below the first element of a name; null when it is no XML.</summary>
    static Dictionary<string, string>? Fields(ReadOnlyMemory<byte> xml, string element)
    {
        Dictionary<string, string> fields = [];
        try
        {
            using var bytes = new MemoryStream(xml.ToArray(), writable: false);
            using var reader = XmlReader.Create(bytes, Settings);
            while (reader.Read() && !(reader.NodeType == XmlNodeType.Element && reader.LocalName == element)) { }
            if (reader.EOF || reader.IsEmptyElement) return fields;
            var depth = reader.Depth + 1;
            var name = "";
            while (reader.Read() && reader.Depth >= depth)
            {
                if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth) name = reader.LocalName;
                else if (reader.NodeType == XmlNodeType.Text && reader.Depth == depth + 1) fields.TryAdd(name, reader.Value);
            }
            return fields;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
