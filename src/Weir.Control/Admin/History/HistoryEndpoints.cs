using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Control;

/// <summary>What happened: the journal, states of times gone by, what is different between two of them, and who is to ask about a field.</summary>
sealed class HistoryEndpoints(ControlPlane plane)
{
    /// <summary>Entities that one answer shows the differences of.</summary>
    const int DiffEntitiesMax = 10_000;

    const int FlushBytes = 32 * 1024;

    static readonly JsonWriterOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly History _history = new(plane);
    readonly ChangeShown _shown = new(plane.Parts.Read);

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/journal", "history",
        [
            new Operation("GET", Need.SignedIn, "Lists transactions, or follows them as they happen (JSON lines, or events where they are accepted).",
                JournalAsync)
            {
                Query =
                [
                    .. JournalFilter.Parameters, ("size", "How many transactions at most, 1 to 1000; 100 when absent."), ("follow", "1 goes on for ever."),
                    ("last", "1 starts from the end: the newest transactions that fit."),
                ],
            },
        ]);
        yield return new Endpoint("/revisions/{revision}", "history",
            [new Operation("GET", Need.SignedIn, "Shows a workspace as it was, without secrets.", RevisionAsync)]);
        yield return new Endpoint("/diff", "history",
        [
            new Operation("GET", Need.SignedIn, "Shows what is different between two revisions.", DiffAsync)
            {
                Query = [("from", "The earlier revision."), ("to", "The later revision; the current one when absent."), ("workspace", "Only this workspace.")],
            },
        ]);
        yield return new Endpoint("/blame/{kind}/{id}", "history",
            [new Operation("GET", Need.SignedIn, "Says of each field of an entity who gave it its value, when and in which revision.", BlameAsync)]);
    }

    async Task<Reply> JournalAsync(AdminCall call)
    {
        var (filter, refused) = JournalFilter.Of(call);
        if (filter is null) return Reply.Of(refused!);
        if (call.IsOn("follow")) return Follow(call, filter);
        var size = ListPage.SizeDefault;
        if (call.Query("size") is { } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > ListPage.SizeMax))
            return Reply.Of(new Refusal(400, 9, "invalid size", $"size must be an integer between 1 and {ListPage.SizeMax}"));
        var isLast = call.IsOn("last");
        var read = isLast ? _history.ReadBackAsync(call.State.Revision, filter.After, filter.MayWant, call.Aborted)
            : _history.ReadAsync(filter.After, call.State.Revision, filter.MayWant, call.Aborted);
        List<(Transaction Transaction, IReadOnlyList<Change> Changes)> found = [];
        await foreach (var transaction in read)
        {
            if (filter.Wanted(transaction) is not { } changes) continue;
            found.Add((transaction, changes));
            if (found.Count == (isLast ? size : size + 1)) break;
        }
        if (isLast) found.Reverse();
        var page = found.Take(size).ToList();
        var next = found.Count > size ? page[^1].Transaction.Revision : (long?)null;
        return Reply.Json(200, new JsonObject
        {
            ["data"] = new JsonArray([.. page.Select(each => (JsonNode)_shown.Of(each.Transaction, each.Changes, call.State))]),
            ["next"] = next is { } after ? NextOf(call, after) : null,
        });
    }

    static string NextOf(AdminCall call, long after)
    {
        var next = new StringBuilder(call.Path).Append(CultureInfo.InvariantCulture, $"?after={after}");
        foreach (var name in JournalFilter.Parameters.Select(static parameter => parameter.Name).Append("size"))
            if (name != "after" && call.Query(name) is { } value)
                next.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return next.ToString();
    }

    Reply Follow(AdminCall call, JournalFilter filter)
    {
        var isEvents = call.Http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        return new Reply(200)
        {
            ContentType = isEvents ? "text/event-stream" : "application/x-ndjson",
            Headers = [("Cache-Control", "no-store")],
            Stream = (response, cancellation) => FollowAsync(call, filter, isEvents, response, cancellation),
        };
    }

    async Task FollowAsync(AdminCall call, JournalFilter filter, bool isEvents, HttpResponse response, CancellationToken cancellation)
    {
        await response.StartAsync(cancellation);
        var after = filter.After;
        while (true)
        {
            var state = plane.Current;
            // Who has lost the right to look is not shown what comes.
            if (await call.Again() is var caller && (caller.IsNobody || (call.IsInWorkspace && !caller.Rights.Sees(call.Workspace)))) return;
            filter.Rights = caller.Rights;
            await foreach (var transaction in _history.ReadAsync(after, state.Revision, filter.MayWant, cancellation))
            {
                if (filter.Wanted(transaction) is not { } changes) continue;
                var line = _shown.Of(transaction, changes, state).ToJsonString(Reply.Readable);
                await response.WriteAsync(isEvents ? $"id: {transaction.Revision}\ndata: {line}\n\n" : line + "\n", cancellation);
            }
            await response.Body.FlushAsync(cancellation);
            after = Math.Max(after, state.Revision);
            await plane.WaitAsync(after, cancellation);
        }
    }

    async Task<Reply> RevisionAsync(AdminCall call)
    {
        if (!TryRevision(call[0], call.State, out var revision)) return Reply.NotFound;
        if (revision < plane.Journal.Start) return Archived;
        var state = await _history.AtAsync(call.State, revision, call.Aborted);
        var kinds = ControlKinds.All.Where(kind => !kind.IsShared && call.Rights.MayRead(kind, call.Workspace)).ToList();
        return new Reply(200) { Stream = (response, cancellation) => WriteAsync(state, call.Workspace, kinds, response, cancellation) };
    }

    /// <summary>An entity after the other: a workspace may have a million.</summary>
    async Task WriteAsync(
        ControlState state, Guid workspace, IReadOnlyList<ControlKind> kinds, HttpResponse response, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(response.BodyWriter, s_readable);
        json.WriteStartObject();
        json.WriteNumber("revision", state.Revision);
        json.WriteStartObject("entities");
        foreach (var kind in kinds.Where(kind => state.Table(workspace, kind).Count > 0))
        {
            json.WriteStartArray(kind.Name);
            foreach (var entity in state.Table(workspace, kind).All)
            {
                SecretMask.Of(kind, entity.Json, plane.Parts.Read).WriteTo(json);
                if (json.BytesPending < FlushBytes) continue;
                await json.FlushAsync(cancellation);
                await response.BodyWriter.FlushAsync(cancellation);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    async Task<Reply> DiffAsync(AdminCall call)
    {
        List<(string Field, string Message)> problems = [];
        var only = call.IsInWorkspace ? call.Workspace : (Guid?)null;
        if (call.Query("workspace") is { } workspace && (only = WorkspaceQuery.Find(call, workspace)?.Id) is null)
            problems.Add(("workspace", $"there is no workspace '{workspace}'"));
        if (!TryRevision(call.Query("from") ?? "", call.State, out var from)) problems.Add(("from", $"expected a revision from 0 to {call.State.Revision}"));
        var to = call.State.Revision;
        if (call.Query("to") is { } given && !TryRevision(given, call.State, out to))
            problems.Add(("to", $"expected a revision from 0 to {call.State.Revision}"));
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        if (Math.Min(from, to) < plane.Journal.Start) return Archived;
        var changes = (await _history.BetweenAsync(from, to, call.Aborted))
            .Where(change => (only is null || change.Workspace == only) && WorkspaceQuery.MayRead(call.Rights, change)).ToList();
        if (changes.Count > DiffEntitiesMax)
        {
            var message = $"{changes.Count} entities are different, and at most {DiffEntitiesMax} are shown: choose a workspace, or revisions that are nearer";
            return Reply.Of(Refusal.Violation("from", message));
        }
        return Reply.Json(200, new JsonObject { ["from"] = from, ["to"] = to, ["changes"] = _shown.Of(changes, call.State) });
    }

    async Task<Reply> BlameAsync(AdminCall call)
    {
        if ((ControlKinds.Named(call[0]) ?? ControlKinds.AtPath(call[0])) is not { } kind) return Reply.NotFound;
        var room = call.RoomOf(kind);
        if (call.State.Table(room, kind).Find(call[1]) is not { } entity || !call.Rights.MayRead(entity, room)) return Reply.NotFound;
        var masked = SecretMask.Of(kind, entity.Json, plane.Parts.Read);
        var values = FieldDiff.Of(null, masked).ToDictionary(static field => field.Field, static field => field.After, StringComparer.Ordinal);
        var fields = new JsonObject();
        foreach (var (field, by) in await _history.BlameAsync(room, entity, call.Aborted))
        {
            var one = new JsonObject { ["value"] = values.GetValueOrDefault(field)?.DeepClone() };
            foreach (var (name, value) in ChangeShown.By(by)) one[name] = value?.DeepClone();
            fields[field] = one;
        }
        return Reply.Json(200, new JsonObject { ["kind"] = kind.Name, ["id"] = entity.Id.ToString(), ["fields"] = fields });
    }

    Reply Archived => Reply.Message(404, $"transactions up to revision {plane.Journal.Start} are archived elsewhere");

    static bool TryRevision(string text, ControlState state, out long revision) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out revision) && revision <= state.Revision;
}
