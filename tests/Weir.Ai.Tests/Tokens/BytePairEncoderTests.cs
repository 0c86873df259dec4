using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class BytePairEncoderTests
{
    [Fact]
    public async Task Makes_the_tokens_that_the_other_encoder_makes()
    {
        var (o200k, cl100k) = (await Vocabularies.O200kAsync(), await Vocabularies.Cl100kAsync());
        Assert.NotEmpty(TokenCase.Stored);
        foreach (var (text, inO200k, inCl100k) in TokenCase.Stored)
        {
            Assert.Equal(inO200k, o200k.Encode(text));
            Assert.Equal(inCl100k, cl100k.Encode(text));
        }
    }

    [Fact]
    public async Task Counts_what_it_encodes()
    {
        foreach (var encoder in (BytePairEncoder[])[await Vocabularies.O200kAsync(), await Vocabularies.Cl100kAsync()])
        {
            foreach (var (text, _, _) in TokenCase.Stored)
            {
                var count = encoder.Encode(text).Count;
                Assert.Equal(count, encoder.Count(text));
                Assert.Equal(count, encoder.Count(Encoding.UTF8.GetBytes(text)));
            }
        }
    }

    [Fact]
    public async Task A_long_text_counts_the_same_in_windows()
    {
        var all = string.Join(" and ", TokenCase.Stored.Select(static each => each.Text));
        foreach (var encoder in (BytePairEncoder[])[await Vocabularies.O200kAsync(), await Vocabularies.Cl100kAsync()])
            for (var shift = 0; shift < 40; shift++)
            {
                var text = string.Concat(Enumerable.Repeat(all, 2))[shift..];
                Assert.Equal(encoder.Count(Encoding.UTF8.GetBytes(text)), encoder.Count(text));
            }
    }

    [Fact]
    public async Task A_text_without_a_place_to_cut_counts_as_one()
    {
        var encoder = await Vocabularies.O200kAsync();
        var text = string.Concat(Enumerable.Repeat("\U0001f600中'文", 20_000));
        Assert.Equal(encoder.Count(Encoding.UTF8.GetBytes(text)), encoder.Count(text));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("=")]
    [InlineData("中")]
    [InlineData("\u0301")]
    [InlineData("aA")]
    [InlineData("😀")]
    [InlineData("\u0000")]
    public async Task A_megabyte_of_the_same_is_counted_all_the_same(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        foreach (var encoder in (BytePairEncoder[])[await Vocabularies.O200kAsync(), await Vocabularies.Cl100kAsync()])
            Assert.InRange(encoder.Count(text), 1, 4_000_000);
    }

    [Fact]
    public async Task A_piece_longer_than_is_merged_at_once_is_counted_in_parts()
    {
        var encoder = await Vocabularies.O200kAsync();
        var part = encoder.Count(new string('a', BytePairEncoder.PieceBytesMax));
        Assert.Equal(3 * part, encoder.Count(new string('a', 3 * BytePairEncoder.PieceBytesMax)));
    }

    [Fact]
    public async Task Short_and_long_pieces_merge_alike()
    {
        var encoder = await Vocabularies.O200kAsync();
        var random = new Random(7);
        for (var length = 30; length < 80; length++)
        {
            // Letters only, so that it is one piece: below 48 bytes of it one way, above it the other.
            var word = string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26))));
            var tokens = encoder.Encode(word);
            Assert.Equal(tokens, ReferenceEncoder.Encode(await ReferenceEncoder.O200kAsync(), word));
        }
    }

    [Fact]
    public async Task Halves_of_surrogates_and_broken_bytes_are_counted()
    {
        var encoder = await Vocabularies.O200kAsync();
        Assert.Equal(encoder.Count("\ufffd"), encoder.Count("\ud83d"));
        Assert.InRange(encoder.Count([0xff, 0xfe, 0x80, 0xc3, 0x28]), 1, 5);
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => encoder.Count(bytes) <= bytes.Length && encoder.Count(bytes) > 0 == bytes.Length > 0)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_control_token_in_a_text_is_text() => Assert.True((await Vocabularies.O200kAsync()).Count("<|endoftext|>") > 1);

    [Fact]
    public async Task Counting_allocates_nothing()
    {
        var encoder = await Vocabularies.O200kAsync();
        var text = string.Join(' ', TokenCase.Stored.Select(static each => each.Text));
        Assert.Equal(0, Allocation.LeastBytes(() => encoder.Count(text)));
    }
}
