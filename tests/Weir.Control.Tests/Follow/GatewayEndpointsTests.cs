using System.Text.Json;

namespace Weir.Control.Tests;

/// <summary>Gateways in the Admin API.</summary>
public sealed class GatewayEndpointsTests
{
    [Fact]
    public async Task Without_a_listener_there_are_no_tokens_to_make()
    {
        await using var api = await AdminHarness.OpenAsync();
        var answer = await api.PostAsync("/gateways/join-tokens", "{}");
        Assert.Equal(409, answer.Status);
        Assert.Contains("cluster_listen", answer.Message, StringComparison.Ordinal);
        Assert.Empty((await api.GetAsync("/gateways"))["data"].EnumerateArray());
    }

    [Theory]
    [InlineData("""{"uses":0}""", "uses")]
    [InlineData("""{"uses":"many"}""", "uses")]
    [InlineData("""{"ttl_seconds":604801}""", "ttl_seconds")]
    [InlineData("""{"ttl_seconds":-1}""", "ttl_seconds")]
    [InlineData("""{"secret":"x"}""", "secret")]
    public async Task Refuses_tokens_that_are_out_of_bounds(string body, string field)
    {
        await using var rig = await OpenAsync();
        var answer = await rig.Api.PostAsync("/gateways/join-tokens", body);
        Assert.Equal(400, answer.Status);
        Assert.True(answer["fields"].TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Shows_a_gateway_as_the_journal_and_the_node_know_it()
    {
        await using var rig = await OpenAsync();
        var token = (await rig.Api.PostAsync("/gateways/join-tokens", """{"name":"first","uses":2,"ttl_seconds":60}"""))["token"].GetString()!;
        var (id, certificate, _) = await rig.Hub.Enrolment.EnrolAsync(
            JoinToken.Read(token)!, "edge-1", GatewayIdentity.NewKey().SigningRequest, "10.0.0.1", TestContext.Current.CancellationToken);
        var unseen = await rig.Api.GetAsync($"/gateways/{id}");
        Assert.Equal(("edge-1", false, JsonValueKind.Null),
            (unseen["name"].GetString(), unseen["connected"].GetBoolean(), unseen["last_seen"].ValueKind));
        rig.Hub.See(id, static seen => seen with
        {
            Streams = 1,
            Address = "10.0.0.1",
            Version = "0.1.0",
            Hostname = "host-1",
            Status = new FollowStatus { Version = "0.1.0", LiveRevision = 2, Health = "ready", Problems = ["route x: no"] },
        });
        var shown = (await rig.Api.GetAsync("/gateways"))["data"][0];
        Assert.True(shown.GetProperty("connected").GetBoolean());
        Assert.Equal(rig.Api.Plane.Current.Revision - 2, shown.GetProperty("behind").GetInt64());
        Assert.Equal("route x: no", shown.GetProperty("problems")[0].GetString());
        Assert.Equal(certificate!.SerialNumber, shown.GetProperty("serials")[0].GetString());
        var plane = (await rig.Api.GetAsync("/clustering/data-planes"))["data"][0];
        Assert.Equal(("host-1", "10.0.0.1", "normal"),
            (plane.GetProperty("hostname").GetString(), plane.GetProperty("ip").GetString(), plane.GetProperty("sync_status").GetString()));
        Assert.Equal(32, plane.GetProperty("config_hash").GetString()!.Length);
        Assert.Equal(id.ToString(), (await rig.Api.GetAsync("/clustering/status")).Json.EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task Lists_tokens_without_their_secrets_and_withdraws_them()
    {
        await using var rig = await OpenAsync();
        var made = await rig.Api.PostAsync("/gateways/join-tokens", "{}");
        Assert.Equal(201, made.Status);
        var listed = await rig.Api.GetAsync("/gateways/join-tokens");
        Assert.DoesNotContain(made["token"].GetString()!, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hash\"", listed.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await rig.Api.DeleteAsync($"/gateways/join-tokens/{made.Id}")).Status);
        Assert.Empty((await rig.Api.GetAsync("/gateways/join-tokens"))["data"].EnumerateArray());
    }

    [Theory]
    [InlineData("""{"revoked":"maybe"}""", 400)]
    [InlineData("""{"serials":[]}""", 400)]
    [InlineData("""{"name":""}""", 400)]
    public async Task Refuses_changes_of_what_is_not_theirs_to_change(string body, int status)
    {
        await using var rig = await OpenAsync();
        var token = (await rig.Api.PostAsync("/gateways/join-tokens", "{}"))["token"].GetString()!;
        var (id, _, _) = await rig.Hub.Enrolment.EnrolAsync(
            JoinToken.Read(token)!, "edge", GatewayIdentity.NewKey().SigningRequest, "", TestContext.Current.CancellationToken);
        Assert.Equal(status, (await rig.Api.PatchAsync($"/gateways/{id}", body)).Status);
    }

    [Fact]
    public async Task There_is_no_gateway_that_did_not_enrol()
    {
        await using var rig = await OpenAsync();
        Assert.Equal(404, (await rig.Api.GetAsync("/gateways/nobody")).Status);
        Assert.Equal(404, (await rig.Api.PatchAsync($"/gateways/{Guid.NewGuid()}", """{"revoked":true}""")).Status);
    }

    static async Task<Rig> OpenAsync()
    {
        var plane = await Planes.OpenAsync();
        using var authority = await Enrolment.AuthorityAsync(plane, TestContext.Current.CancellationToken);
        var hub = await FeedTests.HubAsync(plane);
        return new Rig(new AdminHarness(plane, new AdminApi(plane, AdminHarness.Node with { Gateways = hub })), hub);
    }

    sealed record Rig(AdminHarness Api, GatewayHub Hub) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Hub.DisposeAsync();
            await Api.DisposeAsync();
        }
    }
}
