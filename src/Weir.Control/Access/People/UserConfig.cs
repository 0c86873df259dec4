using System.ComponentModel;
using System.Text.Json.Serialization;
using Weir.Config;

namespace Weir.Control;

/// <summary>What stands behind a name that calls.</summary>
enum UserType
{
    [JsonStringEnumMemberName("person")] Person,
    [JsonStringEnumMemberName("service")] Service,
}

/// <summary>Somebody or something that may call the Admin API: a person, or a service account, which has tokens only.</summary>
sealed record UserConfig : Entity
{
    [Description("Unique name; the journal and the audit log have it."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Whether it is a person or a service account. Service accounts have no password.")]
    public UserType Type { get; init; } = UserType.Person;

    [Description("A user who is not enabled can do nothing; tokens and sessions end with it.")]
    public bool Enabled { get; init; } = true;

    [Description("What the OpenID provider calls the user (the claim sub); unique. Null for a user whom it does not know.")]
    public string? Subject { get; init; }

    [Description("Where the user can be reached.")]
    public string? Email { get; init; }

    [Description("What the user is for.")]
    public string? Comment { get; init; }

    [Description("Password, 12 to 256 characters; kept as its PBKDF2 hash. Null for none: the user has tokens, or comes from elsewhere."), Secret]
    public string? Password { get; init; }
}

/// <summary>Users who are given rights together.</summary>
sealed record TeamConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("What the team does.")]
    public string? Comment { get; init; }

    [Description("Groups of the OpenID provider whose members are in the team.")]
    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary>A user in a team.</summary>
sealed record TeamMemberConfig : Entity
{
    [Description("The team.")]
    public Reference? Team { get; init; }

    [Description("The user.")]
    public Reference? User { get; init; }
}

/// <summary>What a program shows to prove who calls. The token itself is kept nowhere.</summary>
sealed record TokenConfig : Entity
{
    [Description("What the token is for; unique among those of its user."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Whose token it is.")]
    public Reference? User { get; init; }

    [Description("SHA-256 of the token, in hexadecimal digits."), Secret]
    public required string Digest { get; init; }

    [Description("What may be shown of the token: its end.")]
    public required string Hint { get; init; }

    [Description("When it stops to count, in Unix seconds.")]
    public required long ExpiresAt { get; init; }
}
