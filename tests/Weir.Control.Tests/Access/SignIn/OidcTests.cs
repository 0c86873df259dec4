using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Control.Tests;

public sealed class OidcTests
{
    readonly ManualTime _time = new();

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task A_token_of_the_provider_says_who_shows_it(string algorithm)
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        var identity = await provider.IdentityOfAsync(issuer.Token(_time, algorithm), TestContext.Current.CancellationToken);
        Assert.Equal(("s-1", "anna"), (identity?.Subject, identity?.Name));
        Assert.Equal(["orders-devs"], identity!.Groups);
    }

    public static TheoryData<string, string?, string?> Forged => new()
    {
        { "HS256", null, null },
        { "none", null, null },
        { "RS256", """{"iss":"https://evil.example"}""", null },
        { "RS256", """{"iss":null}""", null },
        { "RS256", """{"aud":"other"}""", null },
        { "RS256", """{"aud":null}""", null },
        { "RS256", """{"exp":null}""", null },
        { "RS256", """{"exp":"soon"}""", null },
        { "RS256", """{"exp":1e300}""", null },
        { "RS256", """{"exp":1}""", null },
        { "RS256", """{"nbf":99999999999}""", null },
        { "RS256", """{"nbf":"x"}""", null },
        { "RS256", """{"sub":null}""", null },
        { "RS256", """{"sub":""}""", null },
        { "RS256", null, """{"alg":"ES256"}""" },
        { "RS256", null, """{"alg":"RS512"}""" },
        { "RS256", null, """{"kid":"other"}""" },
        { "RS256", null, """{"kid":null}""" },
        { "RS256", null, """{"crit":["b64"]}""" },
        { "ES256", null, """{"alg":"ES384"}""" },
    };

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task What_is_not_as_it_should_be_counts_for_nothing(string algorithm, string? claims, string? header)
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        var token = issuer.Token(_time, algorithm, Json(claims), Json(header));
        Assert.Null(await provider.IdentityOfAsync(token, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("eyJ9.e30.x")]
    [InlineData("a.b")]
    [InlineData("W10.W10.AAAA")]
    public async Task What_is_no_token_counts_for_nothing(string token)
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        Assert.Null(await provider.IdentityOfAsync(token, TestContext.Current.CancellationToken));
        Assert.Equal(0, issuer.Asked);
    }

    [Fact]
    public async Task A_changed_token_counts_for_nothing()
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        var (token, other) = (issuer.Token(_time).Split('.'), issuer.Token(_time, claims: Json("""{"groups":["admins"]}""")).Split('.'));
        Assert.Null(await provider.IdentityOfAsync($"{token[0]}.{other[1]}.{token[2]}", TestContext.Current.CancellationToken));
        Assert.Null(await provider.IdentityOfAsync($"{token[0]}.{token[1]}.", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task New_keys_are_found_and_nobody_makes_it_ask_all_the_time()
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        var cancellation = TestContext.Current.CancellationToken;
        var old = issuer.Token(_time);
        Assert.NotNull(await provider.IdentityOfAsync(old, cancellation));
        issuer.KeyId = "two";
        for (var i = 0; i < 5; i++) Assert.Null(await provider.IdentityOfAsync(issuer.Token(_time), cancellation));
        Assert.Equal(2, issuer.Asked);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.NotNull(await provider.IdentityOfAsync(issuer.Token(_time), cancellation));
        Assert.Null(await provider.IdentityOfAsync(old, cancellation));
    }

    [Fact]
    public async Task Keys_count_while_the_provider_is_away()
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        Assert.NotNull(await provider.IdentityOfAsync(issuer.Token(_time), TestContext.Current.CancellationToken));
        issuer.IsAway = true;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await provider.IdentityOfAsync(issuer.Token(_time), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("https://evil.example", TestIssuer.Address + "/keys")]
    [InlineData(TestIssuer.Address, "http://id.example/realm/keys")]
    [InlineData(TestIssuer.Address, "file:///etc/passwd")]
    public async Task A_provider_that_says_it_is_another_has_no_keys(string says, string keysAt)
    {
        using var issuer = new TestIssuer { Says = says, KeysAt = keysAt };
        using var provider = issuer.Provider(_time);
        Assert.Null(await provider.IdentityOfAsync(issuer.Token(_time), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://id.example", "weir")]
    [InlineData("id.example", "weir")]
    [InlineData("https://id.example", "")]
    public void A_provider_that_cannot_be_trusted_is_refused_at_the_start(string address, string audience)
    {
        using var handler = new TestIssuer();
        var settings = new OidcSettings { Issuer = address, Audience = audience };
        Assert.Throws<FormatException>(() => new OidcProvider(settings, handler, _time, NullLogger.Instance));
    }

    [Fact]
    public async Task Groups_become_teams_and_a_subject_becomes_its_user()
    {
        using var issuer = new TestIssuer();
        using var provider = issuer.Provider(_time);
        await using var admin = await AdminHarness.OpenAsync(time: _time, node: Guarded.Node with { Oidc = provider });
        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body("""{"name":"orders"}"""), out _)
            ?? draft.Insert(ControlState.Root, ControlKinds.Teams, Planes.Body("""{"name":"orders","groups":["orders-devs"]}"""), out _)
            ?? draft.Insert(ControlState.Root, ControlKinds.Grants,
                Planes.Body("""{"role":"editor","team":{"name":"orders"},"workspace":{"name":"orders"}}"""), out _));
        var token = issuer.Token(_time);
        Assert.Equal(201, (await admin.AsAsync(token, "POST", "/orders/services", """{"name":"a","host":"a"}""")).Status);
        Assert.Equal("oidc:anna", (await admin.AsAsync(token, "GET", "/userinfo"))["name"].GetString());
        Assert.Equal(403, (await admin.AsAsync(token, "GET", "/services")).Status);
        var stranger = issuer.Token(_time, claims: Json("""{"groups":["others"]}"""));
        Assert.Equal(404, (await admin.AsAsync(stranger, "GET", "/orders/services")).Status);

        await admin.DoAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Users, Planes.Body("""{"name":"anna.k","subject":"s-1"}"""), out _));
        Assert.Equal("anna.k", (await admin.AsAsync(token, "GET", "/userinfo"))["name"].GetString());
        await admin.DoAsync(static draft => draft.Patch(ControlState.Root, ControlKinds.Users, "anna.k", Planes.Body("""{"enabled":false}"""), out _));
        Assert.Equal(401, (await admin.AsAsync(token, "GET", "/orders/services")).Status);
    }

    static JsonObject? Json(string? text) => text is null ? null : JsonNode.Parse(text)!.AsObject();
}
