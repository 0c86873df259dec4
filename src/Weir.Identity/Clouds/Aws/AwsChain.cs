namespace Weir.Identity;

/// <summary>Chooses in whose name calls to AWS are signed, in the order in which AWS's own clients look.</summary>
/// <param name="upstreams">How AWS's services are called.</param>
/// <param name="signer">Signs requests for sessions of a role.</param>
/// <param name="time">The clock.</param>
/// <param name="environment">Variables of the environment.</param>
/// <param name="keep">Sessions by a name that says all that defines them: one that is known, or the one made now.</param>
sealed class AwsChain(
    IUpstreams upstreams, SigV4Signer signer, TimeProvider time, Func<string, string?> environment,
    Func<string, Func<IIssuer<AwsSession>>, IssuedCache<AwsSession>> keep)
{
    /// <summary>
    /// The configured key; else the environment's key, a pod's service account, the container's role, the machine's role. Where a role is to be assumed, a
    /// session of it that this identity asks for.
    /// </summary>
    /// <param name="region">Region of the security token service.</param>
    /// <param name="configured">A key that the configuration gives; null for none.</param>
    /// <param name="role">A role to be assumed; null for none.</param>
    public AwsIdentity Of(string region, AwsCredentials? configured, AwsRole? role)
    {
        var (identity, id) = First(region, configured);
        if (role is null) return identity;
        var key = IdentityKeys.Of("aws-role", [.. id, role.Arn, role.SessionName, role.Region, role.Endpoint?.ToString()]);
        return new AwsIdentity(keep(key, () => new AwsAssumedRole(upstreams, signer, time, identity, role)));
    }

    (AwsIdentity Identity, string?[] Id) First(string region, AwsCredentials? configured)
    {
        if (configured is { AccessKeyId: var id, SecretAccessKey: var secret }) return (new AwsIdentity(configured), ["key", id, secret]);
        // A session token belongs to the key that it came with, never to a configured one.
        if (environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } theirs && environment("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } hidden)
        {
            var token = environment("AWS_SESSION_TOKEN") is { Length: > 0 } given ? given : null;
            return (new AwsIdentity(new AwsCredentials(theirs, hidden, token)), ["environment", theirs, hidden, token]);
        }
        if (environment("AWS_WEB_IDENTITY_TOKEN_FILE") is { Length: > 0 } file && environment("AWS_ROLE_ARN") is { Length: > 0 } arn)
        {
            var name = environment("AWS_ROLE_SESSION_NAME") is { Length: > 0 } given ? given : AwsRole.DefaultSessionName;
            var role = new AwsRole(arn, name, region, UrlOf(environment("AWS_ENDPOINT_URL_STS")));
            return Made("web", [file, arn, name, region], () => new AwsWebIdentity(upstreams, time, file, role));
        }
        if (AwsContainer.Of(environment) is { } place) return Made("container", [place.Url.ToString()], () => new AwsContainerKeys(upstreams, time, place));
        var machine = UrlOf(environment("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
        return Made("machine", [machine?.ToString()], () => new AwsMachineKeys(upstreams, time, machine));

        (AwsIdentity, string?[]) Made(string kind, string?[] parts, Func<IIssuer<AwsSession>> issuer) =>
            (new AwsIdentity(keep(IdentityKeys.Of("aws-" + kind, parts), issuer)), [kind, .. parts]);
    }

    static Uri? UrlOf(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;
}
