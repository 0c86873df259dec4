namespace Weir.Identity;

/// <summary>A key of AWS. Never shown: its text is the id alone.</summary>
/// <param name="AccessKeyId">Id of the key.</param>
/// <param name="SecretAccessKey">The secret.</param>
/// <param name="SessionToken">Token of temporary credentials; null for a long-lived key.</param>
sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    public override string ToString() => AccessKeyId;
}
