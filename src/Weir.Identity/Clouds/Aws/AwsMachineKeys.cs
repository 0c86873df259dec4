using System.Text;

namespace Weir.Identity;

/// <summary>Keys of the role of the EC2 machine that this runs on (instance metadata service, version 2).</summary>
/// <param name="upstreams">How the service is called.</param>
/// <param name="time">The clock.</param>
/// <param name="server">The service in place of Amazon's.</param>
sealed class AwsMachineKeys(IUpstreams upstreams, TimeProvider time, Uri? server = null) : IIssuer<AwsSession>
{
    const string Roles = "/latest/meta-data/iam/security-credentials/";
    const string Help =
        "no AWS credentials: set aws_access_key_id and aws_secret_access_key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, "
        + "or run where AWS gives out keys; ";

    static readonly Uri Server = new("http://169.254.169.254");

    readonly Uri _server = server ?? Server;

    public string Identity => "the machine's role at AWS";

    public async ValueTask<Grant<AwsSession>> FetchAsync(CancellationToken stop)
    {
        var asked = time.GetUtcNow();
        var (token, problem) = await ReadAsync("PUT", "/latest/api/token", new("X-aws-ec2-metadata-token-ttl-seconds", "21600"), stop);
        if (problem is not null) return Grant<AwsSession>.None(Help + problem);
        if (!IsWord(token.Span)) return Grant<AwsSession>.None(Help + "the machine's metadata service gives out no token");

        var key = new KeyValuePair<string, string>("X-aws-ec2-metadata-token", Encoding.ASCII.GetString(token.Span));
        (var role, problem) = await ReadAsync("GET", Roles, key, stop);
        if (problem is not null) return Grant<AwsSession>.None($"{Help}of the machine's role: {problem}");
        if (!IsWord(role.Span)) return Grant<AwsSession>.None(Help + "the machine has no role");

        (var json, problem) = await ReadAsync("GET", Roles + Uri.EscapeDataString(Encoding.ASCII.GetString(role.Span)), key, stop);
        if (problem is not null) return Grant<AwsSession>.None($"{Help}of the machine's key: {problem}");
        var grant = AwsKeyAnswer.Read(json, asked);
        return grant.Problem is { } wrong ? Grant<AwsSession>.None($"the answer of the machine's metadata service is no key: {wrong}") : grant;
    }

    async ValueTask<(ReadOnlyMemory<byte> Body, string? Problem)> ReadAsync(
        string method, string path, KeyValuePair<string, string> header, CancellationToken stop) =>
        await TokenCall.ReadAsync(upstreams, TokenCall.Machine(new Uri(_server, path), method, [header], stop), static _ => "");

    static bool IsWord(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
