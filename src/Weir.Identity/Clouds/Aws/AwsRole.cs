namespace Weir.Identity;

/// <summary>A role at AWS that calls are made in.</summary>
/// <param name="Arn">Its name.</param>
/// <param name="SessionName">Name under which its calls stand in AWS's audit trail.</param>
/// <param name="Region">Region of the security token service.</param>
/// <param name="Endpoint">The service in place of the region's own.</param>
sealed record AwsRole(string Arn, string SessionName, string Region, Uri? Endpoint)
{
    /// <summary>What sessions are called where nobody says.</summary>
    public const string DefaultSessionName = "weir";

    /// <summary>The service's name in signatures.</summary>
    public const string Service = "sts";

    /// <summary>Seconds that a session is asked for: the most that every role allows.</summary>
    const string Seconds = "3600";

    /// <summary>Where sessions are asked for.</summary>
    public Uri Url => Endpoint ?? new Uri($"https://sts.{Region}.amazonaws.com{(Region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}/");

    /// <summary>The fields of a request for a session (STS API reference, version 2011-06-15).</summary>
    public byte[] Form(string action, params ReadOnlySpan<(string Name, string Value)> more) => TokenCall.FormOf(
    [
        ("Action", action), ("Version", "2011-06-15"), ("RoleArn", Arn), ("RoleSessionName", SessionName), ("DurationSeconds", Seconds), .. more,
    ]);
}

/// <summary>Sessions of a role that another identity may assume.</summary>
/// <param name="upstreams">How the security token service is called.</param>
/// <param name="signer">Signs the requests.</param>
/// <param name="time">The clock.</param>
/// <param name="from">The identity that assumes the role.</param>
/// <param name="role">The role.</param>
sealed class AwsAssumedRole(IUpstreams upstreams, SigV4Signer signer, TimeProvider time, AwsIdentity from, AwsRole role) : IIssuer<AwsSession>
{
    public string Identity => $"role {role.Arn}";

    public async ValueTask<Grant<AwsSession>> FetchAsync(CancellationToken stop)
    {
        var grant = await from.GetAsync();
        if (grant.Item is not { } credentials) return Grant<AwsSession>.None(grant.Problem!);
        var message = TokenCall.Posted(role.Url, role.Form("AssumeRole"), stop);
        var request = new AwsRequest
        {
            Method = message.Method,
            Host = message.To.Authority,
            Path = message.Path,
            Query = message.Query.TrimStart('?'),
            Headers = [message.Headers[0]],
            Body = message.Body,
        };
        message.Headers.AddRange(signer.Sign(request, credentials, role.Region, AwsRole.Service));
        return await StsCall.SendAsync(upstreams, time, message);
    }
}

/// <summary>Sessions of a role that a token of another identity service stands for: a pod's service account in Kubernetes.</summary>
/// <param name="upstreams">How the security token service is called.</param>
/// <param name="time">The clock.</param>
/// <param name="tokenFile">Where the token is.</param>
/// <param name="role">The role.</param>
sealed class AwsWebIdentity(IUpstreams upstreams, TimeProvider time, string tokenFile, AwsRole role) : IIssuer<AwsSession>
{
    public string Identity => $"role {role.Arn}";

    public async ValueTask<Grant<AwsSession>> FetchAsync(CancellationToken stop)
    {
        var (token, problem) = await SecretFile.ReadAsync(tokenFile, stop);
        if (token is null) return Grant<AwsSession>.None(problem!);
        var form = role.Form("AssumeRoleWithWebIdentity", ("WebIdentityToken", token));
        return await StsCall.SendAsync(upstreams, time, TokenCall.Posted(role.Url, form, stop));
    }
}
