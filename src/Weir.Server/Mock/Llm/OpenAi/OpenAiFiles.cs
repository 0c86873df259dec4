using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Files and batches as OpenAI keeps them, in memory: the oldest go when there are too many. A batch is complete as soon as it is made.</summary>
sealed class OpenAiFiles(MockProvider provider) : MockOperation(provider)
{
    const int FilesMax = 64;
    const int FileBytesMax = 8 * 1024 * 1024;

    static readonly Lock s_gate = new();
    static readonly List<(JsonObject Entry, byte[] Bytes)> s_files = [];
    static readonly List<JsonObject> s_batches = [];

    public override Task AnswerAsync(MockCall call)
    {
        var path = call.Request.Path.Value ?? "/";
        var isBatch = path.Contains("/batches", StringComparison.Ordinal);
        var name = isBatch ? "/batches" : "/files";
        var rest = path[(path.LastIndexOf(name, StringComparison.Ordinal) + name.Length)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (call.Request.Method, rest) switch
        {
            ("POST", []) => isBatch ? CreateBatchAsync(call) : CreateFileAsync(call),
            ("GET", []) => ListAsync(call, isBatch),
            (_, [var id, ..]) => OneAsync(call, isBatch, id, isContent: rest is [_, "content"]),
            _ => call.FailAsync(new MockProblem(404, "Not found")),
        };
    }

    async Task CreateFileAsync(MockCall call)
    {
        if (!call.Request.HasFormContentType || await OpenAiAudioText.FieldsAsync(call) is not { } fields)
        {
            if (!call.Request.HasFormContentType) await call.FailAsync(new MockProblem(400, "Missing required parameter: 'file'.", "file"));
            return;
        }
        var file = call.Request.Form.Files["file"];
        if (file is null) call.Check.RequireMissing("file");
        call.Check.OneOf(fields, "purpose", "", true, "assistants", "batch", "fine-tune", "vision", "user_data", "evals");
        if (file?.Length > FileBytesMax) call.Check.Fail("File is too large", "file");
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], "");
        if (await call.FailsAsync(script)) return;
        using var bytes = new MemoryStream();
        await file!.CopyToAsync(bytes);
        JsonObject entry;
        lock (s_gate)
        {
            entry = new JsonObject
            {
                ["id"] = $"file-{Guid.CreateVersion7():N}",
                ["object"] = "file",
                ["bytes"] = bytes.Length,
                ["created_at"] = call.UnixSeconds,
                ["filename"] = file.FileName,
                ["purpose"] = fields["purpose"]!.ToString(),
                ["status"] = "processed",
            };
            if (s_files.Count == FilesMax) s_files.RemoveAt(0);
            s_files.Add((entry, bytes.ToArray()));
        }
        await call.SendJsonAsync(entry.DeepClone(), script);
    }

    async Task CreateBatchAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        call.Check.Only(body, "", new HashSet<string> { "input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after" });
        var input = call.Check.Text(body, "input_file_id", "", required: true);
        var endpoint = call.Check.Text(body, "endpoint", "", required: true);
        call.Check.OneOf(body, "completion_window", "", true, "24h");
        lock (s_gate)
        {
            if (input is not null && !s_files.Exists(file => (string)file.Entry["id"]! == input)) call.Check.Fail("Invalid input file ID.", "input_file_id");
        }
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], "");
        if (await call.FailsAsync(script)) return;
        var batch = new JsonObject
        {
            ["id"] = $"batch_{Guid.CreateVersion7():N}",
            ["object"] = "batch",
            ["endpoint"] = endpoint,
            ["input_file_id"] = input,
            ["completion_window"] = "24h",
            ["status"] = "completed",
            ["created_at"] = call.UnixSeconds,
            ["request_counts"] = new JsonObject { ["total"] = 1, ["completed"] = 1, ["failed"] = 0 },
        };
        lock (s_gate)
        {
            if (s_batches.Count == FilesMax) s_batches.RemoveAt(0);
            s_batches.Add(batch);
        }
        await call.SendJsonAsync(batch.DeepClone(), script);
    }

    static Task ListAsync(MockCall call, bool isBatch)
    {
        var limit = int.TryParse(call.Request.Query["limit"], out var asked) ? asked : 20;
        var purpose = call.Request.Query["purpose"].ToString();
        JsonArray list;
        bool hasMore;
        lock (s_gate)
        {
            var all = (isBatch ? s_batches : s_files.Select(static file => file.Entry))
                .Where(entry => purpose.Length == 0 || (string?)entry["purpose"] == purpose).Reverse().ToList();
            list = new JsonArray([.. all.Take(limit).Select(static entry => entry.DeepClone())]);
            hasMore = all.Count > limit;
        }
        return call.SendJsonAsync(new JsonObject { ["object"] = "list", ["data"] = list, ["has_more"] = hasMore }, MockScript.Of("", ""));
    }

    static Task OneAsync(MockCall call, bool isBatch, string id, bool isContent)
    {
        JsonObject? entry;
        byte[]? bytes = null;
        lock (s_gate)
        {
            var at = isBatch ? -1 : s_files.FindIndex(file => (string)file.Entry["id"]! == id);
            entry = isBatch ? s_batches.Find(batch => (string)batch["id"]! == id) : at < 0 ? null : s_files[at].Entry;
            if (at >= 0) bytes = s_files[at].Bytes;
            if (at >= 0 && HttpMethods.IsDelete(call.Request.Method)) s_files.RemoveAt(at);
        }
        if (entry is null) return call.FailAsync(new MockProblem(404, $"No such {(isBatch ? "batch" : "File")} object: {id}", "id"));
        if (isContent) return call.SendAsync("application/octet-stream", bytes!);
        if (HttpMethods.IsDelete(call.Request.Method))
            return call.SendJsonAsync(new JsonObject { ["id"] = id, ["object"] = "file", ["deleted"] = true }, MockScript.Of("", ""));
        return call.SendJsonAsync(entry.DeepClone(), MockScript.Of("", ""));
    }
}
