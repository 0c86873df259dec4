using System.Globalization;
using System.Runtime.CompilerServices;

namespace Weir.Acceptance;

/// <summary>Changes of configuration under traffic: nothing is lost and nothing is left behind.</summary>
[Collection(nameof(Alone))]
public sealed class ReloadUnderLoadTests(ITestOutputHelper output) : IAsyncLifetime
{
    const int Reloads = 50;
    const int RequestsPerSecond = 2000;
    const long HeapBytesMargin = 4 * 1024 * 1024;

    AppUpstream _one = null!;
    AppUpstream _two = null!;

    public async ValueTask InitializeAsync()
    {
        _one = await AppUpstream.SayingAsync("one");
        _two = await AppUpstream.SayingAsync("two");
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Fifty_reloads_under_2000_requests_per_second_fail_no_request_and_close_no_connection()
    {
        await using var gateway = await TestGateway.StartAsync(Document(0));
        var load = new PacedLoad(gateway, connections: 8, RequestsPerSecond, static index => index % 4 == 3 ? "/changing" : "/stable");
        await load.StartAsync();
        for (var version = 1; version <= 8; version++) await ReloadAsync(gateway, load, version);
        await gateway.ApplyAsync(Document(0));
        var (kept, heapBytes) = (gateway.Node.KeptCount, GC.GetTotalMemory(forceFullCollection: true));

        List<WeakReference> retired = [];
        for (var version = 1; version <= Reloads; version++)
        {
            retired.Add(Reference(gateway));
            await ReloadAsync(gateway, load, version);
        }
        await gateway.ApplyAsync(Document(0));
        var (requests, elapsed) = (load.Requests, load.Elapsed);
        await load.StopAsync();

        Assert.Empty(load.Failures);
        Assert.True(requests > 0.8 * RequestsPerSecond * elapsed.TotalSeconds, $"only {requests} requests in {elapsed}");
        await Poll.UntilAsync(() => gateway.Node.KeptCount == kept, "state of retired configurations is let go of");
        await Poll.UntilAsync(() => GC.GetTotalMemory(forceFullCollection: true) - heapBytes < HeapBytesMargin, "memory returns to where it was");
        // A passage or a stack may still hold the last ones.
        await Poll.UntilAsync(() => Alive(retired) <= 2, "retired configurations are collected");
        Assert.Equal(0, gateway.Node.Snapshots.Current.InFlight.Count);
        Assert.Empty(gateway.Log.Errors);
        var rate = (int)(requests / elapsed.TotalSeconds);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{requests} requests, {rate} per second, {Reloads} reloads"));
    }

    [Fact]
    public async Task A_request_ends_on_the_configuration_it_began_with()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var slow = await AppUpstream.StartAsync(async _ =>
        {
            arrived.SetResult();
            await release.Task;
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - url: {{slow.Address}}
              routes: [{ paths: [/], plugins: [{ name: response-transformer, config: { add: { headers: ["X-Version:old"] } } }] }]
            """);
        var begun = gateway.Node.Snapshots.Current;
        var answer = gateway.Client.GetAsync("/");
        await arrived.Task;
        await gateway.ApplyAsync("""
            _format_version: "3.0"
            """);
        Assert.Equal(1, begun.InFlight.Count);
        using var after = await gateway.Client.GetAsync("/");
        Assert.Equal(404, (int)after.StatusCode);
        release.SetResult();
        using var first = await answer;
        Assert.Equal(200, (int)first.StatusCode);
        Assert.Equal("old", first.Headers.GetValues("X-Version").Single());
        await Poll.UntilAsync(() => begun.InFlight.Count == 0, "the request leaves its configuration");
    }

    /// <summary>The next version, when the load has had time to use the one before: 40 requests are 20 ms at the full rate.</summary>
    async Task ReloadAsync(TestGateway gateway, PacedLoad load, int version)
    {
        await gateway.ApplyAsync(Document(version));
        var before = load.Requests;
        await Poll.UntilAsync(() => load.Requests >= before + 40 || load.Failures.Count > 0, "requests are served after a reload");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Reference(TestGateway gateway) => new(gateway.Node.Snapshots.Current);

    static int Alive(List<WeakReference> references)
    {
        GC.Collect();
        return references.Count(static reference => reference.IsAlive);
    }

    /// <summary>Eight versions in turn: routes come and go, plugins, consumers and targets change. /stable and /changing always answer 200.</summary>
    string Document(int version)
    {
        var turn = version % 8;
        var number = turn.ToString(CultureInfo.InvariantCulture);
        string[] plugins =
        [
            "[]",
            "[{ name: key-auth, config: { key_names: [apikey] } }]",
            "[{ name: rate-limiting, config: { hour: 100000000, limit_by: ip, policy: local } }]",
            "[{ name: response-transformer, config: { add: { headers: [\"X-Version:" + number + "\"] } } }]",
            "[{ name: correlation-id }, { name: cors }]",
            "[{ name: key-auth, config: { hide_credentials: true } }, { name: acl, config: { allow: [load] } }]",
            "[{ name: request-transformer, config: { add: { headers: [\"X-Version:" + number + "\"] } } }]",
            "[{ name: ip-restriction, config: { allow: [127.0.0.0/8] } }]",
        ];
        var routes = string.Join('\n', Enumerable.Range(0, turn * 10).Select(i => $"  - {{ name: extra-{turn}-{i}, paths: [/extra/{turn}/{i}] }}"));
        var targets = $"{{ target: \"127.0.0.1:{_two.Port}\", weight: {10 + turn} }}" + (turn % 2 == 0 ? $", {{ target: \"127.0.0.1:{_one.Port}\" }}" : "");
        return $$"""
            _format_version: "3.0"
            upstreams:
            - name: pool
              algorithm: {{(turn % 3 == 0 ? "least-connections" : "round-robin")}}
              targets: [{{targets}}]
            consumers:
            - username: load-{{number}}
              keyauth_credentials: [{ key: secret }]
              acls: [{ group: load }]
            services:
            - name: stable
              url: {{_one.Address}}
              routes: [{ name: stable, paths: [/stable] }]
            - name: pooled
              host: pool
              port: {{8000 + turn}}
              routes:
              - { name: changing, paths: [/changing], plugins: {{plugins[turn]}} }

            """ + routes;
    }
}
