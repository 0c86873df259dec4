using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>The compiled table gives the answer of the plain reading of the rules, whatever the routes and the request.</summary>
public sealed class RouteTablePropertyTests
{
    // Few names, so that routes overlap and ties happen.
    static readonly string[] s_hosts =
        ["a.test", "b.test", "x.a.test", "*.test", "*.a.test", "a.*", "x.*", "x.a.*", "a.test:8000", "a.test:81", "*.test:81", "a.*:8000", "A.Test"];

    static readonly string[] s_paths =
    [
        "/", "/a", "/ab", "/a/", "/a/b", "/a/b/c", "/b", "/b/a", "/bb",
        "~/a", "~/a/\\d+", "~/[ab]+$", "~/a/(?<x>b|c)", "~/", "~/b.*", "~/a?b", "~/ab|/b", "~/a/b*",
    ];

    static readonly string[] s_sentHosts =
        ["", "a.test", "b.test", "x.a.test", "y.x.a.test", "a.org", "x.a.org", "c.org", "A.TEST", "a.test:81", "a.test:8000", "x.test:81", ".test"];

    static readonly string[] s_sentPaths = ["/", "/a", "/ab", "/abc", "/a/", "/a/b", "/a/b/c/d", "/a/12", "/a/c", "/b", "/b/a/1", "/bbb", "/c", "/aab"];

    static Gen<IReadOnlyList<string>?> SomeOf(params string[] values) => Gen.Frequency(
        (3, Gen.Constant<IReadOnlyList<string>?>(null)),
        (4, Gen.Elements(values).ListOf(1).Select(static list => (IReadOnlyList<string>?)list.ToList())),
        (2, Gen.Elements(values).NonEmptyListOf().Select(static list => (IReadOnlyList<string>?)list.Distinct().Take(4).ToList())));

    static Gen<IReadOnlyDictionary<string, IReadOnlyList<string>>?> Headers() =>
        from count in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)))
        from names in Gen.Shuffle<string>(["x-a", "X-B", "accept"])
        from values in SomeOf("v1", "V2", "v3", "~*^v[12]", "~*3").Where(static values => values is not null).ArrayOf(2)
        select count == 0 ? null : (IReadOnlyDictionary<string, IReadOnlyList<string>>?)Enumerable.Range(0, count).ToDictionary(i => names[i], i => values[i]!);

    static Gen<RouteConfig> Route() =>
        from id in Gen.Choose(1, 1_000_000)
        from hosts in SomeOf(s_hosts)
        from paths in SomeOf(s_paths)
        from methods in SomeOf("GET", "POST", "PURGE")
        from snis in Gen.Frequency((3, Gen.Constant<IReadOnlyList<string>?>(null)), (1, SomeOf("a.test", "*.test", "a.*", "b.test.")))
        from headers in Headers()
        from priority in Gen.Elements(0, 0, 0, 5, -5, int.MaxValue, int.MinValue)
        select new RouteConfig
        {
            Id = new Guid(id, (short)id, 0, 0, 0, 0, 0, 0, 0, 0, 0).ToString(),
            Hosts = hosts,
            Paths = paths,
            Methods = methods,
            Snis = snis,
            Headers = headers,
            RegexPriority = priority,
        };

    static Gen<RouteRequest> Request() =>
        from method in Gen.Elements("GET", "POST", "PURGE", "get")
        from scheme in Gen.Elements("http", "https")
        from host in Gen.Elements(s_sentHosts)
        from port in Gen.Elements(8000, 81)
        from path in Gen.Elements(s_sentPaths)
        from sni in Gen.Elements(null, "a.test", "b.test", "x.test.", "a.org")
        from count in Gen.Choose(0, 3)
        from headers in Gen.Elements(("x-a", "V1"), ("X-A", "v2"), ("x-b", "v3"), ("accept", "v1"), ("accept", "zv1"), ("x-b", "")).ArrayOf(3)
        select new RouteRequest(method, scheme, host, port, path, sni, headers[..count]);

    /// <summary>Routes that host and path hardly tell apart, so that they end in long lists.</summary>
    static Gen<RouteConfig> NarrowRoute() =>
        from id in Gen.Choose(1, 1_000_000)
        from path in Gen.Elements("/", "/a", "/a")
        from method in Gen.Elements<string?>(null, null, "GET", "POST")
        from sni in Gen.Frequency(
            (2, Gen.Constant<string?>(null)),
            (3, Gen.Choose(1, 6).Select(static n => (string?)$"s{n}.test")),
            (1, Gen.Constant<string?>("*.test")))
        from a in NarrowHeader("x-a")
        from b in NarrowHeader("x-b")
        select new RouteConfig
        {
            Id = new Guid(id, (short)id, 0, 0, 0, 0, 0, 0, 0, 0, 0).ToString(),
            Paths = [path],
            Methods = method is null ? null : [method],
            Snis = sni is null ? null : [sni],
            Headers = a.Concat(b).ToDictionary(),
        };

    static Gen<KeyValuePair<string, IReadOnlyList<string>>[]> NarrowHeader(string name) =>
        from count in Gen.Choose(0, 1)
        from values in Gen.Frequency((5, Gen.Choose(1, 6).Select(static n => $"v{n}")), (1, Gen.Constant("~*v[12]"))).ListOf(2)
        select count == 0 ? [] : new[] { KeyValuePair.Create(name, (IReadOnlyList<string>)values.Distinct().ToList()) };

    static Gen<RouteRequest> NarrowRequest() =>
        from method in Gen.Elements("GET", "POST", "PUT")
        from scheme in Gen.Elements("http", "https")
        from path in Gen.Elements("/", "/a", "/ab")
        from sni in Gen.Choose(0, 6).Select(static n => n == 0 ? null : $"S{n}.test")
        from count in Gen.Choose(0, 3)
        from names in Gen.Elements("x-a", "x-b", "X-A").ArrayOf(3)
        from values in Gen.Choose(1, 7).ArrayOf(3)
        select new RouteRequest(method, scheme, "", 8000, path, sni, [.. names.Zip(values, static (name, value) => (name, $"V{value}")).Take(count)]);

    static List<RouteConfig> Distinct(IEnumerable<RouteConfig> routes) =>
        [.. routes.DistinctBy(static route => route.Id).Select(static (route, i) => route with { Name = $"r{i}" })];

    static bool Agree(IReadOnlyList<RouteConfig> routes, IEnumerable<RouteRequest> requests)
    {
        return Agree(new NaiveRouter(routes), RouteTests.Table([.. routes]), requests);
    }

    static bool Agree(NaiveRouter naive, RouteTable<string> table, IEnumerable<RouteRequest> requests)
    {
        foreach (var request in requests)
        {
            var match = table.Match(request.Path, request.Host, request.Method, request.Scheme, request.Sni, request.Port, request.HeaderDictionary());
            (string, int)? got = match is { } found ? (found.Payload, found.MatchedPathLength) : null;
            if (naive.Match(request) != got) Assert.Fail($"{request}: expected {naive.Match(request)}, got {got}");
        }
        return true;
    }

    [Fact]
    public void Agrees_with_the_naive_router_on_small_tables() =>
        Prop.ForAll(Route().ListOf().ToArbitrary(), Request().ListOf(20).ToArbitrary(), static (routes, requests) => Agree(Distinct(routes), requests))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Agrees_with_the_naive_router_on_crowded_tables() =>
        Prop.ForAll(Route().ListOf(300).ToArbitrary(), Request().ListOf(100).ToArbitrary(), static (routes, requests) => Agree(Distinct(routes), requests))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Agrees_with_the_naive_router_where_only_headers_and_server_names_tell_routes_apart() =>
        Prop.ForAll(
                NarrowRoute().ListOf(60).ToArbitrary(),
                NarrowRequest().ListOf(50).ToArbitrary(),
                static (routes, requests) => Agree(Distinct(routes), requests))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void A_changed_table_agrees_with_the_naive_router() =>
        Prop.ForAll(
                Route().ListOf(60).ToArbitrary(),
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                Request().ListOf(30).ToArbitrary(),
                static (routes, seed, requests) => AgreesAfterChanges(Distinct(routes), new Random(seed), requests))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>Routes come, go, change and get other payloads, in a table that starts with some of them.</summary>
    static bool AgreesAfterChanges(List<RouteConfig> routes, Random random, IReadOnlyList<RouteRequest> requests)
    {
        var there = routes.Take(routes.Count / 2).ToDictionary(static route => route.Id!, static route => (Route: route, Payload: route.Name!));
        var table = RouteTable<string>.Build(All());
        for (var round = 0; round < 6; round++)
        {
            List<RouteChange<string>> changes = [];
            foreach (var route in routes.Where(_ => random.Next(5) == 0))
            {
                var isThere = there.TryGetValue(route.Id!, out var before);
                var payload = $"{route.Name}-{round}";
                var after = random.Next(4) switch
                {
                    0 => null,
                    1 when isThere => before.Route,
                    2 => routes[random.Next(routes.Count)] with { Id = route.Id },
                    _ => route with { RegexPriority = random.Next(3) },
                };
                if (!isThere && after is null) continue;
                changes.Add(new RouteChange<string>(isThere ? before.Route : null, isThere ? before.Payload : null, after, after is null ? null : payload));
                if (after is null) there.Remove(route.Id!);
                else there[route.Id!] = (after, payload);
            }
            table = table.With(changes, All);
            Assert.Equal(there.Count, table.Count);
            Agree(new NaiveRouter([.. there.Values.Select(static each => each.Route with { Name = each.Payload })]), table, requests);
        }
        return true;

        List<(RouteConfig Route, string Payload)> All() => [.. there.Values.OrderBy(static each => each.Route.Id, StringComparer.Ordinal)];
    }

    [Fact]
    public void A_change_of_few_routes_compiles_no_more_than_those()
    {
        var routes = Enumerable.Range(1, 2_000)
            .Select(static n => (RouteTests.Route($"r{n}", paths: [$"/{n}"]) with { Id = RouteTests.Id(n) }, $"r{n}")).ToList();
        var table = RouteTable<string>.Build(routes);
        var changed = routes[6].Item1 with { Paths = ["/new"] };
        var next = table.With([new RouteChange<string>(routes[6].Item1, "r7", changed, "r7")], () => throw new InvalidOperationException("compiled anew"));
        Assert.Equal("r7", next.Match("/new")?.Payload);
        Assert.Null(next.Match("/7"));
        Assert.Equal("r7", table.Match("/7")?.Payload);
        Assert.False(next.IsWhole);
        var back = next.With([new RouteChange<string>(changed, "r7", null, null)], () => throw new InvalidOperationException("compiled anew"));
        Assert.True(back.IsWhole);
        Assert.Equal(1_999, back.Count);
    }
}
