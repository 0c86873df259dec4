using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Config;

namespace Weir.Control;

/// <summary>Takes and gives whole workspaces: <c>POST /sync</c> brings one to what a file says, in one transaction; <c>GET /dump</c> is that file.</summary>
sealed class SyncEndpoint(ControlPlane plane)
{
    /// <summary>Says which revision a dump is of.</summary>
    public const string RevisionHeader = "Weir-Revision";

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static readonly IReadOnlyList<(string Name, string Meaning)> Selection =
    [
        ("select_tags", "Only entities with all of these tags, separated by commas."),
        ("skip_consumers", "Leave consumers, their credentials, groups and plugins alone."),
        ("skip_ca_certificates", "Leave certificate authorities alone."),
    ];

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/sync", "files",
        [
            new Operation("POST", Need.Of(AdminAction.Sync, AdminAction.Plan),
                "Brings a workspace to what a file in decK's format says, in one transaction, or says what would change.",
                async call => ReplyOf(await SyncAsync(call)))
            {
                HasBody = true,
                BodyBytesMax = Operation.DocumentBytesMax,
                Query =
                [
                    ("mode", "sync, apply (deletes nothing) or reset (deletes everything)."), ("dry_run", "Only say what would change."),
                    ("expected_revision", "Refuse when the state has moved past this revision."), ("plan_hash", "Refuse when this is not what was planned."),
                    .. Selection,
                ],
            },
        ]);
        yield return new Endpoint("/dump", "files",
        [
            new Operation("GET", Need.Whole, "Shows a workspace as a file in decK's format.", call => Task.FromResult(ReplyOf(Dump(call.Http, call.Workspace))))
            {
                Query =
                [
                    ("format", "yaml (default) or json."), ("with_id", "With the id of every entity."),
                    ("skip_defaults", "Without fields that have their default."),
                    ("sanitize", "With hashes in the place of names, hosts and secrets."), .. Selection,
                ],
            },
        ]);
    }

    static Reply ReplyOf(SyncAnswer answer) => new(answer.Status, answer.Body) { ContentType = answer.ContentType };

    /// <summary>The workspace as a file.</summary>
    public SyncAnswer Dump(HttpContext context, Guid workspace)
    {
        var query = context.Request.Query;
        var state = plane.Current;
        var options = new DumpOptions
        {
            WithIds = IsOn("with_id"),
            SkipsDefaults = IsOn("skip_defaults"),
            SkipsConsumers = IsOn("skip_consumers"),
            SkipsCaCertificates = IsOn("skip_ca_certificates"),
            SelectTags = query["select_tags"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Sanitizes = IsOn("sanitize") ? query.TryGetValue("salt", out var salt) ? salt.ToString() : RandomNumberGenerator.GetHexString(32) : null,
        };
        var root = StateDump.Of(state, workspace, options, plane.Parts.Read);
        context.Response.Headers[RevisionHeader] = state.Revision.ToString(CultureInfo.InvariantCulture);
        return query["format"].ToString() == "json" ? new SyncAnswer(200, NodeJson.Bytes(root))
            : new SyncAnswer(200, Encoding.UTF8.GetBytes(DeckYaml.Write(root)), SyncAnswer.YamlType);

        bool IsOn(string name) => query.TryGetValue(name, out var value) && value.ToString() is "" or "1" or "true";
    }

    /// <summary>Brings a workspace to what the body says, whole or not at all.</summary>
    public async Task<SyncAnswer> SyncAsync(AdminCall call)
    {
        var (context, workspace, author) = (call.Http, call.Workspace, call.Author);
        var limits = plane.Parts.Read.Limits;
        var report = new Report(limits.ProblemsMax);
        if (await ReadAsync(context, limits, report) is not { } body) return Refused(StatusCodes.Status400BadRequest, report.Problems());
        var request = SyncRequest.Read(body, context.Request.Query, report);
        CheckWorkspace(request, workspace, report);
        if (report.Errors > 0) return Refused(StatusCodes.Status400BadRequest, report.Problems());
        if (MayNot(author, request, workspace) is { } forbidden) return Refused(StatusCodes.Status403Forbidden, Refusal.MayNot(author.Name, forbidden));
        // Who only asks what would change need not be one who may change it.
        if (!author.Rights.May(AdminAction.Sync, workspace)) author = author with { Rights = Rights.Everything };
        var plan = new SyncPlan(request.Document, request.Options, limits);
        if (plan.Problems.Any(static problem => problem.Severity == Severity.Error)) return Refused(StatusCodes.Status400BadRequest, plan.Problems);
        if (request.PlanHash.Length > 0 && request.PlanHash != request.HashOn(request.ExpectedRevision ?? 0, workspace))
            return Refused(StatusCodes.Status409Conflict, "the plan is not the one that was agreed to: its document, its options or its revision were changed");

        var into = workspace;
        var options = new CommitOptions(request.IsDryRun, request.ExpectedRevision, plan.PasswordsAreHashed || request.PasswordsAreHashed);
        var commit = await call.CommitAsync(draft =>
        {
            if (request.CreateWorkspace.Length > 0)
            {
                var room = Nodes.With(new MapNode(default, []), "name", request.CreateWorkspace);
                var made = draft.Insert(ControlState.Root, ControlKinds.Workspaces, room, out into);
                if (made is not null) return [made with { Entity = $"workspace '{request.CreateWorkspace}'" }];
            }
            return plan.Apply(draft, into);
        }, options, request.Reason.Length > 0 ? author with { Reason = request.Reason } : author);
        if (!commit.Ok) return Refused(commit.Refusals[0].Status, [.. plan.Problems, .. plan.Explain(commit.Refusals)]);
        return SyncAnswer.Of(request, commit, DeckChange.Of(commit, plane.Parts.Read), plan.Problems, workspace);
    }

    /// <summary>The action that the author may not take; null when all is well.</summary>
    static AdminAction? MayNot(Author author, SyncRequest request, Guid workspace)
    {
        var rights = author.Rights;
        if (request.CreateWorkspace.Length > 0 && !rights.May(AdminAction.Create, ControlKinds.Workspaces, ControlState.Root)) return AdminAction.Create;
        if (rights.May(AdminAction.Sync, workspace)) return null;
        if (!request.IsDryRun) return AdminAction.Sync;
        return ControlKinds.All.All(kind => kind.IsShared || rights.MayRead(kind, workspace)) ? null : AdminAction.Read;
    }

    SyncAnswer Refused(int status, string message) => Refused(status, [new Problem(Severity.Error, default, "", "", message)]);

    SyncAnswer Refused(int status, IReadOnlyList<Problem> problems) => SyncAnswer.Refused(status, problems, plane.Current.Revision);

    /// <summary>A file that says where it belongs is not put elsewhere.</summary>
    void CheckWorkspace(SyncRequest request, Guid workspace, Report report)
    {
        if (request.Document.FindText("_workspace") is not { } named) return;
        var here = request.CreateWorkspace.Length > 0 ? request.CreateWorkspace : plane.Current.Workspace(workspace.ToString())?.Name;
        if (named != here)
            report.Error(request.Document.Nearest("_workspace").Place, "", "_workspace", $"the document is of the workspace '{named}', this is '{here}'");
    }

    static async Task<MapNode?> ReadAsync(HttpContext context, ReadLimits limits, Report report)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limits.FileBytesMax;
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException)
        {
            report.Error(default, "the body is not UTF-8 text");
            return null;
        }
        if (string.IsNullOrWhiteSpace(text)) return new MapNode(default, []);
        var node = JsonText.Read("body", text, limits, report);
        if (node is not null and not MapNode) report.Error(node.Place, $"a document is expected, found {node.Describe()}");
        return report.Errors == 0 ? node as MapNode : null;
    }
}
