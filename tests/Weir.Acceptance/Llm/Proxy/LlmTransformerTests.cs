using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Bodies of plain HTTP that a model rewrites, through the whole gateway, with the mock as the model: it repeats what it is told.</summary>
public sealed class LlmTransformerTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task A_request_goes_on_with_the_body_that_the_model_made()
    {
        string? seen = null;
        await using var upstream = await AppUpstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            seen = await reader.ReadToEndAsync();
            await context.Response.WriteAsync("done");
        });
        await using var gateway = await TestGateway.StartAsync(File(upstream.Address, "ai-request-transformer", ""));
        using var answer = await gateway.Client.PostAsJsonAsync("/orders", new { city = "Rome" });
        Assert.Equal("done", await answer.Content.ReadAsStringAsync());
        Assert.Equal("""{"city":"Rome"}""", seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4000)]
    public async Task An_answer_comes_back_with_the_body_that_the_model_made(int length)
    {
        var text = new string('x', length);
        await using var upstream = await AppUpstream.StartAsync(async context =>
        {
            context.Response.Headers["X-Own"] = "kept";
            await context.Response.WriteAsJsonAsync(new { text });
        });
        await using var gateway = await TestGateway.StartAsync(File(upstream.Address, "ai-response-transformer", ""));
        for (var i = 0; i < 2; i++)
        {
            using var answer = await gateway.Client.GetAsync("/orders");
            Assert.Equal($$"""{"text":"{{text}}"}""", await answer.Content.ReadAsStringAsync());
            Assert.Equal("kept", answer.Headers.GetValues("X-Own").Single());
            Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        }
    }

    [Fact]
    public async Task The_model_may_tell_status_and_headers()
    {
        await using var upstream = await AppUpstream.StartAsync(static context =>
            context.Response.WriteAsync("""{"status":418,"headers":{"X-Made":"yes"},"body":"short and stout"}"""));
        await using var gateway = await TestGateway.StartAsync(
            File(upstream.Address, "ai-response-transformer", "parse_llm_response_json_instructions: true"));
        using var answer = await gateway.Client.GetAsync("/orders");
        Assert.Equal((418, "short and stout"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("yes", answer.Headers.GetValues("X-Made").Single());
    }

    [Fact]
    public async Task Failures_are_answered_as_Kong_answers_them()
    {
        await using var upstream = await AppUpstream.SayingAsync("[mock: status=500]");
        await using var gateway = await TestGateway.StartAsync(File(upstream.Address, "ai-response-transformer", ""));
        using var answer = await gateway.Client.GetAsync("/orders");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var message = (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["message"];
        Assert.StartsWith("failed to introspect request with AI service: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_or_has_no_body_is_not_put_to_the_model()
    {
        await using var upstream = await AppUpstream.StartAsync(static context =>
        {
            if (context.Request.Path == "/none") context.Response.StatusCode = 204;
            return context.Request.Path == "/none" ? Task.CompletedTask : context.Response.WriteAsync(new string('x', 5000));
        });
        await using var gateway = await TestGateway.StartAsync(File(upstream.Address, "ai-response-transformer", "max_request_body_size: 4096"));
        using var none = await gateway.Client.GetAsync("/orders/none");
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        using var answer = await gateway.Client.GetAsync("/orders/long");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    string File(string upstream, string plugin, string more) => $$"""
        _format_version: "3.0"
        services:
        - name: orders
          url: {{upstream}}
          routes:
          - name: orders
            paths: [/orders]
            plugins:
            - name: {{plugin}}
              config:
                prompt: "Repeat it."
                transformation_extract_pattern: "{((.|\n)*)}"
                llm:
                  route_type: llm/v1/chat
                  auth: {header_name: Authorization, header_value: Bearer sk-operator}
                  model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{_mock.Address}}"} }
                {{more}}

        """;
}
