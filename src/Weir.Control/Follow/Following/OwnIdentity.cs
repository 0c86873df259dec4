using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>The identity of a gateway over its life: enrolled with a token, renewed in time, and never given up for one that is no good.</summary>
sealed partial class OwnIdentity(FollowerParts parts)
{
    bool _isRefused;
    bool _isTokenTried;

    /// <summary>The control plane knows the identity no more. A token that was not tried yet is leave to enrol anew.</summary>
    public void WasRefused() => _isRefused = true;

    /// <summary>The identity, enrolled for it if there is none that counts.</summary>
    /// <exception cref="ControlRefusedException">There is none, and none to be had.</exception>
    public async Task<GatewayIdentity> GetAsync(CancellationToken cancellation)
    {
        var identity = Read();
        if (identity is not null && !IsToEnrolAnew(identity))
        {
            using var certificate = identity.Load();
            if (parts.Time.GetUtcNow() < certificate.NotAfter.ToUniversalTime()) return identity;
            LogExpired(parts.Log, certificate.NotAfter);
        }
        return await EnrolAsync(parts.Token ?? throw NotEnrolled(identity), cancellation);
    }

    /// <summary>The identity, renewed if it is time. One that cannot be renewed today is good for another third of its life.</summary>
    public async Task<GatewayIdentity> RenewedAsync(
        GatewayIdentity identity, X509Certificate2 certificate, ControlEndpoint control, CancellationToken cancellation)
    {
        if (!GatewayIdentity.IsDue(certificate, parts.Time.GetUtcNow())) return identity;
        try
        {
            var renewed = Checked(await Enroller.RenewAsync(control, identity, cancellation));
            renewed.Write(parts.Folder);
            LogRenewed(parts.Log);
            return renewed;
        }
        catch (Exception failed) when (failed is ControlRefusedException or HttpRequestException or StreamBrokenException)
        {
            LogNotRenewed(parts.Log, failed.Message);
            return identity;
        }
    }

    async Task<GatewayIdentity> EnrolAsync(JoinToken token, CancellationToken cancellation)
    {
        GatewayIdentity enrolled;
        try
        {
            enrolled = Checked(await Enroller.EnrolAsync(parts.Control, token, parts.Hostname, parts.Limits, parts.Time, cancellation));
        }
        catch (ControlRefusedException)
        {
            _isTokenTried = true;
            throw;
        }
        enrolled.Write(parts.Folder);
        (_isTokenTried, _isRefused) = (true, false);
        LogEnrolled(parts.Log, enrolled.Id);
        return enrolled;
    }

    GatewayIdentity? Read()
    {
        try
        {
            return GatewayIdentity.Read(parts.Folder);
        }
        catch (IOException damaged) when (parts.Token is not null)
        {
            LogDamaged(parts.Log, damaged.Message);
            return null;
        }
    }

    /// <summary>An identity that the control plane gave out is kept only when it can be used with it.</summary>
    GatewayIdentity Checked(GatewayIdentity given)
    {
        try
        {
            using var certificate = given.Load();
            using var authority = given.LoadAuthority();
            return ClusterAuthority.IsForGateway(certificate, authority, parts.Time) ? given
                : throw new StreamBrokenException("the authority did not sign it for a gateway");
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException or StreamBrokenException)
        {
            throw new StreamBrokenException("the certificate that the control plane gave is no good: " + broken.Message);
        }
    }

    /// <summary>Whether a token was given that says so: of another control plane, or after this one refused the identity.</summary>
    bool IsToEnrolAnew(GatewayIdentity identity)
    {
        if (parts.Token is not { } token || _isTokenTried) return false;
        using var authority = identity.LoadAuthority();
        return _isRefused || !ClusterAuthority.PinOf(authority).AsSpan().SequenceEqual(token.Pin);
    }

    static ControlRefusedException NotEnrolled(GatewayIdentity? identity) => new(HttpStatusCode.Unauthorized, identity is null
        ? "this gateway is not enrolled: start it with --join-token (from `weir gateway join-token`)"
        : "this gateway's certificate is over: start it with a new --join-token");

    [LoggerMessage(20, LogLevel.Information, "Enrolled as gateway {Id}")]
    static partial void LogEnrolled(ILogger log, Guid id);

    [LoggerMessage(21, LogLevel.Information, "The certificate of this gateway is renewed")]
    static partial void LogRenewed(ILogger log);

    [LoggerMessage(22, LogLevel.Warning, "The certificate of this gateway was over on {NotAfter}")]
    static partial void LogExpired(ILogger log, DateTime notAfter);

    [LoggerMessage(23, LogLevel.Warning, "The certificate of this gateway cannot be renewed: {Problem}")]
    static partial void LogNotRenewed(ILogger log, string problem);

    [LoggerMessage(24, LogLevel.Warning, "The identity of this gateway cannot be used, it enrols anew: {Problem}")]
    static partial void LogDamaged(ILogger log, string problem);
}
