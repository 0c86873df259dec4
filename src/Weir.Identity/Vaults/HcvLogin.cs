using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Tokens of HashiCorp Vault: a given one, or those of a login, which is repeated before they expire.</summary>
sealed class HcvLogin : IDisposable
{
    readonly Grant<IssuedToken> _given;
    readonly IssuedCache<IssuedToken>? _issued;

    public HcvLogin(IUpstreams upstreams, HcvVaultSettings settings, TimeProvider time, ILogger log)
    {
        if (settings.AuthMethod == HcvAuthMethod.Token)
            _given = Grant<IssuedToken>.Of(new IssuedToken(settings.Token!, DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
        else
            _issued = new IssuedCache<IssuedToken>(new HcvTokens(upstreams, settings, time), time, log);
    }

    /// <summary>A token that is good now, or why there is none.</summary>
    public ValueTask<Grant<IssuedToken>> GetAsync() => _issued?.GetAsync() ?? new(_given);

    /// <summary>Forgets a token that Vault refuses. False for a given one: there is no other.</summary>
    public bool Drop(IssuedToken token)
    {
        _issued?.Drop(token);
        return _issued is not null;
    }

    public void Dispose() => _issued?.Dispose();
}

/// <summary>Logins at HashiCorp Vault (API documentation: auth/kubernetes, auth/approle, auth/cert, auth/jwt, system/wrapping-unwrap).</summary>
sealed class HcvTokens(IUpstreams upstreams, HcvVaultSettings settings, TimeProvider time) : IIssuer<IssuedToken>
{
    const string PodTokenFile = "/run/secrets/kubernetes.io/serviceaccount/token";

    /// <summary>After so long a token that never ends is fetched anew.</summary>
    static readonly TimeSpan EndlessLife = TimeSpan.FromHours(1);

    string? _unwrapped;

    public string Identity => $"{settings.AuthMethod} at {HcvServer.Url(settings).Authority}";

    public async ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop)
    {
        var (fields, problem) = settings.AuthMethod switch
        {
            HcvAuthMethod.Kubernetes => await PodAsync(stop),
            HcvAuthMethod.AppRole => await RoleAsync(stop),
            HcvAuthMethod.Jwt => await JwtAsync(stop),
            _ => (settings.CertAuthRoleName is { } role ? [("name", role)] : [], null),
        };
        if (problem is not null) return Grant<IssuedToken>.None(problem);
        var path = settings.AuthMethod switch
        {
            HcvAuthMethod.Kubernetes => settings.KubeAuthPath,
            HcvAuthMethod.AppRole => settings.ApproleAuthPath,
            HcvAuthMethod.Jwt => "jwt",
            _ => "cert",
        };
        var asked = time.GetUtcNow();
        var url = new Uri(HcvServer.Url(settings), $"/v1/auth/{VaultCall.PathOf(path.Trim('/'))}/login");
        var answer = await VaultCall.SendAsync(upstreams, VaultCall.Json(url, HcvServer.Headers(settings, null), json =>
        {
            foreach (var (name, value) in fields) json.WriteString(name, value);
        }, stop));
        return Read(answer, asked);
    }

    Grant<IssuedToken> Read(VaultAnswer answer, DateTimeOffset asked)
    {
        // A secret id that was unwrapped and is refused may have been used up; the wrapping token is spent in any case.
        if (answer.Status is 400 or 401 or 403) return Grant<IssuedToken>.None($"{answer.Server} refuses the login with status {answer.Status}");
        if (answer.Status == 503) return Grant<IssuedToken>.None($"{answer.Server} is sealed or in maintenance");
        if (answer is { Problem: not null } or { Status: not 200 }) return Grant<IssuedToken>.None(answer.Failed().Problem);
        return VaultCall.Read(answer.Body, root => TokenOf(root.Object("auth"), asked)) is { } token
            ? Grant<IssuedToken>.Of(token)
            : Grant<IssuedToken>.None($"the answer of {answer.Server} to the login has no token");
    }

    static IssuedToken? TokenOf(JsonElement auth, DateTimeOffset asked)
    {
        if (auth.Text("client_token") is not { Length: > 0 } text || text.AsSpan().ContainsAnyExceptInRange('!', '~')) return null;
        var isNumber = auth.TryGetProperty("lease_duration", out var lease) && lease.ValueKind == JsonValueKind.Number;
        var seconds = isNumber && lease.TryGetInt64(out var given) ? given : 0;
        var life = seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, TokenAnswer.LifeMax.TotalSeconds)) : EndlessLife;
        return new IssuedToken(text, asked, asked + life);
    }

    async ValueTask<((string, string)[] Fields, string? Problem)> PodAsync(CancellationToken stop)
    {
        var (token, problem) = await SecretFile.ReadAsync(settings.KubeApiTokenFile ?? PodTokenFile, stop);
        return ([("role", settings.KubeRole!), ("jwt", token ?? "")], problem);
    }

    async ValueTask<((string, string)[] Fields, string? Problem)> RoleAsync(CancellationToken stop)
    {
        var (secret, problem) = settings.ApproleSecretIdFile is { } file && settings.ApproleSecretId is null
            ? await SecretFile.ReadAsync(file, stop)
            : (settings.ApproleSecretId, null);
        if (problem is null && settings.ApproleResponseWrapping) (secret, problem) = await UnwrapAsync(secret!, stop);
        return ([("role_id", settings.ApproleRoleId!), ("secret_id", secret ?? "")], problem);
    }

    /// <summary>The secret id in a wrapping token, which is spent by asking.</summary>
    async ValueTask<(string? Secret, string? Problem)> UnwrapAsync(string wrapping, CancellationToken stop)
    {
        if (_unwrapped is { } known) return (known, null);
        var url = new Uri(HcvServer.Url(settings), "/v1/sys/wrapping/unwrap");
        var answer = await VaultCall.SendAsync(upstreams, VaultCall.Json(url, HcvServer.Headers(settings, wrapping), static _ => { }, stop));
        if (answer.Status is 400 or 403)
            return (null, $"{answer.Server} does not unwrap the secret id: the wrapping token was used before, has expired or is none");
        if (answer is { Problem: not null } or { Status: not 200 }) return (null, answer.Failed().Problem);
        _unwrapped = VaultCall.Read(answer.Body, static root => root.Object("data").Text("secret_id"));
        return _unwrapped is null ? (null, $"{answer.Server} unwrapped something that is no secret id") : (_unwrapped, null);
    }

    async ValueTask<((string, string)[] Fields, string? Problem)> JwtAsync(CancellationToken stop)
    {
        List<(string, string)> form =
        [
            ("grant_type", "client_credentials"), ("client_id", settings.OAuth2ClientId!), ("client_secret", settings.OAuth2ClientSecret!),
        ];
        if (settings.OAuth2Audiences is { } audiences) form.Add(("audience", audiences));
        var message = TokenCall.Form(new Uri(settings.OAuth2TokenEndpoint!), stop, [.. form]);
        var grant = await TokenCall.SendAsync(upstreams, time, message);
        return ([("role", settings.JwtRole!), ("jwt", grant.Item?.Text ?? "")], grant.Problem);
    }
}
