using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Which transactions and which of their changes somebody wants to see.</summary>
sealed class JournalFilter
{
    public static readonly IReadOnlyList<(string Name, string Meaning)> Parameters =
    [
        ("actor", "Only transactions of this user."),
        ("workspace", "Only changes in this workspace, by name or id."),
        ("kind", "Only changes of entities of this kind."),
        ("id", "Only changes of the entity with this id."),
        ("since", "Only transactions from this moment on (RFC 3339)."),
        ("until", "Only transactions before this moment (RFC 3339)."),
        ("after", "Only transactions after this revision."),
    ];

    string? _actor;
    Guid? _workspace;
    ControlKind? _kind;
    Guid? _id;
    DateTimeOffset _since = DateTimeOffset.MinValue;
    DateTimeOffset _until = DateTimeOffset.MaxValue;
    long _after;

    /// <summary>Of who wants to see them: the rest is left out.</summary>
    public Rights Rights { get; set; } = Rights.None;

    /// <summary>The last revision that is not wanted.</summary>
    public long After => _after;

    public static (JournalFilter? Filter, Refusal? Refused) Of(AdminCall call)
    {
        List<(string Field, string Message)> problems = [];
        var filter = new JournalFilter { Rights = call.Rights, _actor = call.Query("actor"), _workspace = call.IsInWorkspace ? call.Workspace : null };
        if (call.Query("workspace") is { } workspace && (filter._workspace = WorkspaceQuery.Find(call, workspace)?.Id) is null)
            problems.Add(("workspace", $"there is no workspace '{workspace}'"));
        if (call.Query("kind") is { } kind && (filter._kind = ControlKinds.Named(kind) ?? ControlKinds.AtPath(kind)) is null)
            problems.Add(("kind", $"there is no kind '{kind}'{Suggestion.For(kind, ControlKinds.All.Select(static each => each.Name))}"));
        if (call.Query("id") is { } id)
        {
            if (Guid.TryParseExact(id, "D", out var parsed)) filter._id = parsed;
            else problems.Add(("id", "expected a valid UUID"));
        }
        if (call.Query("since") is { } since && !TryMoment(since, out filter._since)) problems.Add(("since", "expected a moment such as 2026-01-31T12:00:00Z"));
        if (call.Query("until") is { } until && !TryMoment(until, out filter._until)) problems.Add(("until", "expected a moment such as 2026-01-31T12:00:00Z"));
        if (call.Query("after") is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out filter._after))
            problems.Add(("after", "expected a revision"));
        return problems.Count > 0 ? (null, Refusal.Violation(problems)) : (filter, null);
    }

    /// <summary>Whether a record can be wanted at all. Most are about something else, which is seen without reading them.</summary>
    public bool MayWant(ReadOnlySpan<byte> payload) =>
        (_id is not { } id || payload.IndexOf(Encoding.ASCII.GetBytes(id.ToString())) >= 0)
        && (_kind is null || payload.IndexOf(Encoding.ASCII.GetBytes($"\"kind\":\"{_kind.Name}\"")) >= 0);

    /// <summary>The changes of a transaction that are wanted; null when it is not.</summary>
    public IReadOnlyList<Change>? Wanted(Transaction transaction)
    {
        if (_actor is not null && transaction.Author.Name != _actor) return null;
        if (transaction.At < _since || transaction.At >= _until) return null;
        if (_workspace is null && _kind is null && _id is null && Rights.IsEverything) return transaction.Changes;
        var wanted = transaction.Changes.Where(change => (_workspace is null || change.Workspace == _workspace)
            && (_kind is null || change.Kind == _kind) && (_id is null || change.Id == _id) && WorkspaceQuery.MayRead(Rights, change)).ToList();
        return wanted.Count > 0 ? wanted : null;
    }

    static bool TryMoment(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
}
