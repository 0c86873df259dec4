using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Gateway.Tests;

/// <summary>Certificates made for one run of the tests.</summary>
static class TestCertificates
{
    static readonly DateTimeOffset Made = TimeProvider.System.GetUtcNow();
    static int _serial;

    public static X509Certificate2 Authority { get; } = SelfSigned("CN=Test authority");

    public static X509Certificate2 Stranger { get; } = SelfSigned("CN=Another authority");

    public static X509Certificate2 Intermediate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return Issue(request, key, Authority, Made.AddDays(20));
    }

    public static X509Certificate2 Leaf(string dns, string? uri = null, bool expired = false, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + dns, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dns);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        if (uri is not null) names.AddUri(new(uri));
        request.CertificateExtensions.Add(names.Build());
        return Issue(request, key, issuer ?? Authority, expired ? Made.AddDays(-1) : Made.AddDays(10));
    }

    static X509Certificate2 SelfSigned(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Made.AddDays(-30), Made.AddDays(30));
    }

    static X509Certificate2 Issue(CertificateRequest request, ECDsa key, X509Certificate2 issuer, DateTimeOffset until)
    {
        var serial = BitConverter.GetBytes(Interlocked.Increment(ref _serial));
        using var bare = request.Create(issuer, Made.AddDays(-20), until, [1, .. serial]);
        return bare.CopyWithPrivateKey(key);
    }
}
