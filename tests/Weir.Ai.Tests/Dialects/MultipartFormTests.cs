using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class MultipartFormTests
{
    const string Form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\n"
        + "content-type: audio/wav\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRI\r\n--FF\r\n--b--\r\n";

    [Theory]
    [InlineData("multipart/form-data; boundary=b", "b")]
    [InlineData("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"", "a b")]
    [InlineData("multipart/form-data", null)]
    [InlineData("multipart/form-data; boundary=", null)]
    [InlineData("multipart/mixed; boundary=b", null)]
    [InlineData("application/json; boundary=b", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Knows_the_boundary_of_a_form(string? type, string? expected) => Assert.Equal(expected, MultipartForm.BoundaryOf(type));

    [Fact]
    public void Refuses_a_boundary_over_the_limit() => Assert.Null(MultipartForm.BoundaryOf("multipart/form-data; boundary=" + new string('b', 71)));

    [Fact]
    public void Finds_the_fields_and_their_values()
    {
        Assert.Equal([("model", "whisper-1", false), ("file", "RI\r\n--FF", true)], Read(Form));
        Assert.Equal([("model", "whisper-1", false), ("file", "RI\r\n--FF", true)], Read("a preamble\r\n" + Form + "an epilogue"));
    }

    [Theory]
    [InlineData("", "no part")]
    [InlineData("--c\r\n", "no part")]
    [InlineData("--b", "broken")]
    [InlineData("--bb\r\n", "broken")]
    [InlineData("--b\r\n\r\n", "breaks off")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "breaks off")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\nx\r\n--b--", "broken")]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "broken")]
    [InlineData("--b\r\nX: y\r\n\r\nx\r\n--b--", "broken")]
    public void Says_what_is_wrong_with_a_form(string body, string expected)
    {
        Assert.False(MultipartForm.TryRead(Encoding.UTF8.GetBytes(body), "b", out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_more_fields_than_allowed()
    {
        var body = string.Concat(Enumerable.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n", MultipartForm.FieldsMax + 1)) + "--b--";
        Assert.False(MultipartForm.TryRead(Encoding.UTF8.GetBytes(body), "b", out _, out var problem));
        Assert.Contains("more than 256", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Sets_every_field_of_a_name()
    {
        var twice = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\none\r\n" + Form;
        Assert.Equal([("model", "Grüße", false), ("model", "Grüße", false), ("file", "RI\r\n--FF", true)], Read(Set(twice, "model", "Grüße")));
        Assert.Equal([("n", "1", false), ("model", "whisper-1", false), ("file", "RI\r\n--FF", true)], Read(Set(Form, "n", "1")));
    }

    [Fact]
    public void Adds_a_field_behind_what_stands_before_the_form() =>
        Assert.Equal([("n", "1", false), ("model", "whisper-1", false), ("file", "RI\r\n--FF", true)], Read(Set("a preamble\r\n" + Form, "n", "1")));

    [Fact]
    public void Leaves_alone_what_is_no_form() => Assert.False(MultipartForm.TrySet("x"u8.ToArray(), "b", "n", "1", out _));

    [Fact]
    public void Never_throws() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), static (at, value) =>
    {
        var bytes = Encoding.UTF8.GetBytes(Form);
        bytes[(int)((uint)at % bytes.Length)] = value;
        bytes = bytes[..(int)((uint)(at / 7) % (bytes.Length + 1))];
        var isForm = MultipartForm.TryRead(bytes, "b", out var fields, out _);
        return fields.TrueForAll(field => field.Value.End <= bytes.Length) && isForm == MultipartForm.TrySet(bytes, "b", "n", "1", out _);
    }).QuickCheckThrowOnFailure();

    static List<(string, string, bool)> Read(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.True(MultipartForm.TryRead(bytes, "b", out var fields, out var problem), problem);
        return fields.ConvertAll(field => (field.Name, Encoding.UTF8.GetString(bytes, field.Value.Start, field.Value.Length), field.IsFile));
    }

    static string Set(string body, string name, string value)
    {
        Assert.True(MultipartForm.TrySet(Encoding.UTF8.GetBytes(body), "b", name, value, out var changed));
        return Encoding.UTF8.GetString(changed.Span);
    }
}
