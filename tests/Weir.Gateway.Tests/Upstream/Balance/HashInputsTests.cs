using System.Net;
using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class HashInputsTests
{
    static Exchange Request(Action<Exchange>? change = null)
    {
        var exchange = new Exchange { Http = new DefaultHttpContext(), ClientIp = IPAddress.Parse("192.0.2.1"), Path = "/a/b" };
        change?.Invoke(exchange);
        return exchange;
    }

    static UpstreamConfig On(HashInput input, HashInput fallback = HashInput.None) => new()
    {
        Name = "u",
        Algorithm = BalancingAlgorithm.ConsistentHashing,
        HashOn = input,
        HashOnHeader = "X-Key",
        HashOnCookie = "sid",
        HashOnQueryArg = "q",
        HashOnUriCapture = "id",
        HashFallback = fallback,
        HashFallbackHeader = "X-Other",
        HashFallbackQueryArg = "r",
        HashFallbackUriCapture = "1",
    };

    static ulong? Key(UpstreamConfig upstream, Exchange exchange, out string? setCookie) =>
        HashInputs.TryKey(upstream, exchange, new Random(5), out var key, out setCookie) ? key : null;

    static ulong? Key(UpstreamConfig upstream, Action<Exchange>? change = null)
    {
        var key = Key(upstream, Request(change), out var setCookie);
        Assert.Null(setCookie);
        return key;
    }

    static Action<Exchange> Query(string query) => exchange => exchange.Upstream.Query = query;

    static Action<Exchange> Header(string name, params string[] values) => exchange => exchange.Http.Request.Headers[name] = values;

    [Fact]
    public void Consumer_is_its_id_else_the_credentials_id_else_missing()
    {
        var upstream = On(HashInput.Consumer);
        var consumer = new Consumer("c1", null, null, [], [], [], default);
        Assert.Null(Key(upstream));
        Assert.Equal(StableHash.Of("c1".AsSpan()), Key(upstream, exchange => exchange.Authenticate(consumer, new Credential("k1", "c1", null))));
        Assert.Equal(StableHash.Of("k1".AsSpan()), Key(upstream, static exchange => exchange.Authenticate(null, new Credential("k1", null, null))));
    }

    [Fact]
    public void Ip_is_the_clients_address_however_the_socket_writes_it()
    {
        var upstream = On(HashInput.Ip);
        var plain = Key(upstream, static exchange => exchange.ClientIp = IPAddress.Parse("192.0.2.1"));
        Assert.Equal(plain, Key(upstream, static exchange => exchange.ClientIp = IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.NotEqual(plain, Key(upstream, static exchange => exchange.ClientIp = IPAddress.Parse("192.0.2.2")));
        Assert.NotEqual(plain, Key(upstream, static exchange => exchange.ClientIp = IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void Header_takes_all_values_in_order()
    {
        var upstream = On(HashInput.Header);
        Assert.Null(Key(upstream));
        Assert.Equal(Key(upstream, Header("x-key", "a", "b")), Key(upstream, Header("X-Key", "a", "b")));
        string[][] values = [["a"], ["b"], ["a", "b"], ["b", "a"], ["ab"], [""]];
        Assert.Equal(values.Length, values.Select(value => Key(upstream, Header("X-Key", value))).Distinct().Count());
    }

    [Fact]
    public void Path_is_the_normalised_path_without_query()
    {
        var upstream = On(HashInput.Path);
        Assert.Equal(Key(upstream), Key(upstream, Query("?x=1")));
        Assert.NotEqual(Key(upstream), Key(upstream, static exchange => exchange.Path = "/a/c"));
    }

    [Theory]
    [InlineData("?q=a", "?x=1&q=a&y=2")]
    [InlineData("?q=a&q=b", "?q=b&z=1&q=a")]
    [InlineData("?q=a%20b", "?q=a+b")]
    [InlineData("?q=a", "?%71=%61")]
    [InlineData("?q", "?q=true")]
    [InlineData("?q=", "?q=&x")]
    [InlineData("?q=%C3%A9", "?q=\u00e9")]
    [InlineData("?q=%zz", "?q=%25zz")]
    public void Query_arguments_that_mean_the_same_hash_the_same(string one, string other)
    {
        var key = Key(On(HashInput.QueryArg), Query(one));
        Assert.NotNull(key);
        Assert.Equal(key, Key(On(HashInput.QueryArg), Query(other)));
    }

    [Fact]
    public void Query_arguments_that_differ_hash_differently()
    {
        string[] queries = ["?q=", "?q", "?q=a", "?q=b", "?q=A", "?q=a&q=a", "?q=a&q=b", "?q=a%2Cb", "?q=a&q="];
        Assert.Equal(queries.Length, queries.Select(static query => Key(On(HashInput.QueryArg), Query(query))).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?qq=1&r=2&Q=3&=q")]
    [InlineData("?&&&")]
    public void A_missing_query_argument_is_missing(string query) => Assert.Null(Key(On(HashInput.QueryArg), Query(query)));

    [Fact]
    public void Very_long_and_very_many_query_arguments_are_taken_in_their_stride()
    {
        Assert.NotNull(Key(On(HashInput.QueryArg), Query("?q=" + new string('x', 100_000))));
        var hundred = "?" + string.Join('&', Enumerable.Range(0, QueryArgument.ValuesMax).Select(static i => $"q={i}"));
        Assert.Equal(Key(On(HashInput.QueryArg), Query(hundred)), Key(On(HashInput.QueryArg), Query(hundred + "&q=more")));
    }

    [Fact]
    public void Uri_captures_are_found_by_name_and_by_number()
    {
        Action<Exchange> captured = static exchange => exchange.UriCaptures = new Dictionary<string, string> { ["id"] = "7", ["1"] = "7", ["0"] = "/x/7" };
        Assert.Equal(StableHash.Of("7".AsSpan()), Key(On(HashInput.UriCapture), captured));
        Assert.Equal(StableHash.Of("7".AsSpan()), Key(On(HashInput.Consumer, HashInput.UriCapture), captured));
        Assert.Null(Key(On(HashInput.UriCapture) with { HashOnUriCapture = "other" }, captured));
        Assert.Null(Key(On(HashInput.UriCapture)));
    }

    [Fact]
    public void A_missing_input_falls_back_and_a_present_one_does_not()
    {
        var upstream = On(HashInput.QueryArg, HashInput.Header);
        var fallback = Key(upstream, Header("X-Other", "z"));
        Assert.Equal(Key(On(HashInput.Header), Header("X-Key", "z")), fallback);
        Assert.Null(Key(upstream));
        Assert.NotEqual(fallback, Key(upstream, exchange =>
        {
            Query("?q=")(exchange);
            Header("X-Other", "z")(exchange);
        }));
        Assert.NotNull(Key(On(HashInput.Consumer, HashInput.Ip)));
        Assert.NotNull(Key(On(HashInput.Consumer, HashInput.QueryArg), Query("?r=1")));
    }

    [Fact]
    public void An_absent_cookie_is_created_and_later_requests_stick()
    {
        var upstream = On(HashInput.Cookie) with { HashOnCookiePath = "/app" };
        var first = Key(upstream, Request(), out var setCookie);
        Assert.Matches("^sid=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}; Path=/app; HttpOnly$", setCookie);
        var later = Key(upstream, Request(Header("Cookie", "a=b; " + setCookie![..setCookie!.IndexOf(';')] + "; c=d")), out var again);
        Assert.Equal(first, later);
        Assert.Null(again);
    }

    [Theory]
    [InlineData("sid=x")]
    [InlineData("a=1; sid=x")]
    [InlineData("xsid=y;sid=x ; sid=z")]
    [InlineData("sid=\"x\"")]
    [InlineData("sid; =; sid = x")]
    public void A_present_cookie_is_used_and_none_is_set(string header) =>
        Assert.Equal(StableHash.Of("x".AsSpan()), Key(On(HashInput.Cookie), Header("Cookie", header)));

    [Fact]
    public void A_cookie_may_be_the_fallback()
    {
        Assert.NotNull(Key(On(HashInput.Consumer, HashInput.Cookie), Request(), out var setCookie));
        Assert.StartsWith("sid=", setCookie, StringComparison.Ordinal);
    }

    [Fact]
    public void Sticky_sessions_hash_their_own_cookie()
    {
        var upstream = new UpstreamConfig { Name = "u", Algorithm = BalancingAlgorithm.StickySessions, StickySessionsCookie = "stick" };
        Assert.NotNull(Key(upstream, Request(), out var setCookie));
        Assert.Matches("^stick=.*; Path=/; HttpOnly$", setCookie);
    }

    [Fact]
    public void Nothing_to_hash_is_no_key() => Assert.Null(Key(On(HashInput.None)));

    [Fact]
    public void Hashing_allocates_nothing_unless_it_creates_a_cookie()
    {
        var exchange = Request(static exchange =>
        {
            Query("?x=%20&q=a+b&q=c")(exchange);
            Header("Cookie", "sid=1")(exchange);
            Header("X-Key", "1")(exchange);
        });
        var random = new Random(1);
        UpstreamConfig[] upstreams = [.. Enum.GetValues<HashInput>().Select(static input => On(input))];
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            foreach (var upstream in upstreams) HashInputs.TryKey(upstream, exchange, random, out _, out _);
        }));
    }
}
