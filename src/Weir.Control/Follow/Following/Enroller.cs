using System.Security.Cryptography.X509Certificates;

namespace Weir.Control;

/// <summary>A gateway's side of enrolment: from a join token to an identity, and from an identity to a newer one.</summary>
static class Enroller
{
    /// <summary>
    /// Enrols. 1. Fetch the authority from whoever answers. 2. Believe it only when it has the token's pin. 3. Over a connection that this authority proves,
    /// show the token and ask for a certificate.
    /// </summary>
    /// <exception cref="ControlRefusedException">The control plane refuses, or is another one than the token's.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public static async Task<GatewayIdentity> EnrolAsync(
        Uri address, JoinToken token, string name, FollowLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        using var authority = await AuthorityAsync(address, token, limits, time, cancellation);
        using var control = ControlEndpoint.Trusting(address, authority, null, limits, time);
        var (key, request) = GatewayIdentity.NewKey();
        var body = FollowJson.Bytes(new EnrolRequest { Token = token.ToString(), Name = name, SigningRequest = Convert.ToBase64String(request) });
        var answer = FollowJson.Read<EnrolAnswer>(await control.SendAsync(HttpMethod.Post, "v1/enrol", body, cancellation));
        return new GatewayIdentity(answer.Id, authority.ExportCertificatePem(), answer.Certificate, key);
    }

    /// <summary>Gets a new certificate for a new key.</summary>
    public static async Task<GatewayIdentity> RenewAsync(ControlEndpoint control, GatewayIdentity identity, CancellationToken cancellation)
    {
        var (key, request) = GatewayIdentity.NewKey();
        var body = FollowJson.Bytes(new EnrolRequest { SigningRequest = Convert.ToBase64String(request) });
        var answer = FollowJson.Read<EnrolAnswer>(await control.SendAsync(HttpMethod.Post, "v1/renew", body, cancellation));
        return identity with { Certificate = answer.Certificate, Key = key };
    }

    static async Task<X509Certificate2> AuthorityAsync(Uri address, JoinToken token, FollowLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        using var unproven = ControlEndpoint.Unproven(address, limits, time);
        var bytes = await unproven.SendAsync(HttpMethod.Get, "v1/authority", null, cancellation);
        // Judged before it is read as a certificate.
        if (!System.Security.Cryptography.SHA256.HashData(bytes).AsSpan().SequenceEqual(token.Pin))
        {
            throw new ControlRefusedException(System.Net.HttpStatusCode.Forbidden,
                $"{address} has another authority than the join token's: either the token is of another control plane, or somebody answers in its place");
        }
        return X509CertificateLoader.LoadCertificate(bytes);
    }
}
