using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RedirectTests
{
    [Fact]
    public async Task Redirects_with_301_by_default()
    {
        var gateway = Gateway("""{"location": "https://example.com/new?x=1"}""");
        var got = await gateway.GetAsync("/old?y=2");
        Assert.Equal(301, got.Status);
        Assert.Equal("https://example.com/new?x=1", got.Headers.Location.ToString());
        Assert.Equal("redirecting", got.Body);
        Assert.Null(gateway.Got);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(308)]
    [InlineData(404)]
    public async Task The_status_is_the_operators(int status) =>
        Assert.Equal(status, (await Gateway($$"""{"location": "https://example.com", "status_code": {{status}}}""").GetAsync("/")).Status);

    [Theory]
    [InlineData("https://example.com", "/a/b?x=1&y", "https://example.com/a/b?x=1&y")]
    [InlineData("https://example.com:8443/ignored?and=this#too", "/a", "https://example.com:8443/a")]
    [InlineData("http://example.com?q", "/", "http://example.com/")]
    [InlineData("https://example.com/", "//evil.test/%2e%2e/a%20b", "https://example.com//evil.test/%2e%2e/a%20b")]
    public async Task The_incoming_path_and_query_are_kept_as_they_were_sent(string location, string target, string expected)
    {
        var got = await Gateway($$"""{"location": "{{location}}", "keep_incoming_path": true}""").GetAsync(target);
        Assert.Equal(expected, got.Headers.Location.ToString());
    }

    [Theory]
    [InlineData("""{}""", "location", "required field missing")]
    [InlineData("""{"location": "/relative"}""", "location", "")]
    [InlineData("""{"location": "https://example.com", "status_code": 600}""", "status_code", "value should be between 100 and 599")]
    [InlineData("""{"location": "https://example.com", "status_code": 100}""", "status_code", "100 is not the status of an answer; 200 to 599 is expected")]
    [InlineData("""{"location": "https://example.com", "to": 1}""", "to", "unknown field")]
    public void Refuses_a_wrong_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(PluginHarness.Check<Redirect, Redirect.Config>(config));
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<Redirect, Redirect.Config>(config));
}
