using FsCheck;
using FsCheck.Fluent;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("$5 and $ and (x)", "$5 and $ and (x)")]
    [InlineData("$(headers.x)", "ex")]
    [InlineData("/a/$(headers['x'])/b", "/a/ex/b")]
    [InlineData("$(headers.x)$(query_params.q)", "exqu")]
    [InlineData("$(headers.nope)", "")]
    [InlineData("[$(false)$(nil)]", "[]")]
    [InlineData("$(headers.nope or \"default\")", "default")]
    [InlineData("$(headers.nope or ')')", ")")]
    [InlineData("$((headers.x))", "ex")]
    [InlineData("$( headers.x )", "ex")]
    [InlineData("$(1 + 1)", "2")]
    [InlineData("$(true)", "true")]
    [InlineData("$(headers.x:upper())-$(string.sub(query_params.q, 1, 1))", "EX-q")]
    public void Renders(string text, string expected)
    {
        Assert.True(Template.TryParse(text, out var template, out var problem), problem);
        Assert.True(template.TryRender(Requests.Exchange("?q=qu", ("X", "ex")), out var rendered, out problem), problem);
        Assert.Equal(expected, rendered);
    }

    [Theory]
    [InlineData("$(", "an expression is expected, found the end at 3")]
    [InlineData("$()", "an expression is expected, found ')' at 3")]
    [InlineData("abc $(headers.x", "')' is expected, found the end at 16")]
    [InlineData("$(headers.x y)", "')' is expected, found 'y' at 13")]
    [InlineData("$(1) $('a)", "unfinished string at 8")]
    public void Tells_what_is_wrong_and_where(string text, string problem)
    {
        Assert.False(Template.TryParse(text, out _, out var found));
        Assert.Equal(problem, found);
    }

    [Theory]
    [InlineData("$(headers.nope .. 'x')", "attempt to concatenate a nil value")]
    [InlineData("$(headers)", "a table has no text; name one of its fields")]
    [InlineData("$(string.rep('x', 40000))$(string.rep('x', 40000))", "the rendered template is longer than 65536 characters")]
    public void A_template_that_cannot_be_rendered_says_why(string text, string problem)
    {
        Assert.True(Template.TryParse(text, out var template, out _));
        Assert.False(template.TryRender(Requests.Exchange(), out _, out var found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void Text_without_expressions_renders_itself() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            if (text.Get.Contains("$(", StringComparison.Ordinal)) return true;
            return Template.TryParse(text.Get, out var template, out _) && template.Constant == text.Get
                && template.TryRender(Requests.Exchange(), out var rendered, out _) && rendered == text.Get;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("return kong.request.get_header('x')", "ex")]
    [InlineData("  return 'a' .. 'b' ;", "ab")]
    [InlineData("-- who\nreturn kong.client.get_forwarded_ip()", "192.0.2.7")]
    [InlineData("return nil", "nil")]
    public void Fields_return_an_expression(string source, string expected)
    {
        Assert.True(LuaFields.TryParse(source, out var expression, out var problem), problem);
        Assert.Equal(expected, expression.Evaluate(new LuaScope(Requests.Exchange("", ("x", "ex")))).Show());
    }

    [Theory]
    [InlineData("local x = 1 return x", "found 'local' at 1")]
    [InlineData("x = 1", "found 'x' at 1")]
    [InlineData("if true then return 1 end", "found 'if' at 1")]
    [InlineData("", "found the end at 1")]
    public void Fields_of_another_form_are_told_which_form_is_supported(string source, string found)
    {
        Assert.False(LuaFields.TryParse(source, out _, out var problem));
        Assert.StartsWith("only the form 'return <expression>' is supported", problem, StringComparison.Ordinal);
        Assert.EndsWith(found, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return", "an expression is expected, found the end at 7")]
    [InlineData("return ngx.var.host", "ngx is not available; use kong.request, kong.client and kong.response instead of 'ngx' at 8")]
    [InlineData("return 1 return 2", "unexpected 'return' at 10")]
    public void Fields_with_a_wrong_expression_are_told_where(string source, string problem)
    {
        Assert.False(LuaFields.TryParse(source, out _, out var found));
        Assert.Equal(problem, found);
    }
}
