namespace Weir.Control.Tests;

/// <summary>Secrets in the settings of vaults stand in no history.</summary>
public sealed class VaultMaskTests
{
    const string Marker = "marker-";

    [Theory]
    [InlineData("hcv", """{"token":"marker-1"}""")]
    [InlineData("hcv", """{"auth_method":"approle","approle_role_id":"r","approle_secret_id":"marker-2"}""")]
    [InlineData("hcv", """
        {"auth_method":"jwt","jwt_role":"r","oauth2_token_endpoint":"http://i","oauth2_client_id":"c","oauth2_client_secret":"marker-3"}
        """)]
    [InlineData("conjur", """{"endpoint_url":"http://c","account":"a","login":"l","api_key":"marker-4"}""")]
    public async Task Shows_no_secret_of_a_vault(string kind, string config)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var added = await admin.PostAsync("/vaults", $$"""{"name":"{{kind}}","prefix":"my-vault","config":{{config}}}""");
        Assert.Equal(201, added.Status);
        var changed = await admin.PatchAsync("/vaults/my-vault", """{"description":"changed"}""");
        Assert.Equal(200, changed.Status);
        foreach (var path in (string[])["/journal", "/revisions/1", "/diff?from=0&to=2", "/blame/vaults/my-vault"])
        {
            var shown = await admin.GetAsync(path);
            Assert.Equal(200, shown.Status);
            Assert.Contains("my-vault", shown.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(Marker, shown.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refuses_settings_that_a_vault_does_not_have_and_shows_no_secret()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var refused = await admin.PostAsync("/vaults", """{"name":"hcv","prefix":"my-vault","config":{"token":["marker-1"],"tokn":"marker-2","kv":"v9"}}""");
        Assert.Equal(400, refused.Status);
        Assert.Contains("tokn", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, refused.Text, StringComparison.Ordinal);
    }
}
