using System.Buffers;
using System.Text;

namespace Weir.Ai.Tests;

public sealed class BodyEditsTests
{
    [Fact]
    public void Replaces_a_value_and_leaves_everything_else_byte_for_byte() =>
        Assert.Equal(
            "{ \"b\" :1.50,\r\n\"model\":\"other \\\"x\\\" é\"  , \"b\": [ ] }\n",
            Edit("{ \"b\" :1.50,\r\n\"model\":\"gpt\\u002d5\"  , \"b\": [ ] }\n", static (edits, scan) => edits.Replace(scan.ModelPlace, "other \"x\" é")));

    [Theory]
    [InlineData("{}", """{"stream_options":{"include_usage":true}}""")]
    [InlineData(" {\n}", " {\"stream_options\":{\"include_usage\":true}\n}")]
    [InlineData("""{"a":1}""", """{"stream_options":{"include_usage":true},"a":1}""")]
    [InlineData("""{ "a":1}""", """{"stream_options":{"include_usage":true}, "a":1}""")]
    public void Puts_a_field_first_into_an_object(string body, string expected) =>
        Assert.Equal(expected, Edit(body, static (edits, scan) => edits.Insert(scan.RootStart, "stream_options", """{"include_usage":true}"""u8.ToArray())));

    [Theory]
    [InlineData("{}", """{"a":1,"b":2}""")]
    [InlineData("""{"c":3}""", """{"a":1,"b":2,"c":3}""")]
    public void Puts_several_fields_in_their_order(string body, string expected) =>
        Assert.Equal(expected, Edit(body, static (edits, scan) =>
        {
            edits.Insert(scan.RootStart, "a", "1"u8.ToArray());
            edits.Insert(scan.RootStart, "b", "2"u8.ToArray());
        }));

    [Fact]
    public void Makes_several_changes_whatever_the_order_they_come_in() =>
        Assert.Equal(
            """{"max_tokens":9,"model":"y","stream":true,"stream_options":{"include_usage":true,"x":1}}""",
            Edit("""{"model":"x","stream":true,"stream_options":{"x":1}}""", static (edits, scan) =>
            {
                edits.Insert(scan.StreamOptionsPlace.Start, "include_usage", "true"u8.ToArray());
                edits.Replace(scan.ModelPlace, "y");
                edits.Insert(scan.RootStart, "max_tokens", "9"u8.ToArray());
            }));

    [Fact]
    public void Refuses_changes_that_overlap_and_changes_of_nothing()
    {
        var edits = new BodyEdits();
        Assert.Throws<ArgumentException>(() => edits.Replace(default, "x"));
        Assert.Throws<ArgumentException>(() => edits.Insert(0, "a\"b", default));
        edits.Replace(new ByteRange(1, 5), "x");
        edits.Replace(new ByteRange(3, 1), "y");
        Assert.Throws<InvalidOperationException>(() => edits.Write("0123456789"u8, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Without_changes_the_body_is_the_same()
    {
        var edits = new BodyEdits();
        edits.Replace(new ByteRange(0, 1), "x");
        edits.Clear();
        Assert.True(edits.IsEmpty);
        var output = new ArrayBufferWriter<byte>();
        edits.Write("{ } "u8, output);
        Assert.Equal("{ } "u8, output.WrittenSpan);
    }

    static string Edit(string body, Action<BodyEdits, PromptScan> change)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.True(PromptScan.TryRead(bytes, out var scan, new Problems()));
        var edits = new BodyEdits();
        change(edits, scan);
        var output = new ArrayBufferWriter<byte>();
        edits.Write(bytes, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
