using FsCheck;
using FsCheck.Fluent;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Security;

public class AddressRangesTests
{
    [Fact]
    public void Contains_what_one_of_the_ranges_contains() =>
        Prop.ForAll<(byte, byte)[], byte>((pairs, address) =>
        {
            var ranges = pairs.Select(pair => (Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2))).ToList();
            return new AddressRanges<byte>(ranges).Contains(address) == ranges.Exists(range => range.Item1 <= address && address <= range.Item2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merges_ranges_that_touch_or_overlap()
    {
        Assert.Equal(1, new AddressRanges<uint>([(5, 9), (0, 4), (3, 6)]).Count);
        Assert.Equal(2, new AddressRanges<uint>([(0, 4), (6, uint.MaxValue), (7, 8)]).Count);
        Assert.Equal(0, new AddressRanges<uint>([]).Count);
        Assert.True(new AddressRanges<uint>([(0, uint.MaxValue), (uint.MaxValue, uint.MaxValue)]).Contains(uint.MaxValue));
    }
}
