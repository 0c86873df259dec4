namespace Weir.Control;

/// <summary>
/// What an operation asks of its caller. It lets a request in; what is in the answer, and every change, is held against the rights one by one besides.
/// </summary>
sealed class Need
{
    readonly AdminAction[] _actions;
    readonly Func<Rights, AdminAction, Guid, bool> _isMet;

    Need(string text, AdminAction[] actions, Func<Rights, AdminAction, Guid, bool> isMet) => (Text, _actions, _isMet) = (text, actions, isMet);

    /// <summary>Nothing: ways to sign in.</summary>
    public static Need Nothing { get; } = new("nothing", [AdminAction.Read], static (_, _, _) => true) { IsForAnyone = true };

    /// <summary>To be somebody: what the node is, and what is made for each caller.</summary>
    public static Need SignedIn { get; } = new("to be signed in", [AdminAction.Read], static (_, _, _) => true);

    /// <summary>To read every kind of a workspace with its secrets: what cannot be left out or masked.</summary>
    public static Need Whole { get; } = new("read of everything, and reveal", [AdminAction.Read], static (rights, _, workspace) =>
        rights.May(AdminAction.Reveal, workspace) && ControlKinds.All.All(kind => kind.IsShared || rights.MayRead(kind, workspace)));

    /// <summary>As documents say it.</summary>
    public string Text { get; }

    /// <summary>Whether nobody has to prove who calls.</summary>
    public bool IsForAnyone { get; private init; }

    /// <summary>One of some actions on a kind.</summary>
    public static Need To(ControlKind kind, params AdminAction[] actions) => new($"{Join(actions)} of {kind}", actions, (rights, action, workspace) =>
    {
        // Which of them the caller may see or change is told one by one.
        if (AccessScope.IsByEntity(kind)) return rights.MaySomewhere(action, kind);
        return rights.May(action, kind, kind.RoomIn(workspace));
    });

    public static Need Read(ControlKind kind) => To(kind, AdminAction.Read);

    /// <summary>One of some actions on the workspace of the path, as a whole.</summary>
    public static Need Of(params AdminAction[] actions) =>
        new(Join(actions), actions, static (rights, action, workspace) => rights.May(action, workspace));

    /// <summary>An action on some workspace: the request names it elsewhere than in its path.</summary>
    public static Need Somewhere(AdminAction action) =>
        new(Join([action]) + " somewhere", [action], static (rights, action, _) => rights.MaySomewhere(action));

    public bool IsMetBy(Rights rights, Guid workspace) => Array.Exists(_actions, action => _isMet(rights, action, workspace));

    /// <summary>The action that a refusal names.</summary>
    public AdminAction Action => _actions[0];

    static string Join(AdminAction[] actions) => string.Join(" or ", actions.Select(static action => action.ToString().ToLowerInvariant()));
}
