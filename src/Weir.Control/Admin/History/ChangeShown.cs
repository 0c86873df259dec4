using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Changes and transactions as they are shown: without secrets.</summary>
sealed class ChangeShown(ReadOptions read)
{
    /// <summary>A change with its fields.</summary>
    public JsonObject Of(Change change, ControlState state)
    {
        var shown = Head(change, state);
        var (before, after) = (Parse(change.Before), Parse(change.After));
        var (maskedBefore, maskedAfter) = (Masked(change, change.Before), Masked(change, change.After));
        var fields = new JsonArray();
        // Compared with their secrets, shown without.
        foreach (var field in FieldDiff.Of(before, after))
            fields.Add(new JsonObject
            {
                ["field"] = field.Field,
                ["before"] = At(maskedBefore, field.Field)?.DeepClone(),
                ["after"] = At(maskedAfter, field.Field)?.DeepClone(),
            });
        shown["fields"] = fields;
        return shown;
    }

    public JsonArray Of(IEnumerable<Change> changes, ControlState state) => new([.. changes.Select(change => (JsonNode)Of(change, state))]);

    /// <summary>A transaction with its entities, whole.</summary>
    public JsonObject Of(Transaction transaction, IEnumerable<Change> changes, ControlState state)
    {
        var shown = By(transaction);
        shown["address"] = transaction.Author.Address;
        shown["request_id"] = transaction.Author.RequestId;
        shown["reason"] = transaction.Author.Reason;
        shown["changes"] = new JsonArray([.. changes.Select(change =>
        {
            var one = Head(change, state);
            one["before"] = Masked(change, change.Before);
            one["after"] = Masked(change, change.After);
            return (JsonNode)one;
        })]);
        return shown;
    }

    /// <summary>Who and when.</summary>
    public static JsonObject By(Transaction transaction) => new()
    {
        ["revision"] = transaction.Revision,
        ["at"] = transaction.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        ["actor"] = transaction.Author.Name,
    };

    static JsonObject Head(Change change, ControlState state)
    {
        var isNamed = change.Kind.NameField.Length > 0 && !IsSecret(change.Kind);
        var name = isNamed ? (Parse(change.After) ?? Parse(change.Before))?[change.Kind.NameField]?.ToString() : null;
        return new JsonObject
        {
            ["workspace"] = WorkspaceName(change.Workspace, state),
            ["kind"] = change.Kind.Name,
            ["id"] = change.Id.ToString(),
            ["name"] = name,
            ["op"] = change.Before is null ? "create" : change.After is null ? "delete" : "update",
        };
    }

    /// <summary>The name of a credential may be the secret itself.</summary>
    static bool IsSecret(ControlKind kind) => Shape.Of(kind.Type).Fields.GetValueOrDefault(kind.NameField)?.Rules.Secret == true;

    static string? WorkspaceName(Guid workspace, ControlState state) =>
        workspace == ControlState.Root ? null : state.Table(ControlState.Root, ControlKinds.Workspaces).Find(workspace)?.Name ?? workspace.ToString();

    JsonObject? Masked(Change change, ReadOnlyMemory<byte>? json) => json is { } bytes ? SecretMask.Of(change.Kind, bytes, read) : null;

    static JsonObject? Parse(ReadOnlyMemory<byte>? json) => json is { } bytes ? JsonNode.Parse(bytes.Span)!.AsObject() : null;

    static JsonNode? At(JsonNode? node, string path)
    {
        // A field's own name may have a dot in it, as keys of maps have: the longest that fits is taken.
        if (node is not JsonObject record) return null;
        if (record.TryGetPropertyValue(path, out var found)) return found;
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
            if (record[path[..dot]] is JsonObject inner && At(inner, path[(dot + 1)..]) is { } deeper)
                return deeper;
        return null;
    }
}
