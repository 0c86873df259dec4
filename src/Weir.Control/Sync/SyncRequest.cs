using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Control;

/// <summary>What a file is to do to a workspace.</summary>
enum SyncMode
{
    /// <summary>The workspace becomes what the file says.</summary>
    Sync,

    /// <summary>What the file says is added or changed; nothing is deleted.</summary>
    Apply,

    /// <summary>Everything is deleted; there is no file.</summary>
    Reset,
}

/// <summary>A request to sync: a document as the body with the rest in the query, or an object that has the document as its field <c>document</c>.</summary>
sealed record SyncRequest
{
    static readonly string[] Fields =
    [
        "document", "mode", "dry_run", "select_tags", "skip_consumers", "skip_ca_certificates", "skip_hash_for_basic_auth", "expected_revision", "plan_hash",
        "create_workspace", "reason",
    ];

    static MapNode Empty { get; } = new(default, [new("_format_version", default, Nodes.Text("3.0"))]);

    public required MapNode Document { get; init; }

    public SyncMode Mode { get; init; }

    /// <summary>Only say what would change.</summary>
    public bool IsDryRun { get; init; }

    public required SyncOptions Options { get; init; }

    public bool PasswordsAreHashed { get; init; }

    /// <summary>Refuse when the state is another one.</summary>
    public long? ExpectedRevision { get; init; }

    /// <summary>The hash of the plan that somebody agreed to; empty for none.</summary>
    public string PlanHash { get; init; } = "";

    /// <summary>Make a workspace of this name in the same transaction and sync into it; empty for none.</summary>
    public string CreateWorkspace { get; init; } = "";

    public string Reason { get; init; } = "";

    /// <summary>Reads a request; everything that is wrong with it is reported.</summary>
    public static SyncRequest Read(MapNode body, IQueryCollection query, Report report)
    {
        var isDocument = body.Find("document") is null
            && (body.Find("_format_version") is not null || body.Entries.Any(static entry => entry.Key.StartsWith('_') || !Fields.Contains(entry.Key)));
        var wrapper = isDocument ? null : body;
        foreach (var entry in wrapper?.Entries ?? [])
            if (!Fields.Contains(entry.Key)) report.Error(entry.KeyPlace, "", entry.Key, "unknown field" + Suggestion.For(entry.Key, Fields));
        var given = new Settings(wrapper, query, report);
        var mode = given.Mode();
        var document = wrapper is null ? body : wrapper.Find("document") as MapNode;
        if (document is null && mode != SyncMode.Reset)
            report.Error(body.Nearest("document").Place, "", "document", "the document is expected here, as a record");
        return new SyncRequest
        {
            Document = mode == SyncMode.Reset ? Empty : document ?? Empty,
            Mode = mode,
            IsDryRun = given.IsOn("dry_run"),
            Options = new SyncOptions
            {
                Deletes = mode != SyncMode.Apply,
                SelectTags = given.List("select_tags"),
                SkipsConsumers = given.IsOn("skip_consumers"),
                SkipsCaCertificates = given.IsOn("skip_ca_certificates"),
            },
            PasswordsAreHashed = given.IsOn("skip_hash_for_basic_auth"),
            ExpectedRevision = given.Number("expected_revision"),
            PlanHash = given.Text("plan_hash") ?? "",
            CreateWorkspace = given.Text("create_workspace") ?? "",
            Reason = given.Text("reason") ?? "",
        };
    }

    /// <summary>What is agreed to with a plan: this request, on this revision.</summary>
    public string HashOn(long revision, Guid workspace)
    {
        var buffer = new ArrayBufferWriter<byte>();
        string[] parts =
        [
            revision.ToString(CultureInfo.InvariantCulture), CreateWorkspace.Length > 0 ? CreateWorkspace : workspace.ToString(), Mode.ToString(),
            string.Join(',', Options.SelectTags.Order(StringComparer.Ordinal)), Options.SkipsConsumers.ToString(), Options.SkipsCaCertificates.ToString(),
            PasswordsAreHashed.ToString(),
        ];
        buffer.Write(Encoding.UTF8.GetBytes(string.Join('\n', parts) + "\n"));
        buffer.Write(NodeJson.Bytes(Document));
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>Settings of the object, or of the query where the body is the document itself.</summary>
    sealed class Settings(MapNode? wrapper, IQueryCollection query, Report report)
    {
        public SyncMode Mode()
        {
            switch (Text("mode"))
            {
                case null or "sync":
                    return SyncMode.Sync;
                case "apply":
                    return SyncMode.Apply;
                case "reset":
                    return SyncMode.Reset;
                case var other:
                    Refuse("mode", $"expected one of: sync, apply, reset; found '{other}'");
                    return SyncMode.Sync;
            }
        }

        public string? Text(string name) => wrapper?.Find(name) switch
        {
            ScalarNode { Kind: not ScalarKind.Null } scalar => scalar.Text,
            null or ScalarNode => query.TryGetValue(name, out var values) ? values.ToString() : null,
            var other => Refuse(name, $"expected a text, found {other.Describe()}"),
        };

        public bool IsOn(string name)
        {
            var text = Text(name);
            if (text is not (null or "true" or "1" or "" or "false" or "0")) Refuse(name, $"expected a boolean, found '{text}'");
            return text is "true" or "1" or "";
        }

        public long? Number(string name)
        {
            if (Text(name) is not { } text) return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            Refuse(name, $"expected an integer, found '{text}'");
            return null;
        }

        public IReadOnlyList<string> List(string name) => wrapper?.Find(name) is ListNode list
            ? [.. list.Items.OfType<ScalarNode>().Select(static item => item.Text)]
            : Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

        string? Refuse(string name, string message)
        {
            report.Error(wrapper?.Nearest(name).Place ?? default, "", name, message);
            return null;
        }
    }
}
