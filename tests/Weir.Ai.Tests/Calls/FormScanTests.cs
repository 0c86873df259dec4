using System.Text;

namespace Weir.Ai.Tests;

public sealed class FormScanTests
{
    [Fact]
    public void Finds_model_streaming_and_the_size_of_the_prompt()
    {
        var body = Field("model", "whisper-1") + Field("stream", "true") + Field("prompt", "Grüße") + File("file", "RIFF") + "--b--\r\n";
        var problems = new Problems();
        Assert.True(FormScan.TryRead(Encoding.UTF8.GetBytes(body), "b", out var scan, problems));
        Assert.Equal(("whisper-1", true, 7, 1), (scan.Model, scan.IsStream, scan.Size.TextBytes, scan.Size.Files));
    }

    [Fact]
    public void Has_neither_where_the_form_has_neither()
    {
        Assert.True(FormScan.TryRead(Encoding.UTF8.GetBytes(File("file", "RIFF") + "--b--"), "b", out var scan, new Problems()));
        Assert.Null(scan.Model);
        Assert.Null(scan.IsStream);
    }

    [Theory]
    [InlineData("model", "stands twice")]
    [InlineData("stream", "stands twice")]
    public void Refuses_a_field_that_two_could_read_differently(string name, string expected)
    {
        var (field, message) = Problem(Field(name, "a") + Field(name, "b") + "--b--");
        Assert.Equal((name, expected), (field, message));
    }

    [Fact]
    public void Refuses_a_model_that_is_a_file_or_too_long()
    {
        Assert.Equal(("model", "must be a short text"), Problem(File("model", "m") + "--b--"));
        Assert.Equal(("model", "must be a short text"), Problem(Field("model", new string('m', 1025)) + "--b--"));
    }

    [Fact]
    public void Refuses_what_is_no_form() => Assert.Equal("", Problem("x").Field);

    [Fact]
    public async Task Shows_guards_the_texts_of_a_form()
    {
        var body = Field("model", "m") + Field("prompt", "say this") + File("file", "RIFF") + "--b--";
        var exchange = LlmExchange.Of("/v1/audio/transcriptions", body, "multipart/form-data; boundary=b");
        var (call, _) = await LlmCall.OpenAsync(exchange, new Surface(Operation.Transcription, DialectName.OpenAiChat), 10_000);
        Assert.Equal("say this", Assert.Single(SpokenTexts.Of(call!, new Problems())!).Text);
        Assert.Equal("m", call!.ModelAsked);
    }

    static (string Field, string Message) Problem(string body)
    {
        var problems = new Problems();
        Assert.False(FormScan.TryRead(Encoding.UTF8.GetBytes(body), "b", out _, problems));
        return Assert.Single(problems.Found);
    }

    static string Field(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    static string File(string name, string value) =>
        $"--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\nContent-Type: audio/wav\r\n\r\n{value}\r\n";
}
