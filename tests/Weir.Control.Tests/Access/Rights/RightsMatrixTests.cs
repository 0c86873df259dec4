using System.Text.RegularExpressions;

namespace Weir.Control.Tests;

/// <summary>
/// Every method of every path, as everybody, with and without a workspace in the path: over the real API. What must come out is computed twice, from what
/// the operation declares and from a table written by hand.
/// </summary>
public sealed partial class RightsMatrixTests
{
    const string Own = "/alpha";

    /// <summary>The same for everybody; its texts have all sorts of words.</summary>
    const string Description = "/openapi.json";

    static readonly Asks[] Everything = Enum.GetValues<Asks>();

    /// <summary>Written by hand: what a role lets one in to in a workspace where one has it.</summary>
    static readonly Dictionary<string, Asks[]> InOwn = new(StringComparer.Ordinal)
    {
        ["super-admin"] = Everything,
        ["admin"] =
        [
            Asks.Nothing, Asks.SignedIn, Asks.Read, Asks.Change, Asks.ReadWorkspaces, Asks.ChangeWorkspace, Asks.ReadGrants, Asks.ChangeGrants, Asks.Whole,
            Asks.Sync, Asks.PlanOrSync, Asks.Rollback,
        ],
        ["editor"] = [Asks.Nothing, Asks.SignedIn, Asks.Read, Asks.Change, Asks.ReadWorkspaces, Asks.Whole, Asks.Sync, Asks.PlanOrSync, Asks.Rollback],
        ["read-only"] = [Asks.Nothing, Asks.SignedIn, Asks.Read, Asks.ReadWorkspaces, Asks.PlanOrSync],
        ["auditor"] = [Asks.Nothing, Asks.SignedIn, Asks.Read, Asks.ReadWorkspaces, Asks.ReadGrants],
        [Guarded.Limited] = [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces],
    };

    /// <summary>And where one has not, which the default workspace is.</summary>
    static readonly Dictionary<string, Asks[]> Elsewhere = new(StringComparer.Ordinal)
    {
        ["super-admin"] = Everything,
        ["admin"] =
            [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces, Asks.ChangeWorkspace, Asks.ReadGrants, Asks.ChangeGrants, Asks.Rollback],
        ["editor"] = [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces, Asks.Rollback],
        ["read-only"] = [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces],
        ["auditor"] = [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces, Asks.ReadGrants],
        [Guarded.Limited] = [Asks.Nothing, Asks.SignedIn, Asks.ReadWorkspaces],
        ["none"] = [Asks.Nothing, Asks.SignedIn],
        ["nobody"] = [Asks.Nothing],
    };

    /// <summary>Where more is asked after somebody was let in: whose token, which workspace, what would change.</summary>
    static readonly string[] AskMore = ["/users/{user}/tokens", "/rollback", "/transactions", "/sync", "/workspaces", "/grants", "/auth/password"];

    [Theory]
    [InlineData("nobody", null)]
    [InlineData("none", null)]
    [InlineData("admin", "beta")]
    [InlineData("super-admin", null)]
    [InlineData("admin", "alpha")]
    [InlineData("editor", "alpha")]
    [InlineData("read-only", "alpha")]
    [InlineData("auditor", "alpha")]
    [InlineData(Guarded.Limited, "alpha")]
    public async Task Everybody_gets_what_is_theirs_everywhere(string role, string? workspace)
    {
        var journal = new MemoryJournal();
        var admin = await Guarded.OpenAsync(journal: journal);
        var token = role == "nobody" ? null : await admin.UserAsync("caller", role is "none" ? null : role, workspace);
        await admin.UserAsync("other", "super-admin");
        journal = journal.Copy();
        var rights = admin.Plane.Current is var state && token is not null
            ? RightsOf.In(state).User(state.Table(ControlState.Root, ControlKinds.Users).Find("caller")!.Id) : Rights.None;
        var cells = 0;
        List<string> wrong = [];
        foreach (var endpoint in admin.Api.Endpoints)
            foreach (var operation in endpoint.Operations)
                foreach (var prefix in (IEnumerable<string>)["", Own])
                {
                    var revision = admin.Plane.Current.Revision;
                    var answer = await SendAsync(admin, token, operation, prefix + Filled(endpoint.Template));
                    var expected = Expected(role, workspace, rights, operation, endpoint.Template, prefix);
                    if (Problem(answer, expected, endpoint.Template) is { } problem)
                        wrong.Add($"{operation.Method} {prefix}{endpoint.Template}: {problem}; it is {answer.Status} {answer.Text}");
                    if (endpoint.Template != Description && Leak(role, workspace, answer) is { } leak) wrong.Add($"{operation.Method} {prefix}{endpoint.Template} tells of {leak}: {answer.Text}");
                    cells++;
                    if (admin.Plane.Current.Revision == revision) continue;
                    if (expected != Verdict.LetIn) wrong.Add($"{operation.Method} {prefix}{endpoint.Template} changed something");
                    await admin.DisposeAsync();
                    admin = await AdminHarness.OpenAsync(journal.Copy(), node: Guarded.Node);
                }
        await admin.DisposeAsync();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(cells > 500, $"{cells} cells");
    }

    [Fact]
    public async Task Every_path_is_in_the_table()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var unknown = new List<string>();
        foreach (var endpoint in admin.Api.Endpoints)
            foreach (var operation in endpoint.Operations)
            {
                try
                {
                    _ = Cells.Of(operation.Method, endpoint.Template);
                }
                catch (InvalidOperationException missing)
                {
                    unknown.Add(missing.Message);
                }
            }
        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    enum Verdict
    {
        LetIn,
        Unknown,
        NoSuchPlace,
        MayNot,
    }

    static Verdict Expected(string role, string? workspace, Rights rights, Operation operation, string template, string prefix)
    {
        var declared = Declared(role, rights, operation, prefix, seesOwn: role == "super-admin" || workspace == "alpha");
        var written = Written(role, workspace, operation, template, prefix);
        Assert.True(declared == written, $"{operation.Method} {prefix}{template} as {role}: declared {declared}, written {written}");
        return written;
    }

    static Verdict Declared(string role, Rights rights, Operation operation, string prefix, bool seesOwn)
    {
        if (role == "nobody") return operation.Need.IsForAnyone && prefix.Length == 0 ? Verdict.LetIn : Verdict.Unknown;
        if (prefix.Length > 0 && !seesOwn) return Verdict.NoSuchPlace;
        var scope = prefix.Length == 0 ? ControlState.DefaultWorkspace : rights.Held[0].Workspace ?? ControlState.DefaultWorkspace;
        return operation.Need.IsMetBy(rights, scope) ? Verdict.LetIn : Verdict.MayNot;
    }

    static Verdict Written(string role, string? workspace, Operation operation, string template, string prefix)
    {
        var (asks, kind) = Cells.Of(operation.Method, template);
        var isOwn = prefix.Length > 0 && (role == "super-admin" || workspace == "alpha");
        if (role == "nobody") return asks == Asks.Nothing && prefix.Length == 0 ? Verdict.LetIn : Verdict.Unknown;
        if (prefix.Length > 0 && !isOwn) return Verdict.NoSuchPlace;
        if (role == Guarded.Limited && isOwn && kind == "routes") return operation.Method == "DELETE" ? Verdict.MayNot : Verdict.LetIn;
        // Workspaces are listed for everybody who has any; and are a kind of their own to those who have none.
        if (role == "none" && asks == Asks.ReadWorkspaces) return Verdict.MayNot;
        return (isOwn ? InOwn : Elsewhere)[role].Contains(asks) ? Verdict.LetIn : Verdict.MayNot;
    }

    static string? Problem(AdminHarness.Answered answer, Verdict expected, string template)
    {
        var isUnknown = answer.Status == 401;
        switch (expected)
        {
            case Verdict.Unknown:
                return isUnknown ? null : "401 was expected";
            case Verdict.NoSuchPlace:
                return answer is { Status: 404, Text: """{"message":"Not found"}""" } ? null : "404 was expected, as for a workspace that is not there";
            case Verdict.MayNot:
                return answer.Status == 403 && answer.Message.StartsWith("caller, you do not have permissions to ", StringComparison.Ordinal) ? null : "403 was expected";
            default:
                if (isUnknown && template != "/auth/first-admin") return "it was to be let in";
                return answer.Status != 403 || AskMore.Any(more => template.Contains(more, StringComparison.Ordinal)) ? null : "it was to be let in";
        }
    }

    /// <summary>What of others stands in an answer; everything of a workspace has its name in it.</summary>
    static string? Leak(string role, string? workspace, AdminHarness.Answered answer)
    {
        if (role == "super-admin") return null;
        if (workspace != "beta" && answer.Text.Contains("beta", StringComparison.Ordinal)) return "another workspace";
        if (workspace != "alpha" && answer.Text.Contains("alpha", StringComparison.Ordinal)) return "another workspace";
        if (answer.Text.Contains("other", StringComparison.Ordinal) && answer.Text.Contains("\"name\":\"other\"", StringComparison.Ordinal)) return "another user";
        return role is "read-only" or "auditor" or Guarded.Limited && answer.Text.Contains("alpha-key", StringComparison.Ordinal) ? "a secret" : null;
    }

    static Task<AdminHarness.Answered> SendAsync(AdminHarness admin, string? token, Operation operation, string path) =>
        admin.AsAsync(token, operation.Method, operation is { Method: "GET" } && path.EndsWith("/diff", StringComparison.Ordinal) ? path + "?from=0" : path,
            operation.HasBody ? "{}" : null);

    /// <summary>A path with entities of the team in it, where there are any.</summary>
    static string Filled(string template) => Part().Replace(template, static part => part.Groups[1].Value switch
    {
        "service" => "alpha-service",
        "route" => "alpha-route",
        "consumer" => "alpha-anna",
        "keyauth_credential" => "alpha-key",
        "workspace" => "alpha",
        "user" => "other",
        "token" => "test",
        "role" => Guarded.Limited,
        "revision" => "3",
        "entity" or "kind" => "services",
        "id" => "alpha-service",
        "plugin" => "brake",
        _ => "6f1d8b5e-6a0c-4f7e-9d55-0d2f3c0b9a77",
    });

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Part();
}
