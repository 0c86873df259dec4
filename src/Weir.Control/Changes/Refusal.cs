using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>Why a change is not made, in the words of Kong's Admin API.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Kong's number of the error; 0 when only the message is shown.</param>
/// <param name="Name">Kong's name of it.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Fields">What is wrong with each field, nested as the entity is.</param>
sealed record Refusal(int Status, int Code, string Name, string Message, JsonObject? Fields = null)
{
    /// <summary>Kong's number of a clash of unique values.</summary>
    public const int UniqueViolation = 5;

    /// <summary>Number of a refusal by a guardrail. Kong has no such thing; its numbers are far below.</summary>
    public const int GuardrailCode = 1001;

    /// <summary>Number of a refusal for want of rights. Kong has only a message there.</summary>
    public const int PermissionCode = 1002;

    /// <summary>In Kong's words.</summary>
    public static string MayNot(string actor, AdminAction action) =>
        $"{actor}, you do not have permissions to {action.ToString().ToLowerInvariant()} this resource";

    public static Refusal NotFound { get; } = new(404, 0, "", "Not found");

    /// <summary>The entity of the refusal in a transaction of several, as people call it.</summary>
    public string Entity { get; init; } = "";

    /// <summary>The entity of the refusal, when it is one.</summary>
    public (ControlKind Kind, Guid Id)? Subject { get; init; }

    public static Refusal Violation(IReadOnlyList<(string Field, string Message)> problems)
    {
        // What is wrong with the entity as a whole comes first, then fields by name.
        var ordered = problems.OrderBy(static problem => problem.Field.Length > 0).ThenBy(static problem => problem.Field, StringComparer.Ordinal).ToList();
        var list = string.Join("; ", ordered.Select(static problem => problem.Field.Length == 0 ? problem.Message : $"{problem.Field}: {problem.Message}"));
        var message = ordered.Count == 1 ? $"schema violation ({list})" : $"{ordered.Count} schema violations ({list})";
        return new Refusal(400, 2, "schema violation", message, FieldErrors.Of(ordered));
    }

    public static Refusal Violation(string field, string message) => Violation([(field, message)]);

    /// <summary>Another entity has this id.</summary>
    public static Refusal TakenId(Guid id) => new(409, 3, "primary key violation", $"primary key violation on key '{{id=\"{id}\"}}'");

    /// <summary>A reference names an id that is not there.</summary>
    public static Refusal NoTarget(string field, ControlKind target, string id) => new(400, 4, "foreign key violation",
        $"the foreign key '{{id=\"{id}\"}}' does not reference an existing '{target}' entity.", new JsonObject { [field] = new JsonObject { ["id"] = id } });

    /// <summary>A reference by name leads nowhere.</summary>
    public static Refusal Unresolved(string field, ControlKind target, string nameField, string name)
    {
        var message = $"the foreign key cannot be resolved with '{{{nameField}=\"{name}\"}}' for an existing '{target}' entity";
        return new Refusal(400, 13, "foreign keys unresolved", $"foreign key unresolved ({field}.{nameField}: {message})",
            new JsonObject { [field] = new JsonObject { [nameField] = message } });
    }

    /// <summary>Something still refers to what should be deleted.</summary>
    public static Refusal Referenced(ControlKind kind, ControlKind by) => new(400, 4, "foreign key violation",
        $"an existing '{by}' entity references this '{kind}' entity", new JsonObject { ["@referenced_by"] = by.Name });

    /// <summary>Another entity has these values.</summary>
    public static Refusal Clash(UniqueKey key, Stored entity, Stored other)
    {
        // Values of secrets are not repeated.
        var shown = key.Fields.Order(StringComparer.Ordinal).Select(field => $"{field}={Shown(entity, field)}");
        var fields = new JsonObject();
        foreach (var field in key.Fields) fields[field] = Value(entity, field);
        return new Refusal(409, UniqueViolation, "unique constraint violation", $"UNIQUE violation detected on '{{{string.Join(',', shown)}}}'", fields)
        {
            Entity = $"{other.Kind.Singular} '{other.Id}'",
        };
    }

    /// <summary>A file of some tags has an entity that is there without them.</summary>
    public static Refusal Owned(ControlKind kind, IReadOnlyList<string> tags) => new(409, UniqueViolation, "unique constraint violation",
        $"is there already, without the tags of this file ({string.Join(", ", tags)}): another file owns it",
        new JsonObject { [kind.NameField.Length > 0 ? kind.NameField : "id"] = null });

    static bool IsSecret(Stored entity, string field) => entity.Kind == ControlKinds.KeyAuthCredentials && field == "key";

    static string Shown(Stored entity, string field)
    {
        if (IsSecret(entity, field)) return "\"…\"";
        if (entity.Text(field) is not { } value) return "null";
        return entity.Reference(field) is not null && field != "id" ? $"{{id=\"{value}\"}}" : $"\"{value}\"";
    }

    static JsonNode? Value(Stored entity, string field) => IsSecret(entity, field) ? "…" : entity.Text(field);
}
