namespace Weir.Identity;

/// <summary>A key of AWS for a time. Never shown: its text is the id and the end alone.</summary>
sealed record AwsSession(AwsCredentials Credentials, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt) : Issued(AskedAt, ExpiresAt)
{
    public override string ToString() => $"{Credentials} until {ExpiresAt:u}";
}

/// <summary>Whose name calls to AWS are signed in: a key that stays, or one that is renewed.</summary>
sealed class AwsIdentity
{
    readonly Grant<AwsCredentials> _lasting;
    readonly IssuedCache<AwsSession>? _sessions;

    public AwsIdentity(AwsCredentials credentials) => _lasting = Grant<AwsCredentials>.Of(credentials);

    public AwsIdentity(IssuedCache<AwsSession> sessions) => _sessions = sessions;

    /// <summary>A key that is good now, or why there is none.</summary>
    public async ValueTask<Grant<AwsCredentials>> GetAsync()
    {
        if (_sessions is null) return _lasting;
        var grant = await _sessions.GetAsync();
        return new(grant.Item?.Credentials, grant.Problem);
    }
}
