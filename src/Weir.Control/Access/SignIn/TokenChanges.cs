using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>How tokens come and go. Whoever gets one sees it once; only its hash is kept.</summary>
static class TokenChanges
{
    /// <summary>How long a token counts when nobody says.</summary>
    public const int DaysDefault = 90;

    public const int DaysMax = 3650;

    /// <summary>How long the old token counts beside its successor when nobody says.</summary>
    public const int OverlapSecondsDefault = 24 * 3600;

    public const int OverlapSecondsMax = 30 * 24 * 3600;

    /// <summary>Adds a token.</summary>
    /// <param name="draft">Where.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="token">The token.</param>
    /// <param name="until">When it ends.</param>
    /// <param name="id">Its id.</param>
    public static Refusal? Add(Draft draft, Guid user, string name, string token, DateTimeOffset until, out Guid id) =>
        draft.Insert(ControlState.Root, ControlKinds.Tokens, new MapNode(default,
        [
            new("name", default, Nodes.Text(name)), new("user", default, Nodes.Reference(user)), new("digest", default, Nodes.Text(AdminToken.DigestOf(token))),
            new("hint", default, Nodes.Text(AdminToken.HintOf(token))), new("expires_at", default, Seconds(until)),
        ]), out id);

    /// <summary>Puts another token in the place of one, which goes on for a while under another name.</summary>
    public static Refusal? Rotate(Draft draft, Stored old, string token, DateTimeOffset until, DateTimeOffset oldUntil, out Guid id)
    {
        id = Guid.Empty;
        var ends = Math.Min(oldUntil.ToUnixTimeSeconds(), ExpiresAt(old));
        var retired = new MapNode(default,
        [
            new("name", default, Nodes.Text($"{old.Name}~{old.Id.ToString()[..8]}")),
            new("expires_at", default, Seconds(DateTimeOffset.FromUnixTimeSeconds(ends))),
        ]);
        return draft.Patch(ControlState.Root, ControlKinds.Tokens, old.Id.ToString(), retired, out _)
            ?? Add(draft, old.Reference("user")!.Value, old.Name!, token, until, out id);
    }

    public static long ExpiresAt(Stored token) => Nodes.Read(token).Find("expires_at") is ScalarNode number
        && long.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : 0;

    static ScalarNode Seconds(DateTimeOffset at) => new(default, ScalarKind.Integer, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
