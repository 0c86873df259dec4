namespace Weir.Control.Tests;

public sealed class EnforcementTests
{
    const string Unknown = "Invalid credentials. Token or User credentials required";

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/services")]
    [InlineData("GET", "/alpha/services")]
    [InlineData("GET", "/nowhere/services")]
    [InlineData("POST", "/transactions")]
    [InlineData("GET", "/no-such-path")]
    [InlineData("TRACE", "/services")]
    public async Task Nobody_is_told_anything(string method, string path)
    {
        await using var admin = await Guarded.OpenAsync();
        foreach (var token in (IEnumerable<string?>)[null, "weir_wrong", ""])
        {
            var answer = admin.AsAsync(token, method, path);
            Assert.Equal((401, Unknown), ((await answer).Status, (await answer).Message));
        }
    }

    [Fact]
    public async Task A_token_says_who_calls_in_either_header()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "editor", "alpha");
        Assert.Equal(200, (await admin.AsAsync(token, "GET", "/alpha/services")).Status);
        admin.Token = null;
        var bearer = await admin.SendAsync("GET", "/alpha/services", prepare: context => context.Request.Headers.Authorization = "bearer " + token);
        Assert.Equal(200, bearer.Status);
        await admin.AsAsync(token, "POST", "/alpha/services", """{"name":"new","host":"b"}""");
        var last = (await admin.AsAsync(token, "GET", "/alpha/journal?last=1&size=1"))["data"][0];
        Assert.Equal("anna", last.GetProperty("actor").GetString());
    }

    [Fact]
    public async Task A_team_sees_its_workspace_and_nothing_of_the_others()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "admin", "alpha");
        Assert.Equal(["alpha"], (await admin.AsAsync(token, "GET", "/workspaces")).Each("name"));
        foreach (var path in (IEnumerable<string>)["services", "journal", "status", "tags", "dump", "config", "kong", "workspaces"])
        {
            var (theirs, none) = (await admin.AsAsync(token, "GET", $"/beta/{path}"), await admin.AsAsync(token, "GET", $"/nowhere/{path}"));
            Assert.Equal((404, none.Text), (theirs.Status, theirs.Text));
        }
        const string comment = """{"comment":"x"}""";
        foreach (var (method, body) in (IEnumerable<(string, string?)>)[("GET", null), ("DELETE", null), ("PATCH", comment), ("PUT", comment)])
        {
            var theirs = await admin.AsAsync(token, method, "/workspaces/beta", body);
            var none = await admin.AsAsync(token, method, "/workspaces/nowhere", body);
            Assert.Equal((none.Status, none.Text), (theirs.Status, theirs.Text.Replace("beta", "nowhere", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_workspace_of_others_is_as_little_there_in_bodies_as_one_that_is_none()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "admin", "alpha");
        foreach (var (path, body) in (IEnumerable<(string, string)>)
        [
            ("/transactions", """[{"workspace":"beta","op":"create","kind":"services","entity":{"name":"x","host":"x"}}]"""),
            ("/transactions", """[{"workspace":"beta","op":"delete","kind":"services","name":"beta-service"}]"""),
            ("/transactions", """[{"op":"create","kind":"workspaces","entity":{"name":"beta"}}]"""),
            ("/transactions", """[{"op":"upsert","kind":"workspaces","name":"beta","entity":{"comment":"x"}}]"""),
            ("/transactions", """[{"op":"delete","kind":"workspaces","name":"beta"}]"""),
            ("/workspaces", """{"name":"beta"}"""),
            ("/alpha/sync", """{"mode":"reset","create_workspace":"beta"}"""),
            ("/alpha/rollback", """{"to":0,"workspace":"beta"}"""),
            ("/grants", """{"role":"editor","user":{"name":"anna"},"workspace":{"name":"beta"}}"""),
        ])
        {
            var theirs = await admin.AsAsync(token, "POST", path, body);
            var none = await admin.AsAsync(token, "POST", path, body.Replace("beta", "nowhere", StringComparison.Ordinal));
            Assert.Equal((none.Status, none.Text), (theirs.Status, theirs.Text.Replace("beta", "nowhere", StringComparison.Ordinal)));
        }
        Assert.Contains("there is no workspace 'beta'", (await admin.AsAsync(token, "GET", "/journal?workspace=beta")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("beta", (await admin.AsAsync(token, "GET", "/journal?size=1000")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("beta", (await admin.AsAsync(token, "GET", "/diff?from=0")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read-only", 200, 403, 403, 403)]
    [InlineData("auditor", 200, 403, 403, 403)]
    [InlineData("editor", 200, 201, 200, 204)]
    [InlineData("admin", 200, 201, 200, 204)]
    [InlineData("tagger", 403, 403, 403, 403)]
    [InlineData(null, 404, 404, 404, 404)]
    public async Task A_role_has_what_it_permits(string? role, int read, int create, int update, int delete)
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", role, role is null ? null : "alpha");
        Assert.Equal(read, (await admin.AsAsync(token, "GET", "/alpha/services")).Status);
        Assert.Equal(create, (await admin.AsAsync(token, "POST", "/alpha/services", """{"name":"new","host":"b"}""")).Status);
        Assert.Equal(update, (await admin.AsAsync(token, "PATCH", "/alpha/services/alpha-service", """{"host":"b"}""")).Status);
        Assert.Equal(delete, (await admin.AsAsync(token, "DELETE", "/alpha/routes/alpha-route")).Status);
    }

    [Fact]
    public async Task A_refusal_is_in_Kongs_words()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "read-only", "alpha");
        Assert.Equal("anna, you do not have permissions to create this resource",
            (await admin.AsAsync(token, "POST", "/alpha/services", """{"name":"x","host":"x"}""")).Message);
    }

    [Fact]
    public async Task A_refused_field_is_named()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", Guarded.Limited, "alpha");
        Assert.Equal(200, (await admin.AsAsync(token, "PATCH", "/alpha/routes/alpha-route", """{"tags":["x"],"hosts":["a.example"]}""")).Status);
        var refused = await admin.AsAsync(token, "PATCH", "/alpha/routes/alpha-route", """{"tags":["y"],"paths":["/other"],"strip_path":false}""");
        Assert.Equal(403, refused.Status);
        Assert.Equal(["paths", "strip_path"], refused["fields"].EnumerateObject().Select(static field => field.Name).Order());
        Assert.Contains("fields paths, strip_path", refused.Message, StringComparison.Ordinal);
        // What has its default is not set.
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/alpha/routes", """{"name":"r","hosts":["b.example"],"strip_path":true}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/alpha/routes", """{"name":"r2","hosts":["c.example"],"paths":["/x"]}""")).Status);
    }

    [Fact]
    public async Task Changes_of_a_transaction_are_judged_one_by_one()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", Guarded.Limited, "alpha");
        var mixed = await admin.AsAsync(token, "POST", "/alpha/transactions", """
            [{"op":"update","kind":"routes","name":"alpha-route","entity":{"tags":["x"]}},
             {"op":"update","kind":"services","name":"alpha-service","entity":{"tags":["x"]}}]
            """);
        Assert.Equal(403, mixed.Status);
        Assert.Equal(200, (await admin.AsAsync(token, "POST", "/alpha/transactions",
            """[{"op":"update","kind":"routes","name":"alpha-route","entity":{"tags":["x"]}}]""")).Status);
    }

    [Fact]
    public async Task Secrets_are_shown_to_those_who_may_see_them()
    {
        await using var admin = await Guarded.OpenAsync();
        var (editor, reader) = (await admin.UserAsync("anna", "editor", "alpha"), await admin.UserAsync("bert", "read-only", "alpha"));
        Assert.Contains("alpha-key", (await admin.AsAsync(editor, "GET", "/alpha/key-auths")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("alpha-key", (await admin.AsAsync(reader, "GET", "/alpha/key-auths")).Text, StringComparison.Ordinal);
        Assert.Equal(403, (await admin.AsAsync(reader, "GET", "/alpha/dump")).Status);
        Assert.Equal(200, (await admin.AsAsync(reader, "POST", "/alpha/sync?dry_run=1&mode=reset")).Status);
        Assert.Equal(403, (await admin.AsAsync(reader, "POST", "/alpha/sync?mode=reset")).Status);
    }

    [Fact]
    public async Task A_right_to_some_plugins_is_none_to_others()
    {
        await using var admin = await Guarded.OpenAsync();
        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Roles, Planes.Body("""
            {"name":"brakes","permissions":[{"kinds":["plugins"],"plugins":["brake"],"actions":["read","create","update","delete"]}]}
            """), out _));
        var room = admin.Plane.Current.Workspace("alpha")!.Id;
        await admin.DoAsync(draft => draft.Insert(room, ControlKinds.Plugins, Planes.Body("""{"name":"cork","tags":["t"]}"""), out _));
        var (token, path) = (await admin.UserAsync("anna", "brakes", "alpha"), "/alpha/plugins");
        Assert.Empty((await admin.AsAsync(token, "GET", path)).Each("name"));
        Assert.Equal(403, (await admin.AsAsync(token, "POST", path, """{"name":"cork"}""")).Status);
        var made = await admin.AsAsync(token, "POST", path, """{"name":"brake"}""");
        Assert.Equal(201, made.Status);
        Assert.Equal(["brake"], (await admin.AsAsync(token, "GET", path)).Each("name"));
        Assert.Equal(403, (await admin.AsAsync(token, "PATCH", $"{path}/{made.Id}", """{"name":"cork","config":{}}""")).Status);
        var cork = admin.Plane.Current.Table(room, ControlKinds.Plugins).All.First(static plugin => plugin.Text("name") == "cork").Id;
        Assert.Equal(404, (await admin.AsAsync(token, "GET", $"{path}/{cork}")).Status);
        Assert.Equal(204, (await admin.AsAsync(token, "DELETE", $"{path}/{cork}")).Status);
        Assert.NotNull(admin.Plane.Current.Table(room, ControlKinds.Plugins).Find(cork));
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/alpha/transactions", $$"""[{"op":"delete","kind":"plugins","id":"{{cork}}"}]""")).Status);
        Assert.DoesNotContain("cork", (await admin.AsAsync(token, "GET", "/alpha/journal?size=1000")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("cork", (await admin.AsAsync(token, "GET", "/alpha/revisions/20")).Text, StringComparison.Ordinal);
        Assert.Equal(204, (await admin.AsAsync(token, "DELETE", $"{path}/{made.Id}")).Status);
    }

    [Fact]
    public async Task What_is_forbidden_stays_so_whatever_else_permits_it()
    {
        await using var admin = await Guarded.OpenAsync();
        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Roles, Planes.Body("""
            {"name":"careful","permissions":[{"actions":["read","create","update","delete","sync"]},
              {"kinds":["consumers"],"actions":["read","delete"],"negative":true},
              {"kinds":["routes"],"actions":["update"],"fields":["paths"],"negative":true},{"actions":["sync"],"negative":true}]}
            """), out _));
        var token = await admin.UserAsync("anna", "careful", "alpha");
        Assert.Equal(403, (await admin.AsAsync(token, "GET", "/alpha/consumers")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "DELETE", "/alpha/consumers/alpha-anna")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/alpha/sync?mode=reset")).Status);
        Assert.Equal(200, (await admin.AsAsync(token, "PATCH", "/alpha/routes/alpha-route", """{"hosts":["a.example"]}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "PATCH", "/alpha/routes/alpha-route", """{"paths":["/x"]}""")).Status);
    }

    [Fact]
    public async Task Who_loses_the_right_to_follow_the_journal_is_shown_no_more()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "editor", "alpha");
        var following = admin.AsAsync(token, "GET", "/alpha/journal?follow=1");
        await admin.DoAsync(static draft => draft.Delete(ControlState.Root, ControlKinds.Users, "anna"));
        var room = admin.Plane.Current.Workspace("alpha")!.Id;
        await admin.DoAsync(draft => draft.Insert(room, ControlKinds.Services, Planes.Body("""{"name":"later","host":"a"}"""), out _));
        var shown = await following.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains("alpha-service", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("later", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_gives_rights_that_they_do_not_have()
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna", "admin", "alpha");
        await admin.UserAsync("bert");
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/workspaces/alpha/grants", """{"role":"editor","user":{"name":"bert"}}""")).Status);
        foreach (var grant in (IEnumerable<string>)
        [
            """{"role":"super-admin","user":{"name":"bert"},"all_workspaces":true}""", """{"role":"editor","user":{"name":"bert"},"all_workspaces":true}""",
            """{"role":"admin","user":{"name":"anna"},"workspace":{"id":"5c1b40a4-0f39-5d2f-9a6b-3f1d7f6f2d10"}}""",
        ])
            Assert.Contains((await admin.AsAsync(token, "POST", "/grants", grant)).Status, (IEnumerable<int>)[400, 403]);
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/users", """{"name":"carl"}""")).Status);
    }

    [Fact]
    public async Task A_user_who_may_change_users_cannot_become_one_with_more_rights()
    {
        await using var admin = await Guarded.OpenAsync();
        await admin.UserAsync("root", "super-admin");
        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Roles, Planes.Body("""
            {"name":"people","permissions":[{"kinds":["users","teams","team_members","tokens","roles","grants"],"actions":["read","create","update","delete"]}]}
            """), out _));
        var token = await admin.UserAsync("anna", "people");
        await admin.UserAsync("bert");
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/users/bert/tokens", """{"name":"x"}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/users/root/tokens", """{"name":"x"}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "PATCH", "/users/root", """{"password":"a new long password"}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "PATCH", "/roles/people", """{"permissions":[{"actions":["read"]}]}""")).Status);
        Assert.Equal(403, (await admin.AsAsync(token, "POST", "/grants", """{"role":"editor","user":{"name":"anna"},"all_workspaces":true}""")).Status);
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/grants", """{"role":"people","user":{"name":"bert"},"all_workspaces":true}""")).Status);
    }
}
