using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Gateway;

/// <summary>Judges the certificate that an upstream shows.</summary>
static class UpstreamCertificate
{
    const string SubjectAlternativeNameOid = "2.5.29.17";

    /// <summary>Why the certificate is refused, or null.</summary>
    public static string? Refusal(UpstreamTls settings, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "the upstream showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return "the upstream's certificate is not trusted: " + string.Join(", ", chain.ChainStatus.Select(static s => s.Status));
        }
        if (chain.ChainElements.Count - 2 > settings.VerifyDepthMax) return "the upstream's certificate chain is longer than the verify depth";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && !CarriesAny(certificate, settings.AlternativeNames))
        {
            return $"the upstream's certificate does not carry the name {settings.ServerName}";
        }
        return null;
    }

    static bool CarriesAny(X509Certificate2 certificate, AlternativeNames names)
    {
        foreach (var name in names.DnsNames)
        {
            if (certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false)) return true;
        }
        return names.Uris.Count > 0 && Uris(certificate).Intersect(names.Uris, StringComparer.Ordinal).Any();
    }

    /// <summary>The uniformResourceIdentifier entries of the subject alternative name (RFC 5280 §4.2.1.6).</summary>
    static List<string> Uris(X509Certificate2 certificate)
    {
        var found = new List<string>();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 6);
        foreach (var extension in certificate.Extensions.Where(static e => e.Oid?.Value == SubjectAlternativeNameOid))
        {
            try
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(tag)) found.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    else names.ReadEncodedValue();
                }
            }
            catch (AsnContentException)
            {
                return found;
            }
        }
        return found;
    }
}
