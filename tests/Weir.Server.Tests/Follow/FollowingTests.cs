using System.Net;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>Gateways that follow a control plane, with real sockets, TLS and traffic.</summary>
public sealed class FollowingTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_enrols_and_serves_what_the_control_plane_says()
    {
        await using var control = await LeadingControl.StartAsync();
        await using var gateway = await control.GatewayAsync();
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/web"));
        Assert.Equal(HttpStatusCode.NotFound, await gateway.GetAsync("/later"));
        await gateway.Home.WaitLiveAsync(await control.RouteAsync("later", "/later"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/later"));
        await gateway.Home.WaitLiveAsync(
            await control.CommitAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Routes, "later")), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, await gateway.GetAsync("/later"));
        var seen = await control.SeesAsync(seen => seen.Status?.LiveRevision == control.Plane.Current.Revision);
        Assert.True(seen.IsConnected);
        Assert.Equal(("ready", VersionCommand.Text), (seen.Status!.Health, seen.Version));
    }

    [Fact]
    public async Task A_gateway_serves_and_starts_while_the_control_plane_is_away_and_catches_up_after()
    {
        await using var control = await LeadingControl.StartAsync();
        await (await control.GatewayAsync()).DisposeAsync();
        await control.CloseAsync();
        await using var gateway = await FollowingGateway.StartAsync(control.Address, null, control.Folder());
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/web"));
        await gateway.Log.SaysAsync("The control plane is away");
        Assert.False(gateway.Home.Link.IsConnected);
        await control.OpenAsync();
        await gateway.Home.WaitLiveAsync(await control.RouteAsync("later", "/later"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/later"));
        Assert.Equal(1, control.Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).Count);
    }

    [Fact]
    public async Task A_gateway_whose_last_configuration_is_damaged_waits_for_the_control_plane()
    {
        await using var control = await LeadingControl.StartAsync();
        await (await control.GatewayAsync()).DisposeAsync();
        await control.CloseAsync();
        var file = Path.Combine(control.Folder(), LastGood.FileName);
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        await using var gateway = FollowingGateway.Open(control.Address, null, control.Folder());
        Assert.Contains("last-good is damaged", await gateway.Log.SaysAsync("cannot be used"), StringComparison.Ordinal);
        var starting = gateway.StartAsync();
        await gateway.Log.SaysAsync("The control plane is away");
        Assert.False(starting.IsCompleted);
        await control.OpenAsync();
        await starting;
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/web"));
    }

    [Fact]
    public async Task A_revoked_gateway_is_cut_off_at_once_and_serves_what_it_has()
    {
        await using var control = await LeadingControl.StartAsync();
        await using var gateway = await control.GatewayAsync();
        var id = control.Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).All.Single().Id.ToString();
        await control.Plane.CommitAsync(new Author("test"), draft => Enrolment.Change(draft, id, static config => config with { Revoked = true }),
            CommitOptions.Default, Cancellation);
        await gateway.Log.SaysAsync("was revoked");
        await control.RouteAsync("secret", "/secret");
        await gateway.Log.SaysAsync("is not enrolled here, or was revoked");
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/web"));
        Assert.Equal(HttpStatusCode.NotFound, await gateway.GetAsync("/secret"));
    }

    [Fact]
    public async Task A_gateway_that_was_forgotten_enrols_anew_with_a_new_token()
    {
        await using var control = await LeadingControl.StartAsync();
        await (await control.GatewayAsync()).DisposeAsync();
        var before = control.Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).All.Single().Id;
        await control.CommitAsync(draft => draft.Delete(ControlState.Root, ControlKinds.Gateways, before.ToString()));
        await using var gateway = await control.GatewayAsync();
        await gateway.Home.WaitLiveAsync(await control.RouteAsync("later", "/later"), Cancellation);
        Assert.NotEqual(before, control.Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).All.Single().Id);
    }

    [Fact]
    public async Task A_gateway_goes_to_another_control_plane_with_a_token_of_it()
    {
        await using var first = await LeadingControl.StartAsync();
        await using var second = await LeadingControl.StartAsync();
        await (await first.GatewayAsync()).DisposeAsync();
        await second.RouteAsync("other", "/other");
        await using var gateway = await FollowingGateway.StartAsync(second.Address, await second.TokenAsync(), first.Folder());
        await gateway.Home.WaitLiveAsync(await second.RouteAsync("later", "/later"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, await gateway.GetAsync("/other"));
    }

    [Fact]
    public async Task What_a_gateway_cannot_make_live_is_seen_and_does_not_disturb_what_is()
    {
        await using var control = await LeadingControl.StartAsync();
        await using var gateway = await control.GatewayAsync(environment: static _ => null);
        var good = gateway.Home.Live.Revision;
        await control.CommitAsync(static draft => draft.Insert(ControlState.DefaultWorkspace, ControlKinds.Certificates,
            LeadingControl.Body("""{"cert":"{vault://env/no-such-cert}","key":"{vault://env/no-such-key}"}"""), out _));
        var seen = await control.SeesAsync(static seen => seen.Status?.Problems.Count > 0);
        Assert.Contains("vault", seen.Status!.Problems[0], StringComparison.OrdinalIgnoreCase);
        Assert.True(seen.Status.LiveRevision < control.Plane.Current.Revision);
        Assert.True(gateway.Home.Live.Revision >= good);
        await control.CommitAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Certificates,
            draft.All(ControlState.DefaultWorkspace, ControlKinds.Certificates).Single().Id.ToString()));
        await gateway.Home.WaitLiveAsync(control.Plane.Current.Revision, Cancellation);
        await control.SeesAsync(static seen => seen.Status?.Problems.Count == 0);
    }

    [Fact]
    public async Task No_request_fails_during_two_hundred_changes_under_load()
    {
        const int Changes = 200;
        const int PerChange = 5;
        await using var control = await LeadingControl.StartAsync();
        await using var gateway = await control.GatewayAsync();
        var (isOver, requests, failures) = (false, 0, new System.Collections.Concurrent.ConcurrentQueue<string>());
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(LoadAsync)).ToList();
        for (var i = 0; i < Changes; i++)
        {
            if (i % 4 == 0) await control.PutAsync(ControlKinds.Services, "web", Service(control, i % 8));
            else if (i % 4 == 1) await control.CommitAsync(static draft => Toggle(draft));
            else await control.RouteAsync("r" + (i % 10), "/r" + i);
            // Changes and traffic go on side by side, whichever is faster on this machine.
            for (var enough = Volatile.Read(ref requests) + PerChange; Volatile.Read(ref requests) < enough;) await Task.Yield();
        }
        await gateway.Home.WaitLiveAsync(control.Plane.Current.Revision, Cancellation);
        isOver = true;
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        Assert.True(requests >= Changes * PerChange, $"{requests} requests");

        async Task LoadAsync()
        {
            while (!Volatile.Read(ref isOver))
            {
                try
                {
                    if (await gateway.GetAsync("/web") is var status && status != HttpStatusCode.OK) failures.Enqueue(status.ToString());
                }
                catch (HttpRequestException failed)
                {
                    failures.Enqueue(failed.ToString());
                }
                Interlocked.Increment(ref requests);
            }
        }
    }

    static string Service(LeadingControl control, int retries)
    {
        var web = control.Plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Find("web")!;
        return $$"""{"name":"web","host":"{{web.Text("host")}}","port":{{PortOf(web)}},"protocol":"http","retries":{{retries}}}""";
    }

    static int PortOf(Stored service) => System.Text.Json.JsonDocument.Parse(service.Json).RootElement.GetProperty("port").GetInt32();

    static Refusal? Toggle(Draft draft)
    {
        var there = draft.All(ControlState.DefaultWorkspace, ControlKinds.Plugins).FirstOrDefault();
        if (there is not null) return draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Plugins, there.Id.ToString());
        return draft.Insert(ControlState.DefaultWorkspace, ControlKinds.Plugins, LeadingControl.Body("""{"name":"correlation-id"}"""), out _);
    }
}
