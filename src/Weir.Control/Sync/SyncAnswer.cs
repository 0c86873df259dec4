using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Config;

namespace Weir.Control;

/// <summary>What a sync or a dump is answered with.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="ContentType">What the body is.</param>
sealed record SyncAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType = SyncAnswer.JsonType)
{
    public const string JsonType = "application/json; charset=utf-8";

    public const string YamlType = "application/yaml; charset=utf-8";

    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Changes in decK's form.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="commit">What became of it.</param>
    /// <param name="changes">The changes as they are told.</param>
    /// <param name="warnings">What should be known.</param>
    /// <param name="workspace">The workspace.</param>
    public static SyncAnswer Of(SyncRequest request, Commit commit, IReadOnlyList<DeckChange> changes, IReadOnlyList<Problem> warnings, Guid workspace) =>
        Write(200, json =>
        {
            WriteChanges(json, changes);
            WriteProblems(json, warnings);
            json.WriteNumber("revision", commit.State.Revision);
            json.WriteBoolean("dry_run", request.IsDryRun);
            if (request.IsDryRun) json.WriteString("plan_hash", request.HashOn(commit.State.Revision, workspace));
        });

    /// <summary>Everything that is wrong, each with its place in the body of the request.</summary>
    public static SyncAnswer Refused(int status, IReadOnlyList<Problem> problems, long revision) => Write(status, json =>
    {
        WriteChanges(json, []);
        WriteProblems(json, problems);
        var first = problems.FirstOrDefault(static problem => problem.Severity == Severity.Error);
        json.WriteString("message", first is null ? "refused" : Text(first));
        json.WriteNumber("revision", revision);
    });

    static SyncAnswer Write(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return new SyncAnswer(status, buffer.WrittenMemory);
    }

    static void WriteChanges(Utf8JsonWriter json, IReadOnlyList<DeckChange> changes)
    {
        var creating = changes.Where(static change => change.Old is null).ToList();
        var updating = changes.Where(static change => change is { Old: not null, New: not null }).ToList();
        var deleting = changes.Where(static change => change.New is null).ToList();
        json.WriteStartObject("changes");
        WriteList(json, "creating", creating);
        WriteList(json, "updating", updating);
        WriteList(json, "deleting", deleting);
        foreach (var dropped in (ReadOnlySpan<string>)["dropped_creations", "dropped_updates", "dropped_deletions"]) WriteList(json, dropped, []);
        json.WriteEndObject();
        json.WriteStartObject("summary");
        json.WriteNumber("creating", creating.Count);
        json.WriteNumber("updating", updating.Count);
        json.WriteNumber("deleting", deleting.Count);
        json.WriteNumber("total", changes.Count);
        json.WriteEndObject();
    }

    static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<DeckChange> changes)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            json.WriteString("kind", change.Kind);
            json.WriteStartObject("body");
            WriteEntity(json, "new", change.New);
            WriteEntity(json, "old", change.Old);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteEntity(Utf8JsonWriter json, string name, MapNode? entity)
    {
        json.WritePropertyName(name);
        if (entity is null) json.WriteNullValue();
        else NodeJson.Write(json, entity);
    }

    static void WriteProblems(Utf8JsonWriter json, IReadOnlyList<Problem> problems)
    {
        foreach (var (name, severity) in (ReadOnlySpan<(string, Severity)>)[("warnings", Severity.Warning), ("errors", Severity.Error)])
        {
            json.WriteStartArray(name);
            foreach (var problem in problems)
                if (problem.Severity == severity) json.WriteStringValue(Text(problem));
            json.WriteEndArray();
        }
        json.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("severity", problem.Severity == Severity.Error ? "error" : "warning");
            json.WriteString("entity", problem.Entity);
            json.WriteString("field", problem.Field);
            json.WriteString("message", problem.Message);
            json.WriteNumber("line", problem.Place.Line);
            json.WriteNumber("column", problem.Place.Column);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static string Text(Problem problem) =>
        (problem.Entity.Length > 0 ? problem.Entity + ": " : "") + (problem.Field.Length > 0 ? problem.Field + ": " : "") + problem.Message;
}
