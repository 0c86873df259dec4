using FsCheck;
using FsCheck.Fluent;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class LuaExpressionTests
{
    [Theory]
    [InlineData("nil", "nil")]
    [InlineData("true", "true")]
    [InlineData("1", "1")]
    [InlineData("1.50", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("0x1F", "31")]
    [InlineData("1e3", "1000")]
    [InlineData("2^53", "9.007199254741e+15")]
    [InlineData("1/3", "0.33333333333333")]
    [InlineData("1/0", "inf")]
    [InlineData("'a' .. \"b\" .. 1", "ab1")]
    [InlineData("'\\65\\n\\'\\\\x'", "A\n'\\x")]
    [InlineData("[[a]b]]", "a]b")]
    [InlineData("[==[a]]b]==]", "a]]b")]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("2 ^ 3 ^ 2", "512")]
    [InlineData("-2 ^ 2", "-4")]
    [InlineData("- 7 % 3", "2")]
    [InlineData("10 - 3 - 2", "5")]
    [InlineData("'10' + 1", "11")]
    [InlineData("1 .. 2 == '12'", "true")]
    [InlineData("#'abc'", "3")]
    [InlineData("not nil", "true")]
    [InlineData("not 0", "false")]
    [InlineData("nil or 'x'", "x")]
    [InlineData("false or nil", "nil")]
    [InlineData("1 and 2", "2")]
    [InlineData("nil and 2 or 3", "3")]
    [InlineData("1 or 2 and 3", "1")]
    [InlineData("1 == '1'", "false")]
    [InlineData("1 ~= 2", "true")]
    [InlineData("'a' < 'b'", "true")]
    [InlineData("'a' >= 'b'", "false")]
    [InlineData("2 <= 2", "true")]
    [InlineData("1 < 2 and 3 > 2", "true")]
    [InlineData("tostring(nil)", "nil")]
    [InlineData("tonumber('0x10')", "16")]
    [InlineData("tonumber('ff', 16)", "255")]
    [InlineData("tonumber('x')", "nil")]
    [InlineData("tonumber('nan')", "nil")]
    [InlineData("type('x')", "string")]
    [InlineData("type(headers)", "table")]
    [InlineData("--[[ a comment ]] 1 -- and another", "1")]
    public void Evaluates_as_Lua_does(string source, string expected) => Assert.Equal(expected, Evaluate(source).Show());

    [Theory]
    [InlineData("string.lower('AbÉ')", "abÉ")]
    [InlineData("string.upper('abc')", "ABC")]
    [InlineData("('x'):rep(3)", "xxx")]
    [InlineData("string.rep('x', 0)", "")]
    [InlineData("string.rep('', 1e9)", "")]
    [InlineData("string.reverse'abc'", "cba")]
    [InlineData("string.len('abc')", "3")]
    [InlineData("string.sub('hello', 2, 4)", "ell")]
    [InlineData("string.sub('hello', -3)", "llo")]
    [InlineData("string.sub('hello', -100, 2)", "he")]
    [InlineData("string.sub('hello', 4, 2)", "")]
    [InlineData("string.sub('hello', 1e9)", "")]
    [InlineData("string.sub('hello', 2, -2)", "ell")]
    [InlineData("string.find('a.b', '.', 1, true)", "2")]
    [InlineData("string.find('abc', 'x')", "nil")]
    [InlineData("string.match('key=value', '(%w+)=(%w+)')", "key")]
    [InlineData("string.match('2026-03-04', '%d+-(%d+)')", "03")]
    [InlineData("string.match('  x  ', '^%s*(.-)%s*$')", "x")]
    [InlineData("string.match('f(a(b)c)d', '%b()')", "(a(b)c)")]
    [InlineData("string.match('THE (quick) fox', '%f[%a]%a+')", "THE")]
    [InlineData("string.match('abab', '(ab)%1')", "ab")]
    [InlineData("string.match('abc', '()c')", "3")]
    [InlineData("string.match('a-b', '[^a-z]')", "-")]
    [InlineData("string.match('x]y', '[]]')", "]")]
    [InlineData("string.gsub('a.b.c', '%.', '-')", "a-b-c")]
    [InlineData("string.gsub('abc', '', '-')", "-a-b-c-")]
    [InlineData("string.gsub('hello world', '(%w+)', '<%1>')", "<hello> <world>")]
    [InlineData("string.gsub('aaa', 'a', 'b', 2)", "bba")]
    [InlineData("string.gsub('abc', '^a', '%%%0')", "%abc")]
    [InlineData("('A'):lower():rep(2)", "aa")]
    public void Knows_the_string_functions(string source, string expected) => Assert.Equal(expected, Evaluate(source).Show());

    [Theory]
    [InlineData("headers.host_name", "h")]
    [InlineData("headers['Host-Name']", "h")]
    [InlineData("headers['HOST-NAME']:upper()", "H")]
    [InlineData("headers.nope or 'none'", "none")]
    [InlineData("headers.many", "1, 2")]
    [InlineData("query_params.a", "x y")]
    [InlineData("query_params['b']", "true")]
    [InlineData("query_params.c", "")]
    [InlineData("query_params['ü']", "1")]
    [InlineData("query_params.zzz", "nil")]
    [InlineData("uri_captures[1]", "one")]
    [InlineData("uri_captures['1']", "one")]
    [InlineData("uri_captures.name", "n")]
    [InlineData("uri_captures.optional or 'absent'", "absent")]
    [InlineData("shared.x", "nil")]
    [InlineData("kong.request.get_header('Host-Name')", "h")]
    [InlineData("kong.request.get_query_arg('a')", "x y")]
    [InlineData("kong.request.get_method()", "POST")]
    [InlineData("kong.request.get_path()", "/a/b")]
    [InlineData("kong.request.get_path_with_query()", "/a/b?a=x%20y&b&c=&%C3%BC=1")]
    [InlineData("kong.request.get_scheme()", "http")]
    [InlineData("kong.request.get_host()", "gateway.test")]
    [InlineData("kong.request.get_id()", "5a6b")]
    [InlineData("kong.client.get_ip()", "192.0.2.1")]
    [InlineData("kong.client.get_forwarded_ip()", "192.0.2.7")]
    [InlineData("kong.response.get_status()", "201")]
    [InlineData("kong.response.get_header('X-Out')", "out")]
    [InlineData("kong.response.get_source()", "service")]
    [InlineData("kong.service.response.get_status()", "500")]
    public void Sees_the_exchange(string source, string expected)
    {
        var exchange = Requests.Exchange("?a=x%20y&b&c=&%C3%BC=1", ("Host-Name", "h"), ("Many", "1"), ("Many", "2"));
        exchange.UriCaptures = new Dictionary<string, string> { ["1"] = "one", ["name"] = "n" };
        (exchange.Source, exchange.UpstreamStatus, exchange.Http.Response.StatusCode) = (AnswerSource.Upstream, 500, 201);
        exchange.Http.Response.Headers["X-Out"] = "out";
        Assert.Equal(expected, Parse(source).Evaluate(new LuaScope(exchange)).Show());
    }

    [Theory]
    [InlineData("'a' .. nil", "attempt to concatenate a nil value")]
    [InlineData("headers.nope .. 'a'", "attempt to concatenate a nil value")]
    [InlineData("headers.nope:lower()", "bad argument #1 to 'lower' (string expected, got nil)")]
    [InlineData("headers.nope.x", "attempt to index a nil value")]
    [InlineData("1 + {}", null)]
    [InlineData("1 + 'x'", "attempt to perform arithmetic on a string value")]
    [InlineData("1 < 'x'", "attempt to compare number with string")]
    [InlineData("nil < nil", "attempt to compare two nil values")]
    [InlineData("#nil", "attempt to get length of a nil value")]
    [InlineData("string.rep('x', 65537)", "resulting string is too long")]
    [InlineData("string.rep('x', 1e300)", "resulting string is too long")]
    [InlineData("string.rep('x', 65536) .. 'x'", "resulting string is too long")]
    [InlineData("string.gsub(string.rep('x', 1000), 'x', string.rep('y', 1000))", "resulting string is too long")]
    [InlineData("string.match('x', '[a')", "malformed pattern (missing ']')")]
    [InlineData("string.match('x', '%')", "malformed pattern (ends with '%')")]
    [InlineData("string.match('x', '(x')", "unfinished capture")]
    [InlineData("string.match('x', 'x)')", "invalid pattern capture")]
    [InlineData("string.gsub('x', 'x', '%9')", "invalid capture index %9")]
    [InlineData("string.match(string.rep('a', 200), string.rep('a*', 60) .. 'b')", "pattern took too many steps")]
    public void A_failing_evaluation_is_a_fault_and_no_exception(string source, string? message)
    {
        if (message is null)
        {
            Assert.False(LuaExpression.TryParse(source, out _, out _));
            return;
        }
        var value = Evaluate(source);
        Assert.True(value.IsFault);
        Assert.Equal(message, value.Text);
    }

    [Theory]
    [InlineData("", "an expression is expected, found the end at 1")]
    [InlineData("1 +", "an expression is expected, found the end at 4")]
    [InlineData("(1", "')' is expected, found the end at 3")]
    [InlineData("1 2", "unexpected '2' at 3")]
    [InlineData("'abc", "unfinished string at 1")]
    [InlineData("'\\999'", "invalid escape sequence in a string at 6")]
    [InlineData("[[abc", "unfinished long string at 1")]
    [InlineData("1x", "malformed number '1x' at 1")]
    [InlineData("@", "unexpected '@' at 1")]
    [InlineData("headers.", "a name is expected, found the end at 9")]
    [InlineData("headers[1", "']' is expected, found the end at 10")]
    [InlineData("headers()", "only the functions of string, kong, tostring, tonumber and type can be called; '(' at 8")]
    [InlineData("ngx.var.host", "ngx is not available; use kong.request, kong.client and kong.response instead of 'ngx' at 1")]
    [InlineData("function() end", "an expression is expected, found 'function' at 1")]
    [InlineData("{}", "an expression is expected, found '{' at 1")]
    [InlineData("string.sub('x')", "'string.sub' takes 2 to 3 arguments, found 1; at 1")]
    [InlineData("tostring(1,)", "an expression is expected, found ')' at 12")]
    [InlineData("tostring", "'(' is expected, found the end at 9")]
    public void Tells_what_is_wrong_and_where(string source, string problem)
    {
        Assert.False(LuaExpression.TryParse(source, out _, out var found));
        Assert.Equal(problem, found);
    }

    [Theory]
    [InlineData("foo", "unknown name 'foo'; known are headers, ")]
    [InlineData("os.execute('x')", "unknown name 'os'; known are ")]
    [InlineData("string.dump('x')", "unknown function 'string.dump'; known are ")]
    [InlineData("kong.request.get_body()", "unknown function 'kong.request.get_body'; known are ")]
    [InlineData("('x'):dump()", "unknown function 'string.dump'; known are ")]
    public void Names_what_is_known_when_something_is_not(string source, string start)
    {
        Assert.False(LuaExpression.TryParse(source, out _, out var found));
        Assert.StartsWith(start, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_depth_and_size_are_limited()
    {
        Assert.False(LuaExpression.TryParse(new string(' ', LuaLimits.SourceCharsMax + 1), out _, out var tooLong));
        Assert.False(LuaExpression.TryParse(new string('(', 1000) + "1" + new string(')', 1000), out _, out var tooDeep));
        Assert.False(LuaExpression.TryParse("1" + string.Concat(Enumerable.Repeat("+1", 1000)), out _, out var tooMany));
        Assert.False(LuaExpression.TryParse(string.Concat(Enumerable.Repeat("not ", 1000)) + "1", out _, out _));
        Assert.StartsWith("longer than 8192 characters", tooLong, StringComparison.Ordinal);
        Assert.StartsWith("nested deeper than 64", tooDeep, StringComparison.Ordinal);
        Assert.StartsWith("more than 512 operations", tooMany, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_parsed_or_refused_and_what_is_parsed_evaluates()
    {
        var words = Gen.Elements(
            "headers", ".", "x", "'", "\"", "(", ")", "[", "]", "..", "or", "and", "not", "1", "nil", "string", "sub", ",", ":", "rep", "-", "==", "$(", "kong",
            "request", "get_path",
            "%", "\\", "[[", "]]", "--", "9e9", "gsub", "'a'", "#", "^");
        var texts = Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""), Gen.ListOf(words).Select(list => string.Join(" ", list)));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            if (LuaExpression.TryParse(text, out var expression, out var problem)) expression.Evaluate(new LuaScope(Requests.Exchange()));
            return (expression is not null || problem!.Length > 0) && LuaFields.TryParse("return " + text, out _, out _) == (expression is not null);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Any_pattern_on_any_subject_ends()
    {
        var pieces = Gen.Elements("a", "b", ".", "%a", "%d", "[ab]", "[^a]", "[a-", "]", "(", ")", "%1", "*", "+", "-", "?", "$", "^", "%b()", "%f[a]", "%",
            "()");
        var patterns = Gen.ListOf(pieces).Select(list => string.Concat(list));
        var subjects = Gen.ListOf(Gen.Elements("a", "b", "(", ")", "1")).Select(list => string.Concat(list));
        Prop.ForAll(patterns.ToArbitrary(), subjects.ToArbitrary(), (pattern, subject) =>
        {
            var match = new LuaPattern(subject, pattern);
            return !match.Find(0) || match.Problem is not null || (match.Start >= 0 && match.Start <= match.End && match.End <= subject.Length);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    static LuaExpression Parse(string source)
    {
        Assert.True(LuaExpression.TryParse(source, out var expression, out var problem), problem);
        return expression;
    }

    static LuaValue Evaluate(string source) => Parse(source).Evaluate(new LuaScope(Requests.Exchange()));
}
