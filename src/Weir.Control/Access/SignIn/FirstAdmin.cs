using System.Security.Cryptography;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The way in where there is no user yet: a token that this process made at its start, that counts once and not for long. It is kept in memory alone, and as
/// its hash.
/// </summary>
sealed class FirstAdmin(ControlPlane plane)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    readonly Lock _lock = new();
    byte[]? _digest;
    DateTimeOffset _until;

    public static Refusal IsThere { get; } = new(409, 0, "", "there are users already: one of them has to let others in");

    /// <summary>Makes the token, to be printed; null when there are users already.</summary>
    public string? Begin()
    {
        if (HasUsers(plane.Current)) return null;
        var token = AdminToken.New(AdminToken.FirstPrefix);
        lock (_lock) (_digest, _until) = (SHA256.HashData(Encoding.UTF8.GetBytes(token)), plane.Parts.Time.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>Whether this is the token, which is used up by that.</summary>
    public bool Take(string token)
    {
        if (token.Length > AdminToken.CharsMax) return false;
        lock (_lock)
        {
            if (_digest is null || plane.Parts.Time.GetUtcNow() >= _until) return false;
            if (!CryptographicOperations.FixedTimeEquals(_digest, SHA256.HashData(Encoding.UTF8.GetBytes(token)))) return false;
            _digest = null;
            return true;
        }
    }

    /// <summary>Gives a token back that could not be used.</summary>
    public void GiveBack(string token)
    {
        lock (_lock) _digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Adds the administrator; refused when somebody was faster.</summary>
    public static Refusal? Add(Draft draft, MapNode user, out Guid id)
    {
        id = Guid.Empty;
        if (draft.All(ControlState.Root, ControlKinds.Users).Any()) return IsThere;
        if (draft.Insert(ControlState.Root, ControlKinds.Users, user, out id) is { } refused) return refused;
        var grant = new MapNode(default,
        [
            new("role", default, Nodes.Text(BuiltInRoles.SuperAdmin)), new("user", default, Nodes.Reference(id)),
            new("all_workspaces", default, new ScalarNode(default, ScalarKind.Boolean, "true")),
        ]);
        return draft.Insert(ControlState.Root, ControlKinds.Grants, grant, out _);
    }

    static bool HasUsers(ControlState state) => state.Table(ControlState.Root, ControlKinds.Users).Count > 0;
}
