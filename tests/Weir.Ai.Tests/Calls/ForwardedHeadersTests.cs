using Microsoft.AspNetCore.Http;

namespace Weir.Ai.Tests;

public sealed class ForwardedHeadersTests
{
    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    [InlineData("apikey")]
    [InlineData("x-goog-api-key")]
    [InlineData("Cookie")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Content-Encoding")]
    [InlineData("Accept-Encoding")]
    [InlineData("Transfer-Encoding")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Consumer-Username")]
    [InlineData("OpenAI-Organization")]
    [InlineData("X-Anything")]
    public void Never_lets_a_provider_see_what_is_not_for_it(string name)
    {
        Assert.Empty(Copy(name, sameDialect: true));
        Assert.Empty(Copy(name, sameDialect: false));
    }

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("TRACEPARENT")]
    [InlineData("tracestate")]
    [InlineData("baggage")]
    public void Lets_every_provider_see_what_means_the_same_to_all(string name)
    {
        Assert.Equal("v", Assert.Single(Copy(name, sameDialect: true)).Value);
        Assert.Equal("v", Assert.Single(Copy(name, sameDialect: false)).Value);
    }

    [Theory]
    [InlineData("anthropic-beta")]
    [InlineData("Anthropic-Version")]
    [InlineData("OpenAI-Beta")]
    [InlineData("Idempotency-Key")]
    [InlineData("x-goog-api-client")]
    public void Lets_only_a_provider_of_the_same_dialect_see_its_own(string name)
    {
        Assert.Equal("v", Assert.Single(Copy(name, sameDialect: true)).Value);
        Assert.Empty(Copy(name, sameDialect: false));
    }

    [Fact]
    public void Copies_every_value()
    {
        List<KeyValuePair<string, string>> to = [];
        ForwardedHeaders.Copy(new HeaderDictionary { ["anthropic-beta"] = new(["a", "b"]) }, sameDialect: true, to);
        Assert.Equal(["a", "b"], to.Select(static header => header.Value));
    }

    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("api-key", true)]
    [InlineData("x-goog-api-key", true)]
    [InlineData("Cookie", false)]
    [InlineData("apikey", false)]
    public void Copies_a_key_from_where_vendors_put_it(string name, bool isFound)
    {
        List<KeyValuePair<string, string>> to = [];
        Assert.Equal(isFound, ForwardedHeaders.CopyKey(new HeaderDictionary { [name] = "secret" }, to));
        Assert.Equal(isFound ? 1 : 0, to.Count);
    }

    [Fact]
    public void Takes_an_empty_key_for_none()
    {
        List<KeyValuePair<string, string>> to = [];
        Assert.False(ForwardedHeaders.CopyKey(new HeaderDictionary { ["Authorization"] = "" }, to));
        Assert.Empty(to);
    }

    static List<KeyValuePair<string, string>> Copy(string name, bool sameDialect)
    {
        List<KeyValuePair<string, string>> to = [];
        ForwardedHeaders.Copy(new HeaderDictionary { [name] = "v" }, sameDialect, to);
        return to;
    }
}
