using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Control;

/// <summary>One request of the Admin API, with the state that it sees.</summary>
/// <param name="Http">The request.</param>
/// <param name="Plane">Where changes are made.</param>
/// <param name="State">What it sees: one revision, whole.</param>
/// <param name="Workspace">The workspace that its path names.</param>
/// <param name="Path">Its path, as links in answers repeat it.</param>
/// <param name="Values">What stands for the parts in braces of its endpoint's path.</param>
/// <param name="Operation">What is asked for.</param>
/// <param name="Author">Who asks.</param>
sealed record AdminCall(
    HttpContext Http, ControlPlane Plane, ControlState State, Guid Workspace, string Path, IReadOnlyList<string> Values, Operation Operation, Author Author)
{
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>What stands for a part in braces.</summary>
    public string this[int part] => Values[part];

    /// <summary>A parameter of the query; null when it is absent.</summary>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Whether a switch of the query is on: <c>1</c>, <c>true</c> or just the name.</summary>
    public bool IsOn(string name) => Query(name) is "1" or "true" or "on" or "";

    /// <summary>The room in which entities of a kind stand for this request.</summary>
    public Guid RoomOf(ControlKind kind) => kind.RoomIn(Workspace);

    /// <summary>Whether the path names its workspace.</summary>
    public bool IsInWorkspace { get; init; }

    /// <summary>Who asks.</summary>
    public Caller Caller { get; init; } = Caller.Nobody;

    public Rights Rights => Author.Rights;

    /// <summary>Who asks now: what goes on for long looks again whether it still may.</summary>
    public Func<Task<Caller>> Again { get; init; } = static () => Task.FromResult(Caller.Nobody);

    /// <summary>The revision that it made; null for none.</summary>
    public long? Revision { get; private set; }

    /// <summary>Makes a change under the author of the request.</summary>
    public async Task<Commit> CommitAsync(Func<Draft, IReadOnlyList<Refusal>> work, CommitOptions options, Author? author = null)
    {
        var commit = await Plane.CommitAsync(author ?? Author, work, options, Aborted);
        Revision = commit.Transaction?.Revision;
        return commit;
    }

    /// <summary>What a caller without the rights for it is told.</summary>
    public Reply MayNot(AdminAction action) => Reply.Message(403, Refusal.MayNot(Author.Name, action));

    public EntityView View => EntityView.Of(State, this);

    /// <summary>Makes a change. The work may run again when another node was faster.</summary>
    /// <param name="work">Says the change to a draft.</param>
    /// <param name="done">The answer when it is made.</param>
    /// <param name="options">How.</param>
    public async Task<Reply> ChangeAsync(Func<Draft, Refusal?> work, Func<Commit, Reply> done, CommitOptions? options = null)
    {
        options ??= CommitOptions.Default with { PasswordsAreHashed = IsOn("skip_hash") };
        var commit = await CommitAsync(draft => work(draft) is { } refused ? [refused] : [], options);
        return commit.Ok ? done(commit) : Reply.Of(commit.Refusals);
    }

    /// <summary>The body as nodes, or the answer to a body that is none.</summary>
    public Task<(MapNode? Body, Reply? Problem)> ReadBodyAsync(ControlKind? kind = null, string? plugin = null) => BodyReader.ReadAsync(this, kind, plugin);
}
