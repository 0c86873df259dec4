using System.Buffers.Binary;

namespace Weir.Identity.Tests;

public sealed class KeyDigestTests
{
    // The key of the reference implementation's vectors: bytes 0 to 15.
    static readonly (ulong, ulong) Secret = (0x0706050403020100, 0x0f0e0d0c0b0a0908);

    // vectors_sip128 of the reference implementation (github.com/veorq/SipHash): the digest of the bytes 0, 1, 2, … of each length.
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(2, "8177228da4a45dc7fca38bdef60affe4")]
    [InlineData(3, "9c70b60c5267a94e5f33b6b02985ed51")]
    public void Agrees_with_the_reference_implementation(int length, string expected)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        var digest = KeyDigest.Of(bytes, Secret);

        var text = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(text, digest.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(8), digest.High);
        Assert.Equal(expected, Convert.ToHexStringLower(text));
    }

    [Fact]
    public void Differs_with_every_character_of_a_key()
    {
        var keys = Enumerable.Range(0, 64).Select(length => new string('a', length)).SelectMany(key => new[] { key, key + "b", "b" + key }).Distinct().ToList();

        Assert.Equal(keys.Count, keys.Select(key => KeyDigest.Of(key)).Distinct().Count());
    }

    [Fact]
    public void Tells_a_key_from_the_bytes_of_another_text() => Assert.NotEqual(KeyDigest.Of("ab"), KeyDigest.Of("慢"));
}
