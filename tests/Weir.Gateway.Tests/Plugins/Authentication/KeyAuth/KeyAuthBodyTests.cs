using System.Text;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Authentication;

public class KeyAuthBodyTests
{
    const string Form = "application/x-www-form-urlencoded";
    const string Json = "application/json";
    const string Multipart = "multipart/form-data; boundary=\"b.1\"";
    const string KeyPart = "--b.1\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\nalice-key\r\n";
    const string OtherPart = "--b.1\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; filename=x; name=\"file\"\r\n\r\none\r\n--b.1x\r\n\r\n";

    [Theory]
    [InlineData(Form, "apikey=alice-key")]
    [InlineData(Form + "; charset=utf-8", "a=b&apikey=bob+key%2B1")]
    [InlineData(Json, """{"a":{"apikey":"no"},"apikey":"alice-key"}""")]
    [InlineData(Json + ";charset=utf-8", """ {"api\u006bey" : "alice-\u006bey"} """)]
    [InlineData(Multipart, KeyPart + "--b.1--\r\n")]
    [InlineData(Multipart, "preamble\r\n" + OtherPart + KeyPart + OtherPart + "--b.1--")]
    public async Task A_key_in_the_body_identifies_the_consumer(string type, string body)
    {
        var harness = Harness("""{"key_in_body":true}""");
        var got = await harness.SendAsync("POST", "/", body, ("Content-Type", type));
        Assert.Equal(200, got.Status);
        Assert.True(got.Exchange.IsAuthenticated);
        Assert.Equal(body, harness.Got!.Body);
        Assert.Equal(401, (await Harness("{}").SendAsync("POST", "/", body, ("Content-Type", type))).Status);
    }

    [Theory]
    [InlineData(Form, "")]
    [InlineData(Form, "apikey[]=alice-key")]
    [InlineData(Json, "")]
    [InlineData(Json, """{"apikey":1}""")]
    [InlineData(Json, """{"apikey":null}""")]
    [InlineData(Json, """["apikey","alice-key"]""")]
    [InlineData(Json, """{"apikey":"alice-key",}""")]
    [InlineData(Json, """{"apikey":"alice-key"} trailing""")]
    [InlineData(Json, """{"apikey":"\ud800"}""")]
    [InlineData(Json, """{"apikey":"alice-key" """)]
    [InlineData("application/jsonp", """{"apikey":"alice-key"}""")]
    [InlineData("text/plain", "apikey=alice-key")]
    [InlineData("multipart/form-data", KeyPart + "--b.1--")]
    [InlineData("multipart/form-data; boundary=", KeyPart + "--b.1--")]
    [InlineData("multipart/form-data; boundary=b.2", KeyPart + "--b.1--")]
    [InlineData(Multipart, KeyPart)]
    [InlineData(Multipart, "--b.1\r\n--b.1--")]
    [InlineData(Multipart, "--b.1\r\n\r\nalice-key\r\n--b.1--")]
    [InlineData(Multipart, "--b.1\r\nContent-Disposition: form-data\r\n\r\nalice-key\r\n--b.1--")]
    [InlineData(Multipart, "--b.1")]
    public async Task What_is_no_key_in_the_body_counts_as_none(string type, string body)
    {
        var got = await Harness("""{"key_in_body":true}""").SendAsync("POST", "/", body, ("Content-Type", type));
        Assert.Equal(401, got.Status);
        Assert.Contains("No API key found in request", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Form, "apikey=alice-key&apikey=alice-key")]
    [InlineData(Json, """{"apikey":"alice-key","apikey":"alice-key"}""")]
    [InlineData(Json, """{"apikey":["alice-key"]}""")]
    [InlineData(Multipart, KeyPart + KeyPart + "--b.1--")]
    public async Task A_repeated_key_in_the_body_is_refused(string type, string body)
    {
        var got = await Harness("""{"key_in_body":true}""").SendAsync("POST", "/", body, ("Content-Type", type));
        Assert.Equal(401, got.Status);
        Assert.Contains("Duplicate API key found", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Form, "a=%20&apikey=alice-key&b", "a=%20&b")]
    [InlineData(Form, "apikey=alice-key", "")]
    [InlineData(Json, """{ "a": [1, 2] ,"apikey":"alice-key" , "b":"\u00e4"}""", """{"a": [1, 2],"b":"\u00e4"}""")]
    [InlineData(Json, """{"apikey":"alice-key"}""", "{}")]
    [InlineData(Multipart, OtherPart + KeyPart + OtherPart + "--b.1--\r\n", OtherPart + OtherPart + "--b.1--\r\n")]
    public async Task A_hidden_key_is_taken_out_of_the_body(string type, string body, string left)
    {
        var harness = Harness("""{"key_in_body":true,"hide_credentials":true}""");
        Assert.Equal(200, (await harness.SendAsync("POST", "/", body, ("Content-Type", type))).Status);
        Assert.Equal(left, harness.Got!.Body);
        Assert.Equal(200, (await harness.SendAsync("POST", "/", body, ("Content-Type", type), ("apikey", "alice-key"))).Status);
        Assert.Equal(left, harness.Got!.Body);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_not_searched()
    {
        var body = "apikey=alice-key&x=" + new string('x', KeyAuth.BodyBytesMax);
        Assert.Equal(401, (await Harness("""{"key_in_body":true}""").SendAsync("POST", "/", body, ("Content-Type", Form))).Status);
        Assert.Equal(200, (await Harness("""{"key_in_body":true}""").SendAsync("POST", "/", body[..KeyAuth.BodyBytesMax], ("Content-Type", Form))).Status);
    }

    [Fact]
    public async Task The_body_is_left_unread_when_the_key_stands_before_it()
    {
        var harness = Harness("""{"key_in_body":true}""");
        var buffered = BodyBuffering.Whole;
        harness.Upstream = exchange => new UpstreamAnswer(200, "");
        var probe = new Probe(exchange => buffered = exchange.BodyBuffering);
        var plugin = PluginHarness.Create<KeyAuth, KeyAuth.Config>("""{"key_in_body":true}""", Identities.Context());
        await new PluginHarness(plugin, probe).SendAsync("POST", "/", "apikey=other", ("Content-Type", Form), ("apikey", "alice-key"));
        Assert.Equal(BodyBuffering.None, buffered);
    }

    [Fact]
    public void Removing_a_name_from_any_form_leaves_the_rest()
    {
        var random = new Random(7);
        var pieces = new[] { "apikey=1", "a=1", "apikey", "b", "", "%61pikey=2", "api%6bey=3", "x==", "apikeys=4" };
        for (var round = 0; round < 500; round++)
        {
            var picked = Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]).ToList();
            var kept = picked.Where(static piece => piece is not ("apikey=1" or "apikey" or "%61pikey=2" or "api%6bey=3")).ToList();
            var text = "?" + string.Join('&', picked);
            var expected = kept.Count == picked.Count ? text : kept.Count == 0 ? "" : "?" + string.Join('&', kept);
            Assert.Equal(expected, FormText.Without(text, "apikey"));
        }
    }

    [Fact]
    public void No_body_breaks_the_search()
    {
        var random = new Random(11);
        var seed = Encoding.UTF8.GetBytes(OtherPart + KeyPart + "--b.1--\r\n{\"apikey\":\"x\"}&apikey=%");
        var found = 0;
        for (var round = 0; round < 5000; round++)
        {
            var bytes = seed.ToArray();
            for (var change = 0; change < 3; change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var cut = bytes.AsMemory(0, random.Next(bytes.Length));
            foreach (var type in new[] { Form, Json, Multipart })
            {
                var body = KeyBody.Of(type, cut);
                if (body.Find("apikey", out _) != Presence.Absent) found++;
                if (body.Without("apikey") is { } left) Assert.True(left.Length < cut.Length);
            }
        }
        Assert.True(found > 0);
    }

    sealed class Probe(Action<Exchange> look) : IOnRequest
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            look(exchange);
            return Verdict.Continue;
        }
    }

    static PluginHarness Harness(string config) => new(PluginHarness.Create<KeyAuth, KeyAuth.Config>(config, Identities.Context()));
}
