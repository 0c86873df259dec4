using System.Net;

namespace Weir.Limits.Tests;

public sealed class CounterKeyTests
{
    static readonly CounterScope Scope = new("a");

    [Fact]
    public void An_address_is_the_same_client_in_its_mapped_form() =>
        Assert.Equal(new CounterKey(Scope, IPAddress.Parse("192.0.2.7")), new CounterKey(Scope, IPAddress.Parse("::ffff:192.0.2.7")));

    [Fact]
    public void Scopes_of_the_same_name_are_the_same_so_that_counters_survive_a_reload()
    {
        var after = new CounterKey(new CounterScope("a"), "joe");
        Assert.Equal(new CounterKey(Scope, "joe"), after);
        Assert.Equal(new CounterKey(Scope, "joe").GetHashCode(), after.GetHashCode());
    }

    [Fact]
    public void Text_address_and_scope_all_count()
    {
        CounterKey[] keys =
        [
            new(Scope, "joe"), new(Scope, "joE"), new(Scope, ""), new(new CounterScope("b"), "joe"), new(Scope, "192.0.2.7"),
            new(Scope, IPAddress.Parse("192.0.2.7")), new(Scope, IPAddress.Parse("2001:db8::7")), new(Scope, IPAddress.IPv6Any),
            new(new CounterScope("b"), IPAddress.IPv6Any),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public void Shows_the_address(string address) => Assert.Equal($"a:{address}", new CounterKey(Scope, IPAddress.Parse(address)).ToString());

    [Fact]
    public void Shows_the_identity() => Assert.Equal("a:joe", new CounterKey(Scope, "joe").ToString());
}
