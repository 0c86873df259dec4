using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class MediaTokensTests
{
    static readonly TokenRates Tiles = TokenFamilies.Of("gpt-4o");

    [Theory]
    [InlineData(512, 512, null, 255)]
    [InlineData(1024, 1024, null, 765)]
    [InlineData(2048, 4096, null, 1105)]
    [InlineData(4096, 8192, "low", 85)]
    [InlineData(1, 1, null, 255)]
    [InlineData(100000, 1, null, 765)]
    public void Images_of_openai_are_tiles(int width, int height, string? detail, long tokens) =>
        Assert.Equal(tokens, MediaTokens.OfImage(Image(width, height, detail), Tiles));

    [Theory]
    [InlineData("claude-sonnet-4-5", 1000, 1000, 1334)]
    [InlineData("claude-sonnet-4-5", 200, 200, 54)]
    [InlineData("claude-sonnet-4-5", 8000, 8000, 1600)]
    [InlineData("gemini-2.5-flash", 384, 384, 258)]
    [InlineData("gemini-2.5-flash", 1000, 1000, 1032)]
    [InlineData("gpt-4.1-mini", 1024, 1024, 1659)]
    [InlineData("gpt-4o-mini", 512, 512, 8500)]
    [InlineData("gpt-5", 512, 512, 210)]
    public void Each_family_has_its_rule(string model, int width, int height, long tokens) =>
        Assert.Equal(tokens, MediaTokens.OfImage(Image(width, height, null), TokenFamilies.Of(model)));

    [Fact]
    public void An_image_by_address_is_taken_at_the_most() =>
        Assert.Equal(765, MediaTokens.OfImage(new ImagePart(new Media { Url = "https://example.com/a.png" }), Tiles));

    [Fact]
    public void Reads_the_size_of_each_format()
    {
        Assert.Equal((640, 480), ImageSize.Of(Png(640, 480)));
        Assert.Equal((300, 200), ImageSize.Of([.. "GIF89a"u8, 0x2c, 0x01, 0xc8, 0x00]));
        Assert.Equal((256, 16), ImageSize.Of(
            [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x04, 0, 0, 0xff, 0xc0, 0x00, 0x11, 0x08, 0x00, 0x10, 0x01, 0x00, 0x03, 0, 0, 0, 0, 0]));
        Assert.Equal((258, 3), ImageSize.Of([.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0]));
        Assert.Equal((320, 240), ImageSize.Of([.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]));
        Assert.Equal((4, 2), ImageSize.Of([.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 0, 0, 0, 0, 0x2f, 0x03, 0x40, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void Nonsense_has_no_size()
    {
        Assert.Null(ImageSize.Of([]));
        Assert.Null(ImageSize.OfBase64("not base64"));
        Assert.Null(ImageSize.Of(Png(0, 5)));
        Assert.Null(ImageSize.Of(Png(-1, 5)));
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
        {
            foreach (var head in (byte[][])[[], [0xff, 0xd8], [.. "RIFF0000WEBPVP8X"u8], [.. "GIF89a"u8], [0x89, (byte)'P', (byte)'N', (byte)'G']])
                if (ImageSize.Of([.. head, .. bytes]) is { Width: <= 0 } or { Height: <= 0 }) return false;
            return true;
        }).QuickCheckThrowOnFailure();
    }

    static ImagePart Image(int width, int height, string? detail) =>
        new(new Media { MimeType = "image/png", Base64 = Convert.ToBase64String(Png(width, height)) }) { Detail = detail };

    static byte[] Png(int width, int height)
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[8], 8, 6, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }
}
