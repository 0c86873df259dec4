namespace Weir.Gateway.Tests;

public sealed class TargetNameTests
{
    [Theory]
    [InlineData("api.internal", "api.internal", 8000, "api.internal:8000")]
    [InlineData("api.internal:80", "api.internal", 80, "api.internal:80")]
    [InlineData("10.0.0.1:0", "10.0.0.1", 0, "10.0.0.1:0")]
    [InlineData("10.0.0.1", "10.0.0.1", 8000, "10.0.0.1:8000")]
    [InlineData("[::1]:9000", "::1", 9000, "[::1]:9000")]
    [InlineData("[2001:db8::1]", "2001:db8::1", 8000, "[2001:db8::1]:8000")]
    [InlineData("2001:db8::1", "2001:db8::1", 8000, "[2001:db8::1]:8000")]
    public void Reads_host_and_port(string text, string host, int port, string written)
    {
        Assert.True(TargetName.TryParse(text, out var target));
        Assert.Equal(new TargetName(host, port), target);
        Assert.Equal(written, target.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("host:")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData("host:1:2")]
    [InlineData("[::1")]
    [InlineData("[::1]9000")]
    [InlineData("[::1]:")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[host]:80")]
    public void Refuses_what_is_no_target(string text) => Assert.False(TargetName.TryParse(text, out _));
}
