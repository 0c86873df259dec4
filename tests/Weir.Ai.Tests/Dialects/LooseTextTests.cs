using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class LooseTextTests
{
    [Fact]
    public void Reads_half_a_surrogate_pair()
    {
        Assert.Equal("\ud83d", Read("\"\\ud83d\""));
        Assert.Equal("x\uDC4B\n\"\\/y", Read("\"x\\uDC4B\\n\\\"\\\\\\/y\""));
        Assert.Equal("👋", Read("\"\\ud83d\\udc4b\""));
        Assert.Equal("é\udc4b", Read("\"é\\udc4b\""));
    }

    [Fact]
    public void Reads_what_it_wrote() =>
        Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), chars =>
        {
            var text = new string(chars);
            return Read(Write(text)) == text;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Halves_of_a_pair_that_are_written_one_after_the_other_are_escaped()
    {
        Assert.Equal("\"a\\ud83d\"", Write("a\ud83d"));
        Assert.Equal("\"\\udc4b<\"", Write("\udc4b<"));
        Assert.Equal("\"👋\"", Write("👋"));
    }

    [Theory]
    [InlineData("{\"a\\ud83d\": 1}", false)]
    [InlineData("{\"a\": \"\\ud83d\"}", true)]
    [InlineData("{\"\\ud83d\\udc4b\": 1}", true)]
    [InlineData("\"\\ud83d", true)]
    public void Knows_names_that_nothing_could_look_up(string json, bool isSound) => Assert.Equal(isSound, LooseText.IsSound(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Text_that_is_not_UTF_8_is_not_sound() => Assert.False(LooseText.IsSound([(byte)'"', 0xFF, (byte)'"']));

    static string Write(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, WireText.Options)) WireText.Write(writer, text);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    static string Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return WireJson.TextOf(document.RootElement);
    }
}
