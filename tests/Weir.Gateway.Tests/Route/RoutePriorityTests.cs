using Weir.Config;
using static Weir.Gateway.Tests.RouteTests;

namespace Weir.Gateway.Tests;

public sealed class RoutePriorityTests
{
    static ulong Priority(RouteConfig route) => Assert.Single(RouteSplit.Of(route)).Priority;

    [Fact]
    public void Every_attribute_counts_once()
    {
        Assert.Equal(1UL << 61, Priority(Route("r", methods: ["GET", "POST"])));
        Assert.Equal(2UL << 61, Priority(Route("r", methods: ["GET"], snis: ["a.test"])));
        Assert.Equal((5UL << 61) | (1UL << 60) | (1UL << 52) | 2, Priority(Route("r", ["a.test"], ["/a"], ["GET"], ["a.test"], Header("x", "1"))));
    }

    [Fact]
    public void Plain_hosts_set_a_bit_that_one_wildcard_takes_away()
    {
        Assert.Equal((1UL << 61) | (1UL << 60), Priority(Route("r", hosts: ["a.test:80", "b.test"])));
        Assert.Equal(1UL << 61, Priority(Route("r", hosts: ["a.test", "*.b.test"])));
    }

    [Fact]
    public void Headers_are_counted_up_to_255()
    {
        var many = Enumerable.Range(0, 300).ToDictionary(n => $"x-{n}", IReadOnlyList<string> (_) => ["1"]);
        Assert.Equal((1UL << 61) | (255UL << 52), Priority(new RouteConfig { Headers = many }));
    }

    [Fact]
    public void A_prefix_counts_its_bytes_up_to_its_19_bits()
    {
        Assert.Equal((1UL << 61) | 3, Priority(Route("r", paths: ["/ab"])));
        Assert.Equal((1UL << 61) | 3, Priority(Route("r", paths: ["/é"])));
        Assert.Equal((1UL << 61) | 0x7FFFF, Priority(Route("r", paths: ["/" + new string('a', 600_000)])));
    }

    [Fact]
    public void A_regex_outranks_every_prefix_and_spills_into_no_other_field()
    {
        var lowest = Priority(Route("r", paths: ["~/a"]) with { RegexPriority = int.MinValue });
        var highest = Priority(Route("r", paths: ["~/a"]) with { RegexPriority = int.MaxValue });
        Assert.Equal((1UL << 61) | (1UL << 51), lowest);
        Assert.Equal((1UL << 61) | (1UL << 51) | (0xFFFF_FFFFUL << 19), highest);
        Assert.True(lowest > Priority(Route("r", paths: ["/" + new string('a', 600_000)])));
    }

    [Fact]
    public void A_route_is_split_into_its_regexes_and_its_prefixes_by_length_in_the_order_they_appear()
    {
        var splits = RouteSplit.Of(Route("r", paths: ["/bb", "~/x", "/a", "/cc", "~/y"]) with { Id = Id(1) });
        Assert.Equal([["/bb", "/cc"], ["~/x", "~/y"], ["/a"]], splits.Select(split => split.Paths));
        // uuid5(7f145bf9-0dce-4f91-98eb-debbce4b9f6b, "<id>#n"), by Python's uuid module.
        Assert.Equal(
            ["3a184dfe491e5108ad9730094f995e90", "256cb423a1f652dfbe0b57ac8c250513", "063e3a5fc4d5520cae9b5148805406d5"],
            splits.Select(split => split.Id.ToString("x32", null)));
    }

    [Fact]
    public void A_route_of_one_part_keeps_its_id()
    {
        Assert.Equal((UInt128)7, Assert.Single(RouteSplit.Of(Route("r", paths: ["/aa", "/bb"]) with { Id = Id(7) })).Id);
        Assert.Equal((UInt128)7, Assert.Single(RouteSplit.Of(Route("r", hosts: ["a.test"]) with { Id = Id(7) })).Id);
    }
}
