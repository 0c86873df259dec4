using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

public sealed class DnsReaderTests
{
    const ushort Id = 0x1234;

    static readonly DnsQuestion Question = DnsQuestion.For("a.test", DnsType.A)!;

    static byte[] Message(params DnsRecord[] records)
    {
        return new DnsReply(records).Write(Question.Write(Id, withEdns: false), overTcp: false);
    }

    static DnsReading Read(byte[] message, out DnsAnswer? answer) => DnsReader.Read(message, Id, Question, out answer);

    /// <summary>A message with one record whose owner name and everything after it are these bytes.</summary>
    static byte[] WithRecord(params byte[] record)
    {
        var message = Message();
        message[7] = 1;
        return [.. message, .. record];
    }

    [Fact]
    public void Reads_addresses_aliases_and_services()
    {
        DnsRecord[] records =
        [
            DnsReply.Alias("a.test", 60, "b.test"),
            DnsReply.Address("b.test", 30, "10.0.0.1"),
            DnsReply.Address("b.test", 30, "2001:db8::1"),
            DnsReply.Service("b.test", 20, "c.test", 8080, 7, 3),
            DnsReply.Service("b.test", 20, "", 0),
        ];
        Assert.Equal(DnsReading.Answer, Read(Message(records), out var answer));
        Assert.Equal(records, answer!.Records);
    }

    [Fact]
    public void Follows_compressed_names_and_lowers_their_letters()
    {
        var message = WithRecord([0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 6, 3, (byte)'W', (byte)'w', (byte)'W', 0xC0, 12]);
        Assert.Equal(DnsReading.Answer, Read(message, out var answer));
        Assert.Equal([DnsReply.Alias("a.test", 9, "www.a.test")], answer!.Records);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 24 })]
    [InlineData(new byte[] { 0xC0, 25 })]
    [InlineData(new byte[] { 0xC0, 0xFF })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 1, (byte)'x', 0xC0, 24 })]
    [InlineData(new byte[] { 0x80, 1, 2, 3 })]
    [InlineData(new byte[] { 64, 1, 2, 3 })]
    [InlineData(new byte[] { 3, (byte)'a', (byte)'b' })]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 1, (byte)'.', 0 })]
    [InlineData(new byte[] { 1, (byte)' ', 0 })]
    [InlineData(new byte[] { 1, 0xE9, 0 })]
    [InlineData(new byte[] { })]
    public void Refuses_a_name_that_loops_points_forward_or_is_broken(byte[] name)
    {
        // The record starts at byte 24, so a pointer there points at itself.
        byte[] rest = [0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1];
        Assert.Equal(DnsReading.Malformed, Read(WithRecord([.. name, .. name.Length > 0 ? rest : []]), out var answer));
        Assert.Null(answer);
    }

    [Fact]
    public void Refuses_a_name_of_more_than_255_bytes()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'x', 63)];
        byte[] name = [.. label, .. label, .. label, .. label, 0];
        Assert.Equal(DnsReading.Malformed, Read(WithRecord([.. name, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]), out _));
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0, 0, 9, 0, 5, 10, 0, 0, 1, 2 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 10, 0, 0 })]
    [InlineData(new byte[] { 0, 28, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0, 0, 9, 0xFF, 0xFF, 10, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 0xC0, 12, 0, 0 })]
    [InlineData(new byte[] { 0, 33, 0, 1, 0, 0, 0, 9, 0, 6, 0, 1, 0, 1, 0, 80 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0 })]
    public void Refuses_a_record_whose_length_is_wrong(byte[] afterName) =>
        Assert.Equal(DnsReading.Malformed, Read(WithRecord([0xC0, 12, .. afterName]), out _));

    [Fact]
    public void Passes_over_other_types_and_other_classes()
    {
        Assert.Equal(DnsReading.Answer, Read(WithRecord([0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3]), out var answer));
        Assert.Empty(answer!.Records);
        Assert.Equal(DnsReading.Answer, Read(WithRecord([0xC0, 12, 0, 1, 0, 3, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]), out answer));
        Assert.Empty(answer!.Records);
    }

    [Fact]
    public void A_lifetime_with_the_top_bit_set_is_zero()
    {
        Assert.Equal(DnsReading.Answer, Read(Message(DnsReply.Address("a.test", 0x8000_0000, "10.0.0.1")), out var answer));
        Assert.Equal(0u, answer!.Records[0].TtlSeconds);
    }

    [Fact]
    public void What_does_not_answer_this_question_is_not_ours()
    {
        Assert.Equal(DnsReading.NotOurs, Read([], out _));
        Assert.Equal(DnsReading.NotOurs, Read(new byte[11], out _));
        foreach (var (index, value) in new[] { (0, 0x99), (2, 0x01), (2, 0x89), (5, 0), (5, 2), (13, 'b'), (21, 28), (23, 3) })
        {
            var message = Message(DnsReply.Address("a.test", 1, "10.0.0.1"));
            message[index] = (byte)value;
            Assert.Equal(DnsReading.NotOurs, Read(message, out _));
        }
    }

    [Fact]
    public void The_question_may_come_back_in_other_letters()
    {
        var message = Message(DnsReply.Address("a.test", 1, "10.0.0.1"));
        message[13] = (byte)'A';
        Assert.Equal(DnsReading.Answer, Read(message, out _));
    }

    [Fact]
    public void A_truncated_answer_says_so_whatever_is_left_of_it()
    {
        var message = Message(DnsReply.Address("a.test", 1, "10.0.0.1"));
        message[2] |= 0x02;
        Assert.Equal(DnsReading.Answer, Read(message[..^3], out var answer));
        Assert.True(answer!.IsTruncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("bücher.test")]
    [InlineData("x234567890123456789012345678901234567890123456789012345678901234.test")]
    public void A_text_that_is_no_host_name_is_no_question(string name) => Assert.Null(DnsQuestion.For(name, DnsType.A));

    [Fact]
    public void A_name_of_more_than_253_characters_is_no_question()
    {
        Assert.NotNull(DnsQuestion.For(string.Join('.', Enumerable.Repeat("x", 127)), DnsType.A));
        Assert.Null(DnsQuestion.For(string.Join('.', Enumerable.Repeat("x", 128)), DnsType.A));
    }

    [Fact]
    public void Random_bytes_are_a_reading_and_never_an_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            byte[] header = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0];
            Read(bytes, out _);
            Read([.. header, .. bytes], out _);
            return Read([.. Message()[..7], 200, .. Message()[8..], .. bytes], out _) is DnsReading.Malformed or DnsReading.Answer;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_damaged_answer_is_a_reading_and_never_an_exception()
    {
        var whole = Message(
            DnsReply.Alias("a.test", 60, "b.test"), DnsReply.Service("b.test", 20, "c.test", 8080), DnsReply.Address("b.test", 30, "2001:db8::1"));
        var random = new Random(42);
        for (var i = 0; i < 100_000; i++)
        {
            var message = whole.AsSpan(0, random.Next(12, whole.Length + 1)).ToArray();
            for (var change = random.Next(4); change >= 0; change--) message[random.Next(2, message.Length)] = (byte)random.Next(256);
            var reading = Read(message, out var answer);
            Assert.Equal(reading == DnsReading.Answer, answer is not null);
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    public void Literal_addresses_are_recognised(string host, string address)
    {
        Assert.True(HostLiteral.TryParse(host, out var parsed));
        Assert.Equal(IPAddress.Parse(address), parsed);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("0x7f.0.0.1x")]
    [InlineData("a.b.c.d")]
    [InlineData("256.1.1.1")]
    [InlineData("")]
    [InlineData("...")]
    public void Names_are_not_taken_for_addresses(string host) => Assert.False(HostLiteral.TryParse(host, out _));
}
