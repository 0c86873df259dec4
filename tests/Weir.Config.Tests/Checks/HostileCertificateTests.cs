using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Config.Tests;

/// <summary>Certificates and keys with damaged bytes give problems, never an exception.</summary>
public sealed class HostileCertificateTests
{
    [Fact]
    public void Damaged_certificates_and_keys_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
        {
            var random = new Random(seed);
            var yaml = $"""
                certificates:
                - cert: {Certificates.Block(Damaged(Certificates.Ecdsa.Cert, random), 4)}
                  key: {Certificates.Block(Damaged(Certificates.Ecdsa.Key, random), 4)}
                ca_certificates:
                - cert: {Certificates.Block(Damaged(Certificates.Authority.Cert, random), 4)}
                keys:
                - kid: k
                  pem:
                    private_key: {Certificates.Block(Damaged(Certificates.Rsa.Key, random), 8)}
                """;
            var result = Yaml.Try(yaml);
            Assert.True(result.Document is not null || result.Problems.Count > 0);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_broken_second_certificate_of_a_chain_is_reported()
    {
        var chain = Certificates.Rsa.Cert + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        var yaml = $"certificates:\n- cert: {Certificates.Block(chain, 4)}\n  key: {Certificates.Block(Certificates.Rsa.Key, 4)}\n";
        Assert.Contains("cert: invalid certificate", Yaml.Problem(yaml), StringComparison.Ordinal);
    }

    static string Damaged(string pem, Random random)
    {
        var fields = PemEncoding.Find(pem);
        var bytes = Convert.FromBase64String(pem[fields.Base64Data]);
        for (var i = random.Next(3); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return PemEncoding.WriteString(pem[fields.Label], bytes.AsSpan(0, random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length));
    }
}
