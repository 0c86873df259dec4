namespace Weir.Identity;

/// <summary>Keys of the role of the container that this runs in: a task of ECS, a pod of EKS.</summary>
/// <param name="upstreams">How the machine's endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="place">Where the keys are.</param>
sealed class AwsContainerKeys(IUpstreams upstreams, TimeProvider time, AwsContainer place) : IIssuer<AwsSession>
{
    public string Identity => "the container's role at AWS";

    public async ValueTask<Grant<AwsSession>> FetchAsync(CancellationToken stop)
    {
        var asked = time.GetUtcNow();
        var (token, unread) = place.TokenFile is { } file ? await SecretFile.ReadAsync(file, stop) : (place.Token, null);
        if (unread is not null) return Grant<AwsSession>.None(unread);
        List<KeyValuePair<string, string>> headers = token is null ? [] : [new("Authorization", token)];
        var (json, problem) = await TokenCall.ReadAsync(upstreams, TokenCall.Machine(place.Url, "GET", headers, stop), static _ => "");
        if (problem is not null) return Grant<AwsSession>.None(problem);
        var grant = AwsKeyAnswer.Read(json, asked);
        return grant.Problem is { } wrong ? Grant<AwsSession>.None($"the answer of {place.Url.Authority} is no key: {wrong}") : grant;
    }
}

/// <summary>Where a container's keys are, as AWS says it in the environment.</summary>
/// <param name="Url">Their address.</param>
/// <param name="Token">What the address wants to see; null for nothing.</param>
/// <param name="TokenFile">A file with it, which changes.</param>
sealed record AwsContainer(Uri Url, string? Token, string? TokenFile)
{
    static readonly Uri Ecs = new("http://169.254.170.2");

    /// <summary>The place that the environment names; null for none.</summary>
    public static AwsContainer? Of(Func<string, string?> environment)
    {
        var url = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is { Length: > 0 } path && Uri.TryCreate(Ecs, path, out var relative) ? relative
            : environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") is { Length: > 0 } full && Uri.TryCreate(full, UriKind.Absolute, out var absolute) ? absolute
            : null;
        return url is null
            ? null
            : new AwsContainer(url, environment("AWS_CONTAINER_AUTHORIZATION_TOKEN"), environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
    }

    public override string ToString() => Url.ToString();
}
