using System.Text;
using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public class LogFieldsTests
{
    [Theory]
    [InlineData("return 'edge'", "\"edge\"")]
    [InlineData("return \"a é\"", "\"a é\"")]
    [InlineData("  return 4 ; ", "4")]
    [InlineData("return -1.5", "-1.5")]
    [InlineData("return true", "true")]
    [InlineData("return false", "false")]
    [InlineData("return kong.request.get_method() .. ' ' .. string.upper('a')", "\"GET A\"")]
    [InlineData("return headers.none or 'none'", "\"none\"")]
    public void Adds_a_field(string code, string json) => Assert.Equal(json, Apply(("field", code)).GetProperty("field").GetRawText());

    [Fact]
    public void Replaces_a_field() => Assert.Equal("x", Apply(("client_ip", "return 'x'")).GetProperty("client_ip").GetString());

    [Fact]
    public void Nil_removes_a_field() => Assert.False(Apply(("client_ip", "return nil")).TryGetProperty("client_ip", out _));

    [Fact]
    public void A_computation_that_fails_changes_nothing() =>
        Assert.Equal("192.0.2.7", Apply(("client_ip", "return 'a' .. nil")).GetProperty("client_ip").GetString());

    [Fact]
    public void A_dot_leads_into_an_object_that_is_made_when_missing()
    {
        var record = Apply(("request.headers.host", "return nil"), ("request.team", "return 'edge'"), ("a.b.c", "return 1"));
        Assert.False(record.GetProperty("request").GetProperty("headers").TryGetProperty("host", out _));
        Assert.Equal("edge", record.GetProperty("request").GetProperty("team").GetString());
        Assert.Equal(1, record.GetProperty("a").GetProperty("b").GetProperty("c").GetInt32());
    }

    [Fact]
    public void A_value_in_the_way_stays() => Assert.Equal("192.0.2.7", Apply(("client_ip.x", "return 1")).GetProperty("client_ip").GetString());

    [Fact]
    public void Keeps_the_rest_of_the_record_and_stays_one_line()
    {
        var line = Encoding.UTF8.GetString(LogRecord.Line(SettledExchange.Full(), LogFields.Of(Fields(("a", "return 'x'")))));
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        Assert.Equal(Encoding.UTF8.GetString(LogRecord.Json(SettledExchange.Full(), null))[..^1] + ",\"a\":\"x\"}\n", line);
    }

    [Fact]
    public void No_fields_cost_nothing()
    {
        Assert.Null(LogFields.Of(null));
        Assert.Null(LogFields.Of(new Dictionary<string, string>()));
    }

    static JsonElement Apply(params (string Name, string Code)[] fields)
    {
        var line = LogRecord.Line(SettledExchange.Full(), LogFields.Of(Fields(fields)));
        return JsonDocument.Parse(Encoding.UTF8.GetString(line)).RootElement;
    }

    static Dictionary<string, string> Fields(params (string Name, string Code)[] fields) => fields.ToDictionary(f => f.Name, f => f.Code);
}
