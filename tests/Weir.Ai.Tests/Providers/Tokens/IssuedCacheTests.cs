using Microsoft.Extensions.Logging.Abstractions;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class IssuedCacheTests : IDisposable
{
    const string Server = "login.microsoftonline.com";

    readonly ManualTime _time = new();
    readonly ScriptedUpstreams _upstreams = new();
    readonly IssuedCache<IssuedToken> _tokens;

    public IssuedCacheTests()
    {
        var issuer = new EntraClientTokens(_upstreams, _time, new EntraClient("tenant", "client", "s3cret"));
        _tokens = new IssuedCache<IssuedToken>(issuer, _time, NullLogger.Instance);
    }

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task Keeps_a_failure_for_a_short_time_and_then_asks_again()
    {
        _upstreams.Answer(400, """{"error":"invalid_client","error_description":"s3cret is wrong","error_codes":[7000215]}""").Token("a", 100);
        const string Problem = Server + " answered with status 400: invalid_client, AADSTS7000215";
        Assert.Equal(Problem, await ProblemAsync());
        _time.Advance(IssuedTimes.BackOff - TimeSpan.FromTicks(1));
        Assert.Equal(Problem, await ProblemAsync());
        Assert.Single(_upstreams.Sent);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("a", await TokenAsync());
    }

    [Theory]
    [InlineData(UpstreamFailure.Unreachable, "no such host", false, "cannot be reached (no such host)")]
    [InlineData(UpstreamFailure.ConnectTimeout, "", false, "took too long to connect to")]
    [InlineData(UpstreamFailure.Tls, "expired", false, "has no certificate that can be trusted (expired)")]
    [InlineData(UpstreamFailure.Timeout, "s3cret", true, "did not answer in time")]
    [InlineData(UpstreamFailure.Broken, "s3cret", true, "broke the connection")]
    [InlineData(UpstreamFailure.Invalid, "s3cret", true, "does not speak HTTP")]
    public async Task Says_what_failed_without_repeating_what_was_sent(UpstreamFailure failure, string reason, bool wasSent, string expected)
    {
        _upstreams.Fail(failure, reason, wasSent);
        Assert.Equal($"{Server} {expected}", await ProblemAsync());
    }

    [Fact]
    public async Task Refuses_an_answer_that_breaks_off()
    {
        _upstreams.Break("""{"access_token":"s3""");
        Assert.Equal(Server + " broke the connection", await ProblemAsync());
    }

    [Fact]
    public async Task Refuses_an_answer_over_the_limit()
    {
        _upstreams.Answer(200, new string(' ', TokenCall.AnswerBytesMax + 1));
        Assert.Equal(Server + " answered with more than 65536 bytes", await ProblemAsync());
    }

    [Fact]
    public async Task Refuses_an_answer_that_is_no_token()
    {
        _upstreams.Answer(200, "<html>s3cret</html>");
        Assert.Equal($"the answer of {Server} is no token: it is not JSON", await ProblemAsync());
    }

    [Fact]
    public async Task Gives_up_a_request_that_takes_too_long()
    {
        _upstreams.Hang();
        var callers = Enumerable.Range(0, 5).Select(_ => ProblemAsync()).ToList();
        Assert.DoesNotContain(callers, static caller => caller.IsCompleted);
        _time.Advance(IssuedTimes.FetchMax);
        Assert.All(await Task.WhenAll(callers), static problem => Assert.Equal(Server + " did not answer in time", problem));
        Assert.Single(_upstreams.Sent);
    }

    [Fact]
    public async Task Gives_up_when_it_is_disposed_of()
    {
        _upstreams.Hang();
        var waiting = ProblemAsync();
        _tokens.Dispose();
        Assert.Equal(Server + " did not answer in time", await waiting);
    }

    [Fact]
    public async Task Fetches_one_token_for_many_callers()
    {
        var gate = new TaskCompletionSource();
        _upstreams.Token("a", 100, gate.Task);
        var callers = Enumerable.Range(0, 50).Select(_ => TokenAsync()).ToList();
        Assert.DoesNotContain(callers, static caller => caller.IsCompleted);
        gate.SetResult();
        Assert.All(await Task.WhenAll(callers), static token => Assert.Equal("a", token));
        Assert.Single(_upstreams.Sent);
    }

    [Fact]
    public async Task Renews_a_token_beside_the_calls_before_it_expires()
    {
        var gate = new TaskCompletionSource();
        _upstreams.Token("a", 100).Token("b", 100, gate.Task);
        Assert.Equal("a", await TokenAsync());
        _time.Advance(TimeSpan.FromSeconds(79));
        Assert.Equal("a", await TokenAsync());
        Assert.Single(_upstreams.Sent);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++) Assert.Equal("a", await TokenAsync());
        Assert.Equal(2, _upstreams.Sent.Count);
        var flight = _tokens.Flight;
        gate.SetResult();
        await flight;
        Assert.Equal("b", await TokenAsync());
        Assert.Equal(2, _upstreams.Sent.Count);
    }

    [Fact]
    public async Task Uses_the_old_token_through_an_outage_until_it_expires()
    {
        _upstreams.Token("a", 100).Fail(UpstreamFailure.Unreachable, "down", false).Answer(503, "").Fail(UpstreamFailure.Timeout).Token("b", 100);
        Assert.Equal("a", await TokenAsync());
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal("a", await TokenAsync());
        Assert.Equal("a", await TokenAsync());
        Assert.Equal(2, _upstreams.Sent.Count);
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("a", await TokenAsync());
        Assert.Equal(3, _upstreams.Sent.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Server + " answered with status 503", await ProblemAsync());
        _time.Advance(IssuedTimes.BackOff);
        Assert.Equal(Server + " did not answer in time", await ProblemAsync());
        _time.Advance(IssuedTimes.BackOff);
        Assert.Equal("b", await TokenAsync());
    }

    [Fact]
    public async Task Waits_for_a_renewal_under_way_when_the_old_token_expires()
    {
        var gate = new TaskCompletionSource();
        _upstreams.Token("a", 40).Token("b", 40, gate.Task);
        Assert.Equal("a", await TokenAsync());
        _time.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal("a", await TokenAsync());
        _time.Advance(TimeSpan.FromSeconds(8));
        var waiting = TokenAsync();
        Assert.False(waiting.IsCompleted);
        gate.SetResult();
        Assert.Equal("b", await waiting);
        Assert.Equal(2, _upstreams.Sent.Count);
    }

    [Fact]
    public async Task Does_not_ask_all_the_time_for_a_token_that_is_about_to_expire()
    {
        _upstreams.Token("a", 3).Token("b", 100);
        Assert.Equal("a", await TokenAsync());
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal("a", await TokenAsync());
        Assert.Single(_upstreams.Sent);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("b", await TokenAsync());
    }

    async Task<string?> TokenAsync() => (await _tokens.GetAsync()).Item?.Text;

    async Task<string?> ProblemAsync() => (await _tokens.GetAsync()).Problem;
}
