using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Weir.Config;

namespace Weir.Control;

/// <summary>A workspace as one declarative document, out and in. A document that comes in takes the place of everything, in one transaction.</summary>
static class ConfigEndpoints
{
    public static Endpoint Endpoint() => new("/config", "config",
    [
        new Operation("GET", Need.Whole, "Shows the workspace as a declarative file.", GetAsync),
        new Operation("POST", Need.Of(AdminAction.Sync), "Replaces everything in the workspace by what a declarative file says.", PostAsync)
        {
            HasBody = true,
            Status = 201,
            BodyBytesMax = Operation.DocumentBytesMax,
            Query =
            [
                ("check_hash", "1 answers 304 when the file says what is there already."),
                ("flatten_errors", "1 lists what is wrong by entity."),
            ],
        },
    ]);

    static Task<Reply> GetAsync(AdminCall call)
    {
        var document = Documents.Of(call.State, call.Workspace);
        var workspace = call.State.Table(ControlState.Root, ControlKinds.Workspaces).Find(call.Workspace)!;
        if (call.IsInWorkspace) document = document.With("_workspace", Nodes.Text(workspace.Name!));
        return Task.FromResult(Reply.Json(200, new JsonObject { ["config"] = NodeYaml.Write(document) }));
    }

    static async Task<Reply> PostAsync(AdminCall call)
    {
        var (text, isJson, problem) = await ReadAsync(call);
        if (text is null) return problem!;
        // A file that comes by the network says nothing about this machine's environment.
        var read = call.Plane.Parts.Read with { Environment = static _ => null };
        var (root, broken) = DocumentReader.ReadFilled(isJson ? "config.json" : "config.yaml", text, read);
        if (root is null) return Invalid(call, broken, []);
        var plan = new SyncPlan(root, new SyncOptions(), read.Limits);
        if (plan.Problems.Any(static found => found.Severity == Severity.Error)) return Invalid(call, plan.Problems, []);
        Draft? drafted = null;
        var options = CommitOptions.Default with { PasswordsAreHashed = plan.PasswordsAreHashed };
        var commit = await call.CommitAsync(draft => plan.Apply(drafted = draft, call.Workspace), options);
        if (!commit.Ok) return Invalid(call, [], commit.Refusals.Select(refusal => Flat(refusal, drafted!, call.Workspace)));
        return commit.Changes.Count == 0 && call.IsOn("check_hash") ? new Reply(304) : Loaded(call, commit.State);
    }

    static async Task<(string? Text, bool IsJson, Reply? Problem)> ReadAsync(AdminCall call)
    {
        if (MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type) && BodyReader.IsForm(type))
        {
            var (fields, refused) = await BodyReader.ReadFieldsAsync(call);
            if (fields is null) return (null, false, refused);
            var field = fields.FirstOrDefault(static field => field.Name == "config").Value;
            return string.IsNullOrWhiteSpace(field) ? (null, false, Nothing) : (field, LooksLikeJson(field), null);
        }
        var (text, problem) = await BodyReader.ReadTextAsync(call);
        if (text is null) return (null, false, problem);
        if (string.IsNullOrWhiteSpace(text)) return (null, false, Nothing);
        if (type is null || !BodyReader.IsJson(type)) return (text, false, null);
        var (node, broken) = BodyReader.ReadJson(text);
        if (node is null) return (null, false, broken);
        // The document itself, or a record that has it as text.
        return node is MapNode map && map.FindText("config") is { } inside ? (inside, LooksLikeJson(inside), null) : (text, true, null);
    }

    /// <summary>An empty file is an empty configuration; an empty request is a mistake that must not wipe one out.</summary>
    static Reply Nothing { get; } = Reply.Message(400, "expected a declarative configuration");

    static bool LooksLikeJson(string text) => text.AsSpan().TrimStart().StartsWith("{");

    static Reply Loaded(AdminCall call, ControlState state) => Reply.Write(201, json =>
    {
        var view = EntityView.Of(state, call);
        json.WriteStartObject();
        foreach (var kind in ControlKinds.All.Where(static kind => !kind.IsShared))
        {
            var table = state.Table(call.Workspace, kind);
            if (table.Count == 0) continue;
            json.WriteStartObject(kind.Name);
            foreach (var entity in table.All)
            {
                json.WritePropertyName(entity.Id.ToString());
                EntityShown.Write(json, entity, view, call.Plane.Parts.Read);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });

    static Reply Invalid(AdminCall call, IReadOnlyList<Problem> problems, IEnumerable<JsonObject> entities)
    {
        var flat = entities.ToList();
        var fields = new JsonObject();
        foreach (var problem in problems.Where(static problem => problem.Severity == Severity.Error))
        {
            var place = problem.Entity.Length > 0 ? problem.Entity : problem.Field.Length > 0 ? problem.Field : "error";
            if (fields[place] is not JsonArray list) fields[place] = list = [];
            var field = problem.Entity.Length > 0 && problem.Field.Length > 0 ? problem.Field + ": " : "";
            list.Add($"{problem.Place.Line}:{problem.Place.Column}: {field}{problem.Message}");
        }
        foreach (var entity in flat)
        {
            var name = entity["label"]!.GetValue<string>();
            if (fields[name] is not JsonArray list) fields[name] = list = [];
            foreach (var error in entity["errors"]!.AsArray()) list.Add($"{(error!["field"] is { } field ? field + ": " : "")}{error["message"]}");
            entity.Remove("label");
        }
        var body = new JsonObject
        {
            ["code"] = 14,
            ["name"] = "invalid declarative configuration",
            ["message"] = "declarative config is invalid: " + fields.ToJsonString(Reply.Readable),
        };
        if (call.IsOn("flatten_errors"))
        {
            body["flattened_errors"] = new JsonArray([.. flat]);
            // What belongs to no entity.
            body["fields"] = flat.Count > 0 ? new JsonObject() : fields;
        }
        else
        {
            body["fields"] = fields;
        }
        return Reply.Json(400, body);
    }

    static JsonObject Flat(Refusal refusal, Draft draft, Guid workspace)
    {
        var entity = refusal.Subject is var (kind, id) ? draft.Find(workspace, kind, id.ToString()) : null;
        var flat = new JsonObject
        {
            ["label"] = refusal.Entity.Length > 0 ? refusal.Entity
                : entity is null ? "error" : $"{entity.Kind.Singular} '{entity.Name ?? entity.Id.ToString()}'",
            ["entity_type"] = entity?.Kind.Singular,
            ["entity_name"] = entity?.Name,
            ["entity_id"] = entity?.Id.ToString(),
        };
        if (entity is not null)
        {
            flat["entity_tags"] = new JsonArray([.. entity.Tags().Select(static tag => (JsonNode)tag)]);
            flat["entity"] = SecretMask.Of(entity.Kind, entity.Json, draft.Parts.Read);
        }
        flat["errors"] = Errors(refusal);
        return flat;
    }

    static JsonArray Errors(Refusal refusal)
    {
        var errors = new JsonArray();
        if (refusal.Code == 2 && refusal.Fields is { } fields) Collect(fields, "", errors);
        else errors.Add(new JsonObject { ["type"] = "entity", ["message"] = refusal.Message });
        return errors;
    }

    static void Collect(JsonNode? node, string path, JsonArray errors)
    {
        switch (node)
        {
            case JsonObject record:
                foreach (var (name, inner) in record) Collect(inner, path.Length == 0 ? name : $"{path}.{name}", errors);
                break;
            case JsonArray list:
                // Kong counts from one.
                for (var i = 0; i < list.Count; i++)
                    if (list[i] is { } item) Collect(item, path == "@entity" ? path : $"{path}.{i + 1}", errors);
                break;
            case not null:
                var isField = path != "@entity";
                var error = new JsonObject { ["type"] = isField ? "field" : "entity" };
                if (isField) error["field"] = path;
                error["message"] = node.ToString();
                errors.Add(error);
                break;
        }
    }
}
