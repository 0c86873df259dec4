using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class AwsEventStreamTests
{
    // Vectors of AWS's own SDKs.
    [Theory]
    [InlineData("000000100000000005c248eb7d98c8ff", "[] ")]
    [InlineData("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936", "[] {'foo':'bar'}")]
    [InlineData("0000002d0000001041c424b80a6576656e742d74797065040000a00c7b27666f6f273a27626172277d36f480a0", "[event-type:Int32=0000A00C] {'foo':'bar'}")]
    public void Reads_the_messages_of_the_specification(string hex, string expected) => Assert.Equal(expected, Read([Convert.FromHexString(hex)]));

    [Fact]
    public void The_checksum_is_that_of_the_standard() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Theory]
    [InlineData("000000100000000005c248ec7d98c8ff", "the checksum of a prelude is wrong")]
    [InlineData("000000100000000005c248eb7d98c8fe", "the checksum of a message is wrong")]
    [InlineData("0000001d00000000fd528c5a7b27666f6f273a27626172277ec3653936", "the checksum of a message is wrong")]
    public void Refuses_a_wrong_checksum(string hex, string problem) => Assert.Equal(problem, Read([Convert.FromHexString(hex)]));

    [Theory]
    [InlineData(0xFFFFFFFFu, 0u, "a message is too long")]
    [InlineData(24u * 1024 * 1024 + 1, 0u, "a message is too long")]
    [InlineData(15u, 0u, "the headers are longer than their message")]
    [InlineData(0u, 0u, "the headers are longer than their message")]
    [InlineData(32u, 17u, "the headers are longer than their message")]
    [InlineData(1024u * 1024, 128u * 1024 + 1, "the headers are longer than their message")]
    [InlineData(32u, 0xFFFFFFFFu, "the headers are longer than their message")]
    public void Refuses_lengths_that_cannot_be(uint length, uint headers, string problem)
    {
        var prelude = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prelude, length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.Of(prelude.AsSpan(0, 8)));
        Assert.Equal(problem, Read([prelude]));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("00 07 00 00")]
    [InlineData("01 61")]
    [InlineData("05 61")]
    [InlineData("01 61 0a")]
    [InlineData("01 61 ff 00")]
    [InlineData("01 61 04 00 00 00")]
    [InlineData("01 61 09 00 00")]
    [InlineData("01 61 07 00")]
    [InlineData("01 61 07 00 05 61 61 61 61")]
    [InlineData("01 61 06 ff ff 00")]
    [InlineData("01 61 00 01 62 07 00")]
    public void Refuses_malformed_headers(string hex)
    {
        var headers = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("a header is malformed", Read([Message(headers, [])]));
    }

    [Fact]
    public void Reads_nothing_more_after_what_is_broken()
    {
        var good = Message([], "x"u8);
        Assert.Equal("[] x\nthe checksum of a prelude is wrong", Read([[.. good, .. new byte[12], .. good]]));
    }

    [Fact]
    public void Knows_that_a_message_has_begun()
    {
        var reader = new AwsEventStreamReader();
        Assert.False(reader.IsInside);
        ReadOnlySpan<byte> bytes = Message([], "abc"u8);
        var first = bytes[..5];
        Assert.False(reader.TryRead(ref first, out _));
        Assert.True(reader.IsInside);
        var rest = bytes[5..];
        Assert.True(reader.TryRead(ref rest, out _));
        Assert.False(reader.IsInside);
    }

    [Fact]
    public void Reads_what_was_written_wherever_it_is_cut()
    {
        var types = Enum.GetValues<AwsHeaderType>();
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonEmptyString Name, byte Type, byte[] Value)[]>(),
            ArbMap.Default.ArbFor<byte[]>(),
            ArbMap.Default.ArbFor<ushort[]>(),
            (headers, payload, cuts) =>
            {
                var output = new ArrayBufferWriter<byte>();
                var writer = new AwsEventStreamWriter(output);
                List<string> expected = [];
                foreach (var (name, number, value) in headers)
                {
                    var type = types[number % types.Length];
                    var bytes = Encoding.UTF8.GetBytes(name.Get).Take(255).ToArray();
                    var sized = Sized(type, value);
                    writer.Header(bytes, type, sized);
                    expected.Add(new AwsHeader(bytes, type, sized).ToString());
                }
                writer.Message(payload);
                writer.Message(payload);
                var stream = output.WrittenSpan.ToArray();
                var places = cuts.Select(cut => cut % stream.Length).Append(0).Append(stream.Length).Distinct().Order().ToList();
                var line = Encoding.Latin1.GetString(payload);
                return Read(places.Zip(places.Skip(1), (from, to) => stream[from..to])) == $"[{string.Join(", ", expected)}] {line}\n[] {line}";
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Never_throws_on_nonsense()
    {
        var sound = Message([4, (byte)'n', (byte)'a', (byte)'m', (byte)'e', 7, 0, 2, (byte)'a', (byte)'b'], "payload"u8);
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort At, byte Value)[]>(), changes =>
        {
            var stream = (byte[])sound.Clone();
            foreach (var (at, value) in changes) stream[at % stream.Length] = value;
            return Read([stream]).Length >= 0;
        }).QuickCheckThrowOnFailure();
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Read([bytes]).Length >= 0).QuickCheckThrowOnFailure();
    }

    static byte[] Sized(AwsHeaderType type, byte[] value)
    {
        var length = type switch
        {
            AwsHeaderType.True or AwsHeaderType.False => 0,
            AwsHeaderType.Byte => 1,
            AwsHeaderType.Int16 => 2,
            AwsHeaderType.Int32 => 4,
            AwsHeaderType.Int64 or AwsHeaderType.Timestamp => 8,
            AwsHeaderType.Uuid => 16,
            _ => value.Length,
        };
        return [.. value.Concat(new byte[16]).Take(length)];
    }

    static byte[] Message(byte[] headers, ReadOnlySpan<byte> payload)
    {
        byte[] message = [0, 0, 0, (byte)(16 + headers.Length + payload.Length), 0, 0, 0, (byte)headers.Length, 0, 0, 0, 0, .. headers, .. payload, 0, 0, 0, 0];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.Of(message.AsSpan(0, 8)));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.Of(message.AsSpan(0, message.Length - 4)));
        return message;
    }

    static string Read(IEnumerable<byte[]> pieces)
    {
        var reader = new AwsEventStreamReader();
        List<string> lines = [];
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> bytes = piece;
            while (reader.TryRead(ref bytes, out var read))
            {
                List<string> headers = [];
                foreach (var header in read.Headers) headers.Add(header.ToString());
                lines.Add($"[{string.Join(", ", headers)}] {Encoding.Latin1.GetString(read.Payload)}");
            }
        }
        if (reader.Broken is { } broken) lines.Add(broken);
        return string.Join('\n', lines);
    }
}
