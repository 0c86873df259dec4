using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Weir.Control;

/// <summary>Who may follow: makes join tokens, enrols gateways by them, renews and revokes. All of it is transactions, like every other change.</summary>
sealed class Enrolment(ControlPlane plane, ClusterAuthority authority, TimeSpan certificateLife)
{
    /// <summary>A gateway's certificates: the newest, and the one that it may still have to show when the newest got lost on the way.</summary>
    const int SerialsMax = 2;

    TimeProvider Time => plane.Parts.Time;

    public ClusterAuthority Authority => authority;

    /// <summary>The authority in the journal; made by whichever node needs it first.</summary>
    /// <exception cref="InvalidOperationException">It can be neither found nor made.</exception>
    public static async Task<ClusterAuthority> AuthorityAsync(ControlPlane plane, CancellationToken cancellation)
    {
        if (Find(plane.Current) is null)
        {
            var (certificate, key) = ClusterAuthority.Make(plane.Parts.Time);
            var config = new ClusterAuthorityConfig { Cert = certificate, Key = key };
            var commit = await plane.CommitAsync(new Author("weir", Reason: "the authority of gateways that follow is made"), draft =>
                Find(draft.State) is not null ? [] : Insert(draft, ControlKinds.ClusterAuthorities, config, out _), CommitOptions.Default, cancellation);
            if (!commit.Ok) throw new InvalidOperationException("the authority of gateways cannot be recorded: " + commit.Refusals[0].Message);
        }
        var found = Read<ClusterAuthorityConfig>(Find(plane.Current)!);
        return ClusterAuthority.Load(found.Cert, found.Key);

        static Stored? Find(ControlState state) => state.Table(ControlState.Root, ControlKinds.ClusterAuthorities).All.FirstOrDefault();
    }

    /// <summary>Makes a join token. Its secret is in the answer and nowhere else.</summary>
    public async Task<(JoinToken Token, Commit Commit)> MakeTokenAsync(Author author, string? name, TimeSpan life, int uses, CancellationToken cancellation)
    {
        var token = JoinToken.Make(authority.Pin);
        var config = new JoinTokenConfig
        {
            Id = token.Id.ToString(),
            Name = name,
            Hash = token.Hash,
            ExpiresAt = Text(Time.GetUtcNow() + life),
            UsesMax = uses,
        };
        return (token, await plane.CommitAsync(author, draft => Insert(draft, ControlKinds.JoinTokens, config, out _), CommitOptions.Default, cancellation));
    }

    /// <summary>Enrols a gateway.</summary>
    /// <returns>Its id and certificate, or why not.</returns>
    public async Task<(Guid Id, X509Certificate2? Certificate, string Problem)> EnrolAsync(
        JoinToken token, string name, byte[] signingRequest, string address, CancellationToken cancellation)
    {
        var id = plane.Parts.NewId();
        X509Certificate2 certificate;
        try
        {
            certificate = authority.IssueGateway(signingRequest, id, Time, certificateLife);
        }
        catch (CryptographicException broken)
        {
            return (default, null, "the signing request is no good: " + broken.Message);
        }
        var config = new EnrolledGatewayConfig
        {
            Id = id.ToString(),
            Name = name,
            Serials = [certificate.SerialNumber],
            ExpiresAt = Text(certificate.NotAfter.ToUniversalTime()),
        };
        var author = new Author($"join token {token.Id}", address, Reason: $"gateway '{name}' enrols");
        var commit = await plane.CommitAsync(author, draft => Use(draft, token) is { } refused ? [refused]
            : Insert(draft, ControlKinds.Gateways, config, out _), CommitOptions.Default, cancellation);
        if (commit.Ok) return (id, certificate, "");
        certificate.Dispose();
        return (default, null, commit.Refusals[0].Message);
    }

    /// <summary>A new certificate for a gateway that shows one that it may show.</summary>
    public async Task<(X509Certificate2? Certificate, string Problem)> RenewAsync(
        Guid gateway, string shownSerial, byte[] signingRequest, string address, CancellationToken cancellation)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = authority.IssueGateway(signingRequest, gateway, Time, certificateLife);
        }
        catch (CryptographicException broken)
        {
            return (null, "the signing request is no good: " + broken.Message);
        }
        var commit = await plane.CommitAsync(new Author($"gateway {gateway}", address, Reason: "its certificate is renewed"), draft =>
        {
            if (draft.Find(ControlState.Root, ControlKinds.Gateways, gateway.ToString()) is not { } stored || !IsAdmitted(stored, shownSerial))
                return [new Refusal(403, 0, "", "the gateway may not follow")];
            var config = Read<EnrolledGatewayConfig>(stored);
            return Put(draft, ControlKinds.Gateways, gateway, config with
            {
                Serials = [.. new[] { certificate.SerialNumber, shownSerial }.Take(SerialsMax)],
                ExpiresAt = Text(certificate.NotAfter.ToUniversalTime()),
            });
        }, CommitOptions.Default, cancellation);
        if (commit.Ok) return (certificate, "");
        certificate.Dispose();
        return (null, commit.Refusals[0].Message);
    }

    /// <summary>The gateway that a certificate is one of, and that is not revoked; null when there is none.</summary>
    public Guid? Admit(X509Certificate2? certificate)
    {
        if (certificate is null || authority.GatewayOf(certificate, Time) is not { } id) return null;
        return IsAdmitted(plane.Current, id, certificate.SerialNumber) ? id : null;
    }

    public static bool IsAdmitted(ControlState state, Guid id, string serial) =>
        state.Table(ControlState.Root, ControlKinds.Gateways).Find(id) is { } stored && IsAdmitted(stored, serial);

    /// <summary>Changes what is kept of a gateway.</summary>
    public static IReadOnlyList<Refusal> Change(Draft draft, string id, Func<EnrolledGatewayConfig, EnrolledGatewayConfig> change)
    {
        if (draft.Find(ControlState.Root, ControlKinds.Gateways, id) is not { } stored) return [Refusal.NotFound];
        return Put(draft, ControlKinds.Gateways, stored.Id, change(Read<EnrolledGatewayConfig>(stored)));
    }

    public static T Read<T>(Stored stored) => (T)JsonSerializer.Deserialize(stored.Json.Span, stored.Kind.Type)!;

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    static bool IsAdmitted(Stored stored, string serial) => Read<EnrolledGatewayConfig>(stored) is { Revoked: false } config && config.Serials.Contains(serial);

    /// <summary>Counts a use of a token. One message for all that can be wrong: nobody learns which tokens there are.</summary>
    Refusal? Use(Draft draft, JoinToken token)
    {
        var refused = new Refusal(403, 0, "", "the join token is unknown, used up or over; make one with `weir gateway join-token`");
        if (draft.Find(ControlState.Root, ControlKinds.JoinTokens, token.Id.ToString()) is not { } stored) return refused;
        var config = Read<JoinTokenConfig>(stored);
        var expires = DateTimeOffset.Parse(config.ExpiresAt, CultureInfo.InvariantCulture);
        var isRight = CryptographicOperations.FixedTimeEquals(Convert.FromHexString(config.Hash), SHA256.HashData(token.Secret));
        if (!isRight || config.Uses >= config.UsesMax || Time.GetUtcNow() >= expires) return refused;
        return Put(draft, ControlKinds.JoinTokens, token.Id, config with { Uses = config.Uses + 1 }) is [var problem, ..] ? problem : null;
    }

    static IReadOnlyList<Refusal> Insert(Draft draft, ControlKind kind, object config, out Guid id) =>
        draft.Insert(ControlState.Root, kind, Node(kind, config), out id) is { } refused ? [refused] : [];

    static IReadOnlyList<Refusal> Put(Draft draft, ControlKind kind, Guid id, object config) =>
        draft.Put(ControlState.Root, kind, id.ToString(), Node(kind, config), out _) is { } refused ? [refused] : [];

    static Config.MapNode Node(ControlKind kind, object config)
    {
        var node = Nodes.Read(new Stored(kind, Guid.Empty, JsonSerializer.SerializeToUtf8Bytes(config, kind.Type), 0));
        return node.Find("id") is Config.ScalarNode { Kind: Config.ScalarKind.Null } ? node.Without("id") : node;
    }
}
