using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Weir.Config;

namespace Weir.Control;

/// <summary>The authority that proves gateways and control planes to each other: in the journal, so that all nodes of a control plane have the same.</summary>
sealed record ClusterAuthorityConfig : Entity
{
    [Description("Its certificate, PEM.")]
    public required string Cert { get; init; }

    [Description("Its private key, PEM (PKCS #8)."), Secret]
    public required string Key { get; init; }
}

/// <summary>Leave to enrol gateways: a secret that was given out, of which only the hash is kept.</summary>
sealed record JoinTokenConfig : Entity
{
    [Description("What it is for.")]
    public string? Name { get; init; }

    [Description("SHA-256 of its secret, in hex.")]
    public required string Hash { get; init; }

    [Description("When it ends.")]
    public required string ExpiresAt { get; init; }

    [Description("How many gateways it enrols."), Range(1, JoinTokenRules.UsesMax)]
    public int UsesMax { get; init; } = 1;

    [Description("How many it has enrolled."), Range(0, JoinTokenRules.UsesMax)]
    public int Uses { get; init; }
}

/// <summary>A gateway that follows this control plane.</summary>
sealed record EnrolledGatewayConfig : Entity
{
    [Description("What people call it: the name of its machine when nothing else was said."), MinLength(1), MaxLength(255)]
    public required string Name { get; init; }

    [Description("Serial numbers of the certificates that it may show: the newest first, and the one that it was renewed with.")]
    public required IReadOnlyList<string> Serials { get; init; }

    [Description("When the newest of them ends.")]
    public required string ExpiresAt { get; init; }

    [Description("A revoked gateway is cut off and gets nothing more.")]
    public bool Revoked { get; init; }

    [Description("Labels, for people and programs.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Bounds of join tokens.</summary>
static class JoinTokenRules
{
    public const int UsesMax = 10_000;

    public static readonly TimeSpan LifeDefault = TimeSpan.FromMinutes(15);

    /// <summary>A token is given out to be used now.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromDays(7);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ClusterAuthorityConfig))]
[JsonSerializable(typeof(JoinTokenConfig))]
[JsonSerializable(typeof(EnrolledGatewayConfig))]
sealed partial class FollowKindsJson : JsonSerializerContext;
