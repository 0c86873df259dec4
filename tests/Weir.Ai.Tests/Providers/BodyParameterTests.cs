using System.Text;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class BodyParameterTests
{
    const string Form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\n"
        + "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n";

    [Theory]
    [InlineData("""{"model":"x"}""", """{"token":"k\"1","model":"x"}""")]
    [InlineData("""{ }""", """{"token":"k\"1" }""")]
    [InlineData("""{"model":"x","token":{"a":[1]},"n":1}""", """{"model":"x","token":"k\"1","n":1}""")]
    [InlineData("""{"token":1,"model":"x","tok\u0065n":2}""", """{"token":"k\"1","model":"x","tok\u0065n":"k\"1"}""")]
    [InlineData("""{"messages":[{"token":1}]}""", """{"token":"k\"1","messages":[{"token":1}]}""")]
    public void Sets_a_field_of_a_JSON_body_whatever_the_client_put_there(string body, string expected)
    {
        var draft = Draft("application/json; charset=utf-8", body);
        Assert.Null(Authorize(draft, "k\"1"));
        Assert.Equal(expected, Encoding.UTF8.GetString(draft.Body.Span));
    }

    [Theory]
    [InlineData("[1]", "no JSON object")]
    [InlineData("", "not JSON")]
    [InlineData("{\"a\":", "not JSON")]
    public void Says_why_a_body_cannot_carry_the_key(string body, string expected) =>
        Assert.Contains(expected, Authorize(Draft("application/json", body), "s3cret"), StringComparison.Ordinal);

    [Fact]
    public void Says_that_a_body_is_neither_JSON_nor_a_form() =>
        Assert.Contains("neither JSON nor a form", Authorize(Draft("text/plain", "x"), "s3cret"), StringComparison.Ordinal);

    [Fact]
    public void Adds_a_field_to_a_form()
    {
        var draft = Draft("multipart/form-data; boundary=b", Form);
        Assert.Null(Authorize(draft, "k"));
        Assert.Equal("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nk\r\n" + Form, Encoding.UTF8.GetString(draft.Body.Span));
    }

    [Fact]
    public void Says_that_a_form_is_broken() =>
        Assert.Contains("broken form", Authorize(Draft("multipart/form-data; boundary=b", "--b\r\n"), "s3cret"), StringComparison.Ordinal);

    static string? Authorize(CallDraft draft, string key)
    {
        var auth = new TargetAuth { ParamName = "token", ParamValue = key, ParamLocation = ParamLocation.Body };
        var authorized = new KeyAuthorizer(auth).AuthorizeAsync(draft);
        Assert.True(authorized.IsCompletedSuccessfully);
        Assert.Empty(draft.Query);
        return authorized.GetAwaiter().GetResult();
    }

    static CallDraft Draft(string type, string body)
    {
        var draft = new CallDraft { To = new UpstreamAddress(true, "example.com", 443), Path = "/", Body = Encoding.UTF8.GetBytes(body) };
        draft.Headers.Add(new("Content-Type", type));
        return draft;
    }
}
