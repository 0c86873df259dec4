using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestSizeLimitingTests
{
    [Theory]
    [InlineData("bytes", 1)]
    [InlineData("kilobytes", 1024)]
    [InlineData("megabytes", 1024 * 1024)]
    public async Task A_declared_length_is_compared_in_the_unit(string unit, int bytes)
    {
        var gateway = Gateway($$"""{"allowed_payload_size": 2, "size_unit": "{{unit}}"}""");
        Assert.Equal(200, (await gateway.SendAsync("POST", "/", new string('x', 2 * bytes))).Status);
        var refused = await gateway.SendAsync("POST", "/", new string('x', 2 * bytes + 1));
        Assert.Equal(413, refused.Status);
        Assert.Contains("\"Request size limit exceeded\"", refused.Body, StringComparison.Ordinal);
        Assert.Null(gateway.Got);
    }

    [Fact]
    public void The_default_is_128_megabytes() =>
        Assert.Equal(128L * 1024 * 1024, ConfigText.Read<RequestSizeLimiting, RequestSizeLimiting.Config>("{}").Config!.BytesMax);

    [Theory]
    [InlineData("100-continue", 417)]
    [InlineData(" 100-Continue ", 417)]
    [InlineData("something", 413)]
    public async Task A_client_that_waits_for_permission_gets_417(string expect, int status)
    {
        var refused = await Gateway("""{"allowed_payload_size": 1, "size_unit": "bytes"}""").SendAsync("POST", "/", "xx", ("Expect", expect));
        Assert.Equal(status, refused.Status);
        Assert.Contains("Request size limit exceeded", refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 413)]
    public async Task A_chunked_body_is_counted_while_it_is_read(int length, int status)
    {
        var gateway = Gateway("""{"allowed_payload_size": 10, "size_unit": "bytes"}""");
        var got = await gateway.SendAsync("POST", "/", new string('x', length), ("Transfer-Encoding", "chunked"));
        Assert.Equal(status, got.Status);
        if (status == 200) Assert.Equal(new string('x', length), gateway.Got!.Body);
        else Assert.Contains("Request size limit exceeded", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_length_can_be_required()
    {
        var gateway = Gateway("""{"require_content_length": true}""");
        Assert.Equal(200, (await gateway.SendAsync("POST", "/", "x")).Status);
        var refused = await gateway.SendAsync("POST", "/", "x", ("Transfer-Encoding", "chunked"));
        Assert.Equal(411, refused.Status);
        Assert.Contains("A valid Content-Length header is required", refused.Body, StringComparison.Ordinal);
        Assert.Equal(411, (await gateway.GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_request_without_a_body_passes() => Assert.Equal(200, (await Gateway("""{"allowed_payload_size": 0}""").GetAsync("/")).Status);

    [Fact]
    public async Task The_counter_counts_what_is_consumed_and_not_what_is_seen_again()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes("123456"));
        var reader = new CountingBodyReader(pipe.Reader, 8, "too much");
        for (var i = 0; i < 5; i++)
        {
            var seen = await reader.ReadAsync();
            Assert.Equal(6, seen.Buffer.Length);
            reader.AdvanceTo(seen.Buffer.Start, i < 4 ? seen.Buffer.Start : seen.Buffer.End);
        }
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes("78"));
        Assert.True(reader.TryRead(out var all));
        reader.AdvanceTo(all.Buffer.End);
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes("9"));
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () => await reader.ReadAsync());
        Assert.Equal((413, "too much", true), (refused.StatusCode, refused.Message, reader.Exceeded));
    }

    [Theory]
    [InlineData("""{"allowed_payload_size": -1}""", "allowed_payload_size", "value should be 0 or more")]
    [InlineData("""{"allowed_payload_size": 1.5}""", "allowed_payload_size", "expected an integer")]
    [InlineData("""{"size_unit": "gigabytes"}""", "size_unit", "expected one of")]
    public void Refuses_a_wrong_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(PluginHarness.Check<RequestSizeLimiting, RequestSizeLimiting.Config>(config));
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<RequestSizeLimiting, RequestSizeLimiting.Config>(config));
}
