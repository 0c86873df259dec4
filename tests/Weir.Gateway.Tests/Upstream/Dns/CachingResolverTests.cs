using System.Net;

namespace Weir.Gateway.Tests;

public sealed class CachingResolverTests : IAsyncLifetime
{
    readonly ManualTime _time = new();
    readonly DnsServer _server = new();
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-dns");
    CachingResolver? _resolver;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _resolver?.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    CachingResolver Resolver(string resolvConf = "", string hosts = "", Func<ResolverSettings, ResolverSettings>? change = null)
    {
        var settings = new ResolverSettings
        {
            Nameservers = [_server.Address],
            ResolvConfPath = Path.Combine(_folder.FullName, "resolv.conf"),
            HostsPath = Path.Combine(_folder.FullName, "hosts"),
        };
        File.WriteAllText(settings.ResolvConfPath, resolvConf);
        File.WriteAllText(settings.HostsPath, hosts);
        return _resolver = new CachingResolver(change is null ? settings : change(settings), _time);
    }

    static string Text(Resolution resolution) => resolution.Fault is null
        ? string.Join(' ', resolution.Addresses.Select(static address => address.Port > 0 ? $"{address.Address}:{address.Port}" : $"{address.Address}"))
        : "none";

    async Task<string> AskAsync(string name) => Text(await _resolver!.ResolveAsync(name, Cancel));

    /// <summary>What the name resolves to once a refresh under way is done.</summary>
    async Task<string> SettledAsync(string name)
    {
        var resolution = await _resolver!.ResolveAsync(name, Cancel);
        return Text(resolution.Refreshing is { } refreshing ? await refreshing.WaitAsync(Cancel) : resolution);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("LOCALHOST.", "127.0.0.1")]
    [InlineData("x.localhost", "127.0.0.1")]
    [InlineData("node.test", "10.0.0.5")]
    public async Task Literals_localhost_and_the_hosts_file_answer_at_once(string name, string address)
    {
        var asked = Resolver(hosts: "10.0.0.5 node.test").ResolveAsync(name, Cancel);
        Assert.True(asked.IsCompletedSuccessfully);
        Assert.Equal(address, Text(await asked));
        Assert.Empty(_server.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("bücher.test")]
    public async Task What_is_no_host_name_fails_without_being_asked_for(string name)
    {
        Resolver();
        Assert.Equal("none", await AskAsync(name));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Addresses_are_kept_for_their_lifetime_and_then_asked_for_again()
    {
        _server.SetA("a.test", 30, "10.0.0.1", "10.0.0.2");
        Resolver();
        Assert.Equal("10.0.0.1 10.0.0.2", await AskAsync("a.test"));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(_resolver!.ResolveAsync("A.test", Cancel).IsCompletedSuccessfully);
        Assert.Equal(1, _server.Count("A a.test"));
        _server.SetA("a.test", 30, "10.0.0.3");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("10.0.0.3", await SettledAsync("a.test"));
        Assert.Equal(2, _server.Count("A a.test"));
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(7u, 7)]
    [InlineData(10_000_000u, 86_400)]
    public async Task Lifetimes_are_kept_within_bounds(uint ttl, int seconds)
    {
        _server.SetA("a.test", ttl, "10.0.0.1");
        var resolution = await Resolver().ResolveAsync("a.test", Cancel);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(seconds), resolution.ExpiresAt);
    }

    [Fact]
    public async Task A_configured_lifetime_replaces_the_records_own()
    {
        _server.SetA("a.test", 7, "10.0.0.1");
        var resolution = await Resolver(change: static settings => settings with { ValidTtl = TimeSpan.FromSeconds(99) }).ResolveAsync("a.test", Cancel);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(99), resolution.ExpiresAt);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_not_asked_for_again_for_a_while()
    {
        Resolver();
        Assert.Equal("none", await AskAsync("missing.test"));
        var asked = _server.Asked.Count;
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("none", await AskAsync("missing.test"));
        Assert.Equal(asked, _server.Asked.Count);
        _server.SetA("missing.test", 30, "10.0.0.1");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("10.0.0.1", await AskAsync("missing.test"));
    }

    [Fact]
    public async Task Services_come_first_then_what_was_found_last()
    {
        _server.SetA("a.test", 10, "10.0.0.1");
        Resolver();
        await AskAsync("a.test");
        Assert.Equal(["SRV a.test", "A a.test"], _server.Asked);
        _time.Advance(TimeSpan.FromSeconds(10));
        await SettledAsync("a.test");
        Assert.Equal(["SRV a.test", "A a.test", "A a.test"], _server.Asked);
    }

    [Fact]
    public async Task The_order_can_be_set()
    {
        _server.SetA("a.test", 10, "10.0.0.1");
        Resolver(change: static settings => settings with { Order = [DnsStep.Aaaa, DnsStep.A, DnsStep.Srv] });
        Assert.Equal("10.0.0.1", await AskAsync("a.test"));
        Assert.Equal(["AAAA a.test", "A a.test"], _server.Asked);
    }

    [Fact]
    public async Task Services_give_ports_weights_priorities_and_the_addresses_of_their_hosts()
    {
        _server.Set("svc.test", DnsType.Srv, new DnsReply([
            DnsReply.Service("svc.test", 60, "two.test", 8002, 7, priority: 2),
            DnsReply.Service("svc.test", 60, "one.test", 8001, 5),
            DnsReply.Service("svc.test", 60, "", 0),
            DnsReply.Service("svc.test", 60, "gone.test", 8003),
        ]));
        _server.SetA("one.test", 20, "10.0.0.1", "10.0.0.2");
        _server.SetA("two.test", 90, "10.0.0.3");
        var resolution = await Resolver().ResolveAsync("svc.test", Cancel);
        Assert.Equal(
        [
            new(IPAddress.Parse("10.0.0.1"), 8001, 5, 1, "one.test"),
            new(IPAddress.Parse("10.0.0.2"), 8001, 5, 1, "one.test"),
            new(IPAddress.Parse("10.0.0.3"), 8002, 7, 2, "two.test"),
        ],
        resolution.Addresses);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(20), resolution.ExpiresAt);
    }

    [Fact]
    public async Task IPv6_is_used_where_there_is_no_IPv4()
    {
        _server.Set("six.test", DnsType.Aaaa, new DnsReply([DnsReply.Address("six.test", 9, "2001:db8::1")]));
        Resolver();
        Assert.Equal("2001:db8::1", await AskAsync("six.test"));
    }

    [Fact]
    public async Task Aliases_are_followed_within_an_answer_and_across_answers_and_the_shortest_lifetime_counts()
    {
        _server.Set("a.test", DnsType.A, new DnsReply([
            DnsReply.Alias("b.test", 50, "c.test"), DnsReply.Alias("a.test", 60, "b.test"), DnsReply.Address("x.test", 1, "10.9.9.9")]));
        _server.Set("c.test", DnsType.A, new DnsReply([DnsReply.Alias("c.test", 5, "d.test"), DnsReply.Address("d.test", 40, "10.0.0.1")]));
        var resolution = await Resolver().ResolveAsync("a.test", Cancel);
        Assert.Equal("10.0.0.1", Text(resolution));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(5), resolution.ExpiresAt);
    }

    [Fact]
    public async Task Aliases_in_a_circle_end_as_a_failure()
    {
        foreach (var type in new[] { DnsType.A, DnsType.Srv, DnsType.Aaaa })
        {
            _server.Set("a.test", type, new DnsReply([DnsReply.Alias("a.test", 60, "b.test")]));
            _server.Set("b.test", type, new DnsReply([DnsReply.Alias("b.test", 60, "a.test")]));
        }
        Resolver();
        Assert.Equal("none", await AskAsync("a.test"));
        Assert.InRange(_server.Asked.Count, 1, 50);
    }

    [Fact]
    public async Task Short_names_are_looked_for_in_the_search_list_and_a_changed_list_is_followed()
    {
        _server.SetA("db.one.test", 1, "10.0.0.1");
        _server.SetA("db.two.test", 1, "10.0.0.2");
        Resolver("search one.test");
        Assert.Equal("10.0.0.1", await AskAsync("db"));
        Assert.Equal("none", await AskAsync("db."));
        File.WriteAllText(Path.Combine(_folder.FullName, "resolv.conf"), "search zero.test two.test");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("10.0.0.2", await SettledAsync("db"));
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_over_tcp()
    {
        DnsRecord[] many = [.. Enumerable.Range(1, 100).Select(static i => DnsReply.Address("many.test", 9, $"10.0.0.{i}"))];
        _server.Set("many.test", DnsType.A, new DnsReply(many) { IsTruncated = true });
        var resolution = await Resolver().ResolveAsync("many.test", Cancel);
        Assert.Equal(100, resolution.Addresses.Count);
        Assert.Equal(["SRV many.test", "A many.test", "A many.test (tcp)"], _server.Asked);
    }

    [Fact]
    public async Task An_answer_of_more_than_512_bytes_is_welcome_over_udp()
    {
        DnsRecord[] many = [.. Enumerable.Range(1, 40).Select(static i => DnsReply.Address("many.test", 9, $"10.0.0.{i}"))];
        _server.Set("many.test", DnsType.A, new DnsReply(many));
        var resolution = await Resolver().ResolveAsync("many.test", Cancel);
        Assert.Equal(40, resolution.Addresses.Count);
        Assert.Equal(["SRV many.test", "A many.test"], _server.Asked);
        Assert.Equal([1232, 1232], _server.Payloads);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(1, 40)]
    public async Task A_server_without_EDNS_is_asked_again_without(int refusal, int addresses)
    {
        _server.EdnsRefusal = (DnsCode)refusal;
        DnsRecord[] records = [.. Enumerable.Range(1, addresses).Select(static i => DnsReply.Address("old.test", 9, $"10.0.0.{i}"))];
        _server.Set("old.test", DnsType.A, new DnsReply(records));
        var resolution = await Resolver(change: static settings => settings with { Order = [DnsStep.A] }).ResolveAsync("old.test", Cancel);
        Assert.Equal(addresses, resolution.Addresses.Count);
        Assert.Equal([1232, 512], _server.Payloads);
        Assert.Equal(addresses == 1 ? 0 : 1, _server.Count("A old.test (tcp)"));
    }

    [Fact]
    public async Task A_server_that_refuses_every_form_of_a_question_is_a_failure()
    {
        _server.Set("broken.test", DnsType.A, new DnsReply([]) { Code = DnsCode.FormatError });
        var resolution = await Resolver(change: static settings => settings with { Order = [DnsStep.A] }).ResolveAsync("broken.test", Cancel);
        Assert.Contains("answered FormatError", resolution.Fault, StringComparison.Ordinal);
        Assert.Equal([1232, 512, 1232, 512], _server.Payloads);
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_query()
    {
        _server.SetA("a.test", 30, "10.0.0.1");
        Resolver();
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        Task<string>[] asked = [.. Enumerable.Range(0, 50).Select(_ => AskAsync("a.test"))];
        gate.SetResult();
        var answers = await Task.WhenAll(asked);
        Assert.All(answers, static answer => Assert.Equal("10.0.0.1", answer));
        Assert.Equal(1, _server.Count("A a.test"));
    }

    [Fact]
    public async Task One_who_gives_up_does_not_spoil_the_lookup_for_the_others()
    {
        using var gone = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        _server.SetA("a.test", 30, "10.0.0.1");
        Resolver();
        var patient = AskAsync("a.test");
        var impatient = _resolver!.ResolveAsync("a.test", gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();
        Assert.Equal("10.0.0.1", await patient);
    }

    [Fact]
    public async Task Expired_addresses_serve_while_they_are_refreshed_and_while_servers_fail()
    {
        _server.SetA("a.test", 10, "10.0.0.1");
        Resolver();
        await AskAsync("a.test");
        _server.Set("a.test", DnsType.A, new DnsReply([]) { Code = DnsCode.ServerFailure });
        _time.Advance(TimeSpan.FromSeconds(10));
        var stale = await _resolver!.ResolveAsync("a.test", Cancel);
        Assert.Equal("10.0.0.1", Text(stale));
        Assert.NotNull(stale.Refreshing);
        Assert.Equal("10.0.0.1", Text(await stale.Refreshing.WaitAsync(Cancel)));

        _time.Advance(TimeSpan.FromSeconds(3589));
        Assert.Equal("10.0.0.1", await SettledAsync("a.test"));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("none", await SettledAsync("a.test"));
        Assert.Equal("none", await AskAsync("a.test"));
    }

    [Fact]
    public async Task Expired_addresses_go_when_the_name_is_gone()
    {
        _server.SetA("a.test", 10, "10.0.0.1");
        Resolver();
        await AskAsync("a.test");
        _server.Clear();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("none", await SettledAsync("a.test"));
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_the_next_one_asked()
    {
        await using var silent = new DnsServer();
        silent.Set("a.test", DnsType.A, DnsReply.Silence);
        silent.OnAsked = _ => Task.Run(() => _time.Advance(TimeSpan.FromSeconds(5)));
        _server.SetA("a.test", 30, "10.0.0.1");
        Resolver(change: settings => settings with { Nameservers = [silent.Address, _server.Address], Order = [DnsStep.A] });
        Assert.Equal("10.0.0.1", await AskAsync("a.test"));
        Assert.Equal(["A a.test"], silent.Asked);
    }

    [Fact]
    public async Task A_server_that_refuses_is_passed_over_for_the_next()
    {
        await using var refusing = new DnsServer();
        refusing.Set("a.test", DnsType.A, new DnsReply([]) { Code = DnsCode.Refused });
        _server.SetA("a.test", 30, "10.0.0.1");
        Resolver(change: settings => settings with { Nameservers = [refusing.Address, _server.Address], Order = [DnsStep.A] });
        Assert.Equal("10.0.0.1", await AskAsync("a.test"));
    }

    [Fact]
    public async Task Servers_that_are_all_away_are_a_failure_that_is_soon_tried_again()
    {
        _server.Set("a.test", DnsType.A, DnsReply.Silence);
        _server.OnAsked = _ => Task.Run(() => _time.Advance(TimeSpan.FromSeconds(5)));
        Resolver(change: static settings => settings with { Order = [DnsStep.A] });
        var resolution = await _resolver!.ResolveAsync("a.test", Cancel);
        Assert.Contains("no answer within 5 s", resolution.Fault, StringComparison.Ordinal);
        Assert.Equal(2, _server.Count("A a.test"));
        _server.OnAsked = static _ => { };
        _server.SetA("a.test", 30, "10.0.0.1");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("10.0.0.1", await SettledAsync("a.test"));
    }

    [Fact]
    public async Task Forged_late_and_broken_datagrams_are_passed_over()
    {
        _server.SetA("a.test", 30, "10.0.0.1");
        _server.Send = static reply =>
        {
            var forged = reply.ToArray();
            forged[0] ^= 0xFF;
            forged[^1] = 66;
            return [[], [1, 2, 3], forged, reply];
        };
        Resolver();
        Assert.Equal("10.0.0.1", await AskAsync("a.test"));
    }

    [Fact]
    public async Task A_server_that_sends_only_noise_is_given_up()
    {
        _server.SetA("a.test", 30, "10.0.0.1");
        _server.Send = static _ => Enumerable.Repeat(new byte[] { 1, 2, 3 }, 16);
        Resolver(change: static settings => settings with { Order = [DnsStep.A] });
        var resolution = await _resolver!.ResolveAsync("a.test", Cancel);
        Assert.Contains("16 datagrams", resolution.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_cache_lets_the_least_recently_used_names_go()
    {
        foreach (var i in Enumerable.Range(0, 20)) _server.SetA($"n{i}.test", 3000, "10.0.0.1");
        Resolver(change: static settings => settings with { CacheSize = 16, Order = [DnsStep.A] });
        for (var i = 0; i < 16; i++, _time.Advance(TimeSpan.FromSeconds(1))) await AskAsync($"n{i}.test");
        await AskAsync("n0.test");
        await AskAsync("n16.test");
        Assert.InRange(_resolver!.Count, 14, 16);
        await AskAsync("n0.test");
        await AskAsync("n1.test");
        Assert.Equal((1, 2), (_server.Count("A n0.test"), _server.Count("A n1.test")));
    }
}
