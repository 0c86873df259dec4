using Microsoft.AspNetCore.Http;

namespace Weir.Ai.Tests;

public sealed class RequestTemplateTests
{
    [Theory]
    [InlineData("$(")]
    [InlineData("$(headers)")]
    [InlineData("$(headers.)")]
    [InlineData("$(header.x)")]
    [InlineData("$(headers.x")]
    [InlineData("$(headers.a b)")]
    [InlineData("$(HEADERS.x)")]
    [InlineData("$(headers.x)-$(consumer.name)")]
    [InlineData("$(env.SECRET)")]
    public void Refuses_an_expression_it_does_not_know(string text) =>
        Assert.StartsWith("only $(headers.NAME)", RequestTemplate.ProblemOf(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("gpt-4o")]
    [InlineData("$ (x) $x")]
    [InlineData("$(headers.x)")]
    [InlineData("https://$(uri_captures.region).example/$(query_params.a_b-c)")]
    public void Takes_what_it_knows(string text) => Assert.Null(RequestTemplate.ProblemOf(text));

    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("$(headers.X-Model)", "from-header")]
    [InlineData("$(headers.x-model)", "from-header")]
    [InlineData("$(query_params.q)!", "first!")]
    [InlineData("a-$(uri_captures.region)-$(headers.X-Model)", "a-eu-from-header")]
    [InlineData("$(headers.none)$(uri_captures.none)$(query_params.none)", "")]
    public void Puts_in_what_the_request_says(string text, string rendered)
    {
        var exchange = new Weir.Exchange { Http = new DefaultHttpContext(), UriCaptures = new Dictionary<string, string> { ["region"] = "eu" } };
        exchange.Http.Request.Headers["X-Model"] = "from-header";
        exchange.Http.Request.QueryString = new QueryString("?q=first&q=second");
        Assert.Equal(rendered, new RequestTemplate(text).Render(exchange));
    }

    [Fact]
    public void Does_not_look_for_expressions_in_what_it_puts_in()
    {
        var exchange = new Weir.Exchange { Http = new DefaultHttpContext() };
        exchange.Http.Request.Headers["a"] = "$(headers.b)";
        exchange.Http.Request.Headers["b"] = "secret";
        Assert.Equal("$(headers.b)", new RequestTemplate("$(headers.a)").Render(exchange));
    }

    [Fact]
    public void Knows_what_is_constant()
    {
        Assert.True(new RequestTemplate("gpt-4o").IsConstant);
        Assert.False(new RequestTemplate("$(headers.a)").IsConstant);
    }

    [Fact]
    public void Leaves_nothing_where_there_are_no_captures() =>
        Assert.Equal("", new RequestTemplate("$(uri_captures.a)").Render(new Weir.Exchange { Http = new DefaultHttpContext() }));
}
