namespace Weir.Control.Tests;

/// <summary>An Admin API that enforces rights, with two teams in their workspaces and users of all roles.</summary>
static class Guarded
{
    /// <summary>A role that may change tags and hosts of routes, and see them.</summary>
    public const string Limited = "tagger";

    public static AdminNode Node { get; } = AdminHarness.Node with { EnforcesRights = true };

    public static async Task<AdminHarness> OpenAsync(TimeProvider? time = null, IAdminAudit? audit = null, IJournal? journal = null)
    {
        var admin = await AdminHarness.OpenAsync(journal, time, Node, audit);
        foreach (var workspace in (IEnumerable<string>)["alpha", "beta"])
        {
            await admin.DoAsync(draft => draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body($$"""{"name":"{{workspace}}"}"""), out _));
            var room = admin.Plane.Current.Workspace(workspace)!.Id;
            await admin.DoAsync(draft => draft.Insert(room, ControlKinds.Services, Planes.Body($$"""{"name":"{{workspace}}-service","host":"a"}"""), out _));
            await admin.DoAsync(draft => draft.Insert(
                room, ControlKinds.Routes, Planes.Body($$"""{"name":"{{workspace}}-route","paths":["/{{workspace}}"],"service":{"name":"{{workspace}}-service"} }"""),
                out _));
            await admin.DoAsync(draft => draft.Insert(room, ControlKinds.Consumers, Planes.Body($$"""{"username":"{{workspace}}-anna"}"""), out _));
            await admin.DoAsync(draft => draft.Insert(
                room, ControlKinds.KeyAuthCredentials, Planes.Body($$"""{"key":"{{workspace}}-key","consumer":{"username":"{{workspace}}-anna"} }"""), out _));
        }
        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Roles, Planes.Body($$"""
            {"name":"{{Limited}}","permissions":[{"kinds":["routes"],"actions":["read","update","create"],"fields":["tags","hosts","name"]}]}
            """), out _));
        return admin;
    }

    /// <summary>Changes something, with every right.</summary>
    public static async Task DoAsync(this AdminHarness admin, Func<Draft, Refusal?> work)
    {
        var commit = await admin.Plane.ChangeAsync(work);
        if (!commit.Ok) throw new InvalidOperationException(commit.Refusals[0].Message);
    }

    /// <summary>Adds a user with a role and gives a token of theirs.</summary>
    public static async Task<string> UserAsync(this AdminHarness admin, string name, string? role = null, string? workspace = null)
    {
        var token = AdminToken.New();
        await admin.DoAsync(draft =>
        {
            if (draft.Insert(ControlState.Root, ControlKinds.Users, Planes.Body($$"""{"name":"{{name}}"}"""), out var id) is { } refused) return refused;
            var until = admin.Plane.Parts.Time.GetUtcNow().AddDays(1);
            if (TokenChanges.Add(draft, id, "test", token, until, out _) is { } problem) return problem;
            if (role is null) return null;
            var where = workspace is null ? "\"all_workspaces\":true" : $$"""
                "workspace":{"name":"{{workspace}}"}
                """;
            var grant = Planes.Body($$"""{"role":"{{role}}","user":{"id":"{{id}}"},{{where}}}""");
            return draft.Insert(ControlState.Root, ControlKinds.Grants, grant, out _);
        });
        return token;
    }

    /// <summary>Sends a request as somebody.</summary>
    public static Task<AdminHarness.Answered> AsAsync(this AdminHarness admin, string? token, string method, string path, string? body = null)
    {
        admin.Token = token;
        return admin.SendAsync(method, path, body);
    }
}
