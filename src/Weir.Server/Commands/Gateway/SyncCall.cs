using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Server;

/// <summary>What a control plane is asked to do with a document.</summary>
/// <param name="Mode">sync, apply or reset.</param>
/// <param name="IsDryRun">Only say what would change.</param>
sealed record SyncSettings(string Mode, bool IsDryRun)
{
    public IReadOnlyList<string> SelectTags { get; init; } = [];

    public bool SkipsConsumers { get; init; }

    public bool SkipsCaCertificates { get; init; }

    public bool PasswordsAreHashed { get; init; }

    public string Reason { get; init; } = "";
}

/// <summary>What became of it.</summary>
/// <param name="Answer">The control plane's answer.</param>
/// <param name="Errors">What is wrong, each at its place in the files.</param>
/// <param name="Workspace">The workspace that it was about.</param>
/// <param name="IsNewWorkspace">Whether the workspace is made with it.</param>
/// <param name="Body">The request as it was sent.</param>
sealed record SyncOutcome(JsonObject Answer, IReadOnlyList<string> Errors, string? Workspace, bool IsNewWorkspace, byte[] Body)
{
    public bool Ok => Errors.Count == 0;

    public int Total => Answer["summary"]?["total"]?.GetValue<int>() ?? 0;
}

/// <summary>
/// Sends a document to a control plane. What is refused there has its place in the body that was sent; the same node of the files has its place in a file.
/// </summary>
static class SyncCall
{
    public static async Task<SyncOutcome> SendAsync(GatewayCall call, GatewayFiles? files, SyncSettings settings, CancellationToken cancellation)
    {
        var root = files?.Root;
        var workspace = call.Workspace ?? root?.FindText("_workspace");
        if (root is not null && call.Workspace is { } named)
            root = ControlClient.IsDefault(named) ? root.Without("_workspace") : root.With("_workspace", new ScalarNode(root.Place, ScalarKind.Text, named));
        var isNew = await IsMissingAsync(call, workspace, cancellation);
        var request = RequestOf(settings, isNew ? workspace : null);
        var body = Body(request, root);
        var reply = await call.Client.SendAsync(HttpMethod.Post, isNew ? null : workspace, "sync", body, cancellation);
        var answer = reply.Json;
        return new SyncOutcome(answer, reply.Ok ? [] : Errors(reply, body, root, files), workspace, isNew, body);
    }

    /// <summary>The body of a request: what is asked for, with the document.</summary>
    static byte[] Body(JsonObject request, MapNode? document)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, value) in request)
            {
                json.WritePropertyName(name);
                value!.WriteTo(json);
            }
            if (document is not null)
            {
                json.WritePropertyName("document");
                NodeJson.Write(json, document);
            }
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static JsonObject RequestOf(SyncSettings settings, string? newWorkspace)
    {
        var request = new JsonObject { ["mode"] = settings.Mode, ["dry_run"] = settings.IsDryRun };
        if (settings.SelectTags.Count > 0) request["select_tags"] = new JsonArray([.. settings.SelectTags.Select(static tag => (JsonNode)tag)]);
        if (settings.SkipsConsumers) request["skip_consumers"] = true;
        if (settings.SkipsCaCertificates) request["skip_ca_certificates"] = true;
        if (settings.PasswordsAreHashed) request["skip_hash_for_basic_auth"] = true;
        if (settings.Reason.Length > 0) request["reason"] = settings.Reason;
        if (newWorkspace is not null) request["create_workspace"] = newWorkspace;
        return request;
    }

    static async Task<bool> IsMissingAsync(GatewayCall call, string? workspace, CancellationToken cancellation)
    {
        if (ControlClient.IsDefault(workspace)) return false;
        var reply = await call.Client.GetAsync(null, $"workspaces/{Uri.EscapeDataString(workspace!)}", cancellation);
        if (reply.Status != 404) return reply.OrRefused() is null;
        return !call.SkipsWorkspace ? true : throw new GatewayException($"the workspace '{workspace}' does not exist, and is not to be made");
    }

    static List<string> Errors(ControlReply reply, byte[] body, MapNode? root, GatewayFiles? files)
    {
        var problems = reply.Json["problems"]?.AsArray().OfType<JsonObject>()
            .Where(static problem => problem["severity"]?.ToString() != "warning").ToList() ?? [];
        if (problems.Count == 0) return [reply.Status == 404 ? "this is no control plane of Weir: it has no /sync (use decK with Kong)" : reply.Message];
        var places = root is null ? [] : Places(body, root);
        return [.. problems.Select(problem => Shown(problem, places)).Select(text => files?.Mask(text) ?? text)];
    }

    static string Shown(JsonObject problem, Dictionary<(int, int), Place> places)
    {
        var at = (Number(problem, "line"), Number(problem, "column"));
        var (entity, field, message) = (problem["entity"]?.ToString() ?? "", problem["field"]?.ToString() ?? "", problem["message"]?.ToString() ?? "");
        var text = (entity.Length > 0 ? entity + ": " : "") + (field.Length > 0 ? field + ": " : "") + message;
        return places.TryGetValue(at, out var place) && place.File is { Length: > 0 } ? $"{place}: {text}" : text;
    }

    static int Number(JsonObject problem, string name) => problem[name]?.GetValue<int>() ?? 0;

    static Dictionary<(int, int), Place> Places(byte[] body, MapNode root)
    {
        var places = new Dictionary<(int, int), Place>();
        var sent = JsonText.Read("body", Encoding.UTF8.GetString(body), new ReadLimits(), new Report(1)) as MapNode;
        if (sent?.Find("document") is { } document) Walk(document, root, places);
        return places;
    }

    static void Walk(Node sent, Node own, Dictionary<(int, int), Place> places)
    {
        places.TryAdd((sent.Place.Line, sent.Place.Column), own.Place);
        switch (sent, own)
        {
            case (MapNode left, MapNode right):
                for (var i = 0; i < left.Entries.Count; i++)
                {
                    var (one, other) = (left.Entries[i], right.Entries[i]);
                    places.TryAdd((one.KeyPlace.Line, one.KeyPlace.Column), other.KeyPlace);
                    Walk(one.Value, other.Value, places);
                }
                break;
            case (ListNode left, ListNode right):
                for (var i = 0; i < left.Items.Count; i++) Walk(left.Items[i], right.Items[i], places);
                break;
        }
    }
}
