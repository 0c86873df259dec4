using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class NanoTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000_000_000)]
    [InlineData("2.50", 2_500_000_000)]
    [InlineData("0.000000001", 1)]
    [InlineData("0.0000000010000000000000", 1)]
    [InlineData("000012", 12_000_000_000)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    public void Reads_a_decimal_exactly(string text, long units) => Assert.Equal(new Nano(units), Nano.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("1_000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("$1")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("٣")]
    [InlineData("0.0000000001")]
    [InlineData("9223372036.854775808")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    public void Refuses_what_is_no_plain_decimal_or_does_not_fit(string text) => Assert.Null(Nano.Parse(text));

    [Fact]
    public void Takes_a_decimal_of_the_configuration_exactly()
    {
        Assert.Equal(new Nano(1), Nano.Of(0.000000001m));
        Assert.Equal(new Nano(2_500_000_000), Nano.Of(2.5000000000000m));
        Assert.Null(Nano.Of(-0.1m));
        Assert.Null(Nano.Of(0.0000000001m));
        Assert.Null(Nano.Of(decimal.MaxValue));
    }

    [Fact]
    public void Never_wraps_around()
    {
        Assert.Throws<OverflowException>(() => new Nano(long.MaxValue) + new Nano(1));
        Assert.Throws<OverflowException>(() => new Nano(long.MinValue) - new Nano(1));
    }

    [Fact]
    public void Text_reads_back() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>(),
        static units => units < 0
            ? new Nano(units).ToString()[0] == '-'
            : Nano.Parse(new Nano(units).ToString()) == new Nano(units)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000000001")]
    [InlineData(2_500_000, "0.0025")]
    [InlineData(-1_500_000_000, "-1.5")]
    [InlineData(long.MinValue, "-9223372036.854775808")]
    public void Shows_no_zeros_at_the_end(long units, string text) => Assert.Equal(text, new Nano(units).ToString());

    [Theory]
    [InlineData("0.5", 50_000_000)]
    [InlineData("1", Factor.PerOne)]
    [InlineData("1.7500", 175_000_000)]
    [InlineData("100", 10_000_000_000)]
    public void Reads_a_factor_exactly(string text, long units) => Assert.Equal(new Factor(units), Factor.Parse(text));

    [Theory]
    [InlineData("100.0001")]
    [InlineData("0.00001")]
    [InlineData("-1")]
    [InlineData("two")]
    public void Refuses_a_factor_out_of_range(string text) => Assert.Null(Factor.Parse(text));

    [Fact]
    public void A_product_of_two_stated_factors_is_exact()
    {
        Assert.Equal("3.06232498", (Factor.Parse("1.7501")!.Value * Factor.Parse("1.7498")!.Value).ToString());
        Assert.Throws<OverflowException>(() => new Factor(1) * new Factor(1));
    }
}
