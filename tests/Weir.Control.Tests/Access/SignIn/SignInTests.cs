using System.Globalization;

namespace Weir.Control.Tests;

public sealed class SignInTests
{
    const string Password = "correct horse battery";

    [Fact]
    public async Task The_first_administrator_comes_by_a_token_that_counts_once()
    {
        await using var admin = await AdminHarness.OpenAsync(node: Guarded.Node);
        var first = admin.Api.SignIn.First.Begin();
        Assert.Equal(401, (await admin.PostAsync("/auth/first-admin", """{"token":"weirf_wrong","name":"root"}""")).Status);
        var weak = await admin.PostAsync("/auth/first-admin", $$"""{"token":"{{first}}","name":"root","password":"short"}""");
        Assert.Equal((400, "expected 12 to 256 characters"), (weak.Status, weak["fields"].GetProperty("password").GetString()));
        var made = await admin.PostAsync("/auth/first-admin", $$"""{"token":"{{first}}","name":"root","password":"{{Password}}"}""");
        Assert.Equal(201, made.Status);
        Assert.Equal(401, (await admin.PostAsync("/auth/first-admin", $$"""{"token":"{{first}}","name":"more"}""")).Status);
        Assert.Equal(201, (await admin.AsAsync(made["token"].GetString(), "POST", "/workspaces", """{"name":"alpha"}""")).Status);
        Assert.Null(admin.Api.SignIn.First.Begin());
    }

    [Fact]
    public async Task The_first_token_ends()
    {
        var time = new ManualTime();
        await using var admin = await AdminHarness.OpenAsync(time: time, node: Guarded.Node);
        var first = admin.Api.SignIn.First.Begin();
        time.Advance(FirstAdmin.Lifetime);
        Assert.Equal(401, (await admin.PostAsync("/auth/first-admin", $$"""{"token":"{{first}}","name":"root"}""")).Status);
    }

    [Fact]
    public async Task A_password_begins_a_session_that_ends()
    {
        var time = new ManualTime();
        await using var admin = await Guarded.OpenAsync(time);
        await admin.DoAsync(static draft => draft.Insert(
            ControlState.Root, ControlKinds.Users, Planes.Body($$"""{"name":"anna","password":"{{Password}}"}"""), out _));
        var login = await admin.AsAsync(null, "POST", "/auth/login", $$"""{"name":"anna","password":"{{Password}}"}""");
        Assert.Equal(200, login.Status);
        var session = login["token"].GetString();
        Assert.Equal("anna", (await admin.AsAsync(session, "GET", "/userinfo"))["name"].GetString());
        time.Advance(Sessions.Lifetime);
        Assert.Equal(401, (await admin.AsAsync(session, "GET", "/userinfo")).Status);
    }

    [Fact]
    public async Task A_session_ends_by_logout_with_the_password_and_with_the_user()
    {
        await using var admin = await Guarded.OpenAsync();
        await admin.DoAsync(static draft => draft.Insert(
            ControlState.Root, ControlKinds.Users, Planes.Body($$"""{"name":"anna","password":"{{Password}}"}"""), out _));
        var left = await LoginAsync(admin);
        Assert.Equal(204, (await admin.AsAsync(left, "POST", "/auth/logout")).Status);
        Assert.Equal(401, (await admin.AsAsync(left, "GET", "/userinfo")).Status);
        var changed = await LoginAsync(admin);
        Assert.Equal(401, (await admin.AsAsync(changed, "PUT", "/auth/password", """{"old":"wrong password","new":"another long one"}""")).Status);
        Assert.Equal(204, (await admin.AsAsync(changed, "PUT", "/auth/password", $$"""{"old":"{{Password}}","new":"another long one"}""")).Status);
        Assert.Equal(401, (await admin.AsAsync(changed, "GET", "/userinfo")).Status);
        var disabled = await LoginAsync(admin, "another long one");
        await admin.DoAsync(static draft => draft.Patch(ControlState.Root, ControlKinds.Users, "anna", Planes.Body("""{"enabled":false}"""), out _));
        Assert.Equal(401, (await admin.AsAsync(disabled, "GET", "/userinfo")).Status);
        Assert.Equal(401, (await admin.AsAsync(null, "POST", "/auth/login", """{"name":"anna","password":"another long one"}""")).Status);
    }

    [Fact]
    public async Task Guessing_is_bounded_by_address_and_by_user()
    {
        var time = new ManualTime();
        await using var admin = await Guarded.OpenAsync(time);
        for (var i = 0; i < SignInLimit.FailuresMax; i++) Assert.Equal(401, (await admin.AsAsync("weir_guess" + i, "GET", "/services")).Status);
        Assert.Equal(429, (await admin.AsAsync("weir_guess", "GET", "/services")).Status);
        var token = await admin.UserAsync("anna", "editor", "alpha");
        Assert.Equal(200, (await admin.AsAsync(token, "GET", "/alpha/services")).Status);
        Assert.Equal(429, (await admin.AsAsync(null, "POST", "/auth/login", """{"name":"anna","password":"x"}""")).Status);
        time.Advance(SignInLimit.Window);
        Assert.Equal(401, (await admin.AsAsync("weir_guess", "GET", "/services")).Status);
    }

    [Fact]
    public void What_is_remembered_of_addresses_has_an_end()
    {
        var time = new ManualTime();
        var limit = new SignInLimit(time);
        for (var i = 0; i < SignInLimit.AddressesMax; i++) limit.Failed(i.ToString(CultureInfo.InvariantCulture));
        Assert.True(limit.IsOver("new"));
        time.Advance(SignInLimit.Window);
        Assert.False(limit.IsOver("new"));
    }

    [Fact]
    public async Task Tokens_end_and_are_revoked_and_rotated()
    {
        var time = new ManualTime();
        await using var admin = await Guarded.OpenAsync(time);
        var start = await admin.UserAsync("anna", "editor", "alpha");
        var made = await admin.AsAsync(start, "POST", "/users/me/tokens", """{"name":"ci","expires_in_days":2}""");
        var ci = made["token"].GetString()!;
        Assert.Equal(201, made.Status);
        Assert.DoesNotContain(ci, System.Text.Encoding.UTF8.GetString(admin.Plane.Current.Table(ControlState.Root, ControlKinds.Tokens).All.Last().Json.Span),
            StringComparison.Ordinal);
        Assert.Equal(200, (await admin.AsAsync(ci, "GET", "/alpha/services")).Status);
        var list = await admin.AsAsync(start, "GET", "/users/me/tokens");
        Assert.Equal(["ci", "test"], list.Each("name").Order());
        Assert.DoesNotContain("digest", list.Text, StringComparison.Ordinal);

        var next = (await admin.AsAsync(ci, "POST", "/users/me/tokens/ci/rotate", """{"overlap_seconds":60}"""))["token"].GetString();
        Assert.Equal((200, 200), ((await admin.AsAsync(ci, "GET", "/alpha/services")).Status, (await admin.AsAsync(next, "GET", "/alpha/services")).Status));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((401, 200), ((await admin.AsAsync(ci, "GET", "/alpha/services")).Status, (await admin.AsAsync(next, "GET", "/alpha/services")).Status));

        Assert.Equal(204, (await admin.AsAsync(next, "DELETE", "/users/me/tokens/ci")).Status);
        Assert.Equal(401, (await admin.AsAsync(next, "GET", "/alpha/services")).Status);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(401, (await admin.AsAsync(start, "GET", "/alpha/services")).Status);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"x","expires_in_days":0}""", "expires_in_days")]
    [InlineData("""{"name":"x","expires_in_days":"soon"}""", "expires_in_days")]
    [InlineData("""{"name":"x","digest":"00"}""", "digest")]
    public async Task Bad_tokens_are_refused(string body, string field)
    {
        await using var admin = await Guarded.OpenAsync();
        var token = await admin.UserAsync("anna");
        var refused = await admin.AsAsync(token, "POST", "/users/me/tokens", body);
        Assert.Equal(400, refused.Status);
        Assert.True(refused["fields"].TryGetProperty(field, out _), refused.Text);
    }

    [Fact]
    public async Task A_rollback_brings_no_revoked_token_back()
    {
        await using var admin = await Guarded.OpenAsync();
        var root = await admin.UserAsync("root", "super-admin");
        var token = await admin.UserAsync("anna", "editor", "alpha");
        var before = admin.Plane.Current.Revision;
        await admin.AsAsync(root, "DELETE", "/users/anna");
        Assert.Equal(200, (await admin.AsAsync(root, "POST", "/rollback", $$"""{"to":{{before}}}""")).Status);
        Assert.Equal(401, (await admin.AsAsync(token, "GET", "/alpha/services")).Status);
    }

    [Fact]
    public async Task Passwords_and_tokens_are_shown_nowhere()
    {
        await using var admin = await Guarded.OpenAsync();
        var root = await admin.UserAsync("root", "super-admin");
        var made = await admin.AsAsync(root, "POST", "/users", $$"""{"name":"anna","password":"{{Password}}"}""");
        Assert.Equal(201, made.Status);
        foreach (var path in (IEnumerable<string>)["/users", "/users/anna", "/journal?size=1000", "/diff?from=0", "/blame/users/anna"])
        {
            var text = made.Text + (await admin.AsAsync(root, "GET", path)).Text;
            Assert.DoesNotContain("pbkdf2", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(AdminToken.DigestOf(root), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_rights_are_not_enforced_a_token_names_who_calls_and_no_more()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var token = await admin.UserAsync("anna");
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/services", """{"name":"a","host":"a"}""")).Status);
        Assert.Equal(201, (await admin.AsAsync("whatever", "POST", "/services", """{"name":"b","host":"b"}""")).Status);
        Assert.Equal(["anna", "anonymous"], (await admin.AsAsync(null, "GET", "/journal?last=1&size=2")).Each("actor"));
    }

    [Theory]
    [InlineData("users", """{"name":"me"}""", "name")]
    [InlineData("users", """{"name":"x","type":"service","password":"long enough a password"}""", "password")]
    [InlineData("users", """{"name":"x","type":"robot"}""", "type")]
    [InlineData("roles", """{"name":"editor","permissions":[{"actions":["read"]}]}""", "name")]
    [InlineData("roles", """{"name":"x","permissions":[]}""", "permissions")]
    [InlineData("roles", """{"name":"x","permissions":[{"actions":["fly"]}]}""", "permissions")]
    [InlineData("roles", """{"name":"x","permissions":[{"kinds":["servces"],"actions":["read"]}]}""", "permissions")]
    [InlineData("grants", """{"role":"editor"}""", "@entity")]
    [InlineData("grants", """{"role":"nothing","user":{"name":"anna"},"all_workspaces":true}""", "role")]
    public async Task What_makes_no_sense_is_refused(string kind, string body, string field)
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/users", """{"name":"anna"}""");
        var refused = await admin.PostAsync("/" + kind, body);
        Assert.Equal(400, refused.Status);
        Assert.True(refused["fields"].TryGetProperty(field, out _), refused.Text);
    }

    [Fact]
    public async Task A_role_that_somebody_has_stays()
    {
        await using var admin = await Guarded.OpenAsync();
        await admin.UserAsync("anna", Guarded.Limited, "alpha");
        var root = await admin.UserAsync("root", "super-admin");
        Assert.Equal(400, (await admin.AsAsync(root, "DELETE", $"/roles/{Guarded.Limited}")).Status);
        Assert.Equal(204, (await admin.AsAsync(root, "DELETE", "/users/anna")).Status);
        Assert.Equal(204, (await admin.AsAsync(root, "DELETE", $"/roles/{Guarded.Limited}")).Status);
    }

    static async Task<string?> LoginAsync(AdminHarness admin, string password = Password) =>
        (await admin.AsAsync(null, "POST", "/auth/login", $$"""{"name":"anna","password":"{{password}}"}"""))["token"].GetString();
}
