using System.Buffers;
using System.Text;

namespace Weir.Ai.Tests;

public sealed class OpenAiErrorsTests
{
    [Theory]
    [InlineData(
        401, """{"error":{"message":"bad key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", LlmErrorKind.Authentication,
        "bad key", "invalid_api_key")]
    [InlineData(
        400, """{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""",
        LlmErrorKind.TooLarge, "too long", "context_length_exceeded")]
    [InlineData(429, """{"error":{"message":"slow","type":"tokens","code":"rate_limit_exceeded"}}""", LlmErrorKind.RateLimit, "slow", "rate_limit_exceeded")]
    [InlineData(
        429, """{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}""", LlmErrorKind.Quota, "pay",
        "insufficient_quota")]
    [InlineData(
        400, """{"error":{"message":"filtered","code":"content_filter","status":400,"innererror":{}}}""", LlmErrorKind.ContentFilter, "filtered",
        "content_filter")]
    [InlineData(
        404, """{"error":{"message":"no model","type":"invalid_request_error","code":"model_not_found"}}""", LlmErrorKind.NotFound, "no model",
        "model_not_found")]
    [InlineData(
        400, """{"error":{"message":"This model's maximum context length is 8192 tokens","type":"BadRequestError","code":400}}""",
        LlmErrorKind.TooLarge, "This model's maximum context length is 8192 tokens", "400")]
    [InlineData(500, """{"error":"it broke"}""", LlmErrorKind.Provider, "it broke", null)]
    [InlineData(404, """{"detail":"Not Found"}""", LlmErrorKind.NotFound, "Not Found", null)]
    [InlineData(422, """{"detail":[{"msg":"field required"}]}""", LlmErrorKind.InvalidRequest, """[{"msg":"field required"}]""", null)]
    [InlineData(429, """{"message":"Requests rate limit exceeded","request_id":"x"}""", LlmErrorKind.RateLimit, "Requests rate limit exceeded", null)]
    [InlineData(400, """{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}""", LlmErrorKind.InvalidRequest, "m", "400")]
    [InlineData(
        400, """[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]""", LlmErrorKind.InvalidRequest,
        "API key not valid", "400")]
    [InlineData(503, "\"busy\"", LlmErrorKind.Overloaded, "busy", null)]
    [InlineData(502, "<html><h1>502 Bad Gateway</h1></html>", LlmErrorKind.Provider, "the provider answered with status 502", null)]
    [InlineData(500, "", LlmErrorKind.Provider, "the provider answered with status 500", null)]
    [InlineData(529, "upstream sent garbage", LlmErrorKind.Overloaded, "upstream sent garbage", null)]
    [InlineData(402, """{"error":{}}""", LlmErrorKind.Quota, "the provider answered with status 402", null)]
    [InlineData(403, "{\"error\":", LlmErrorKind.Permission, "{\"error\":", null)]
    [InlineData(400, "[]", LlmErrorKind.InvalidRequest, "[]", null)]
    public void Reads_errors_in_every_form(int status, string body, object kind, string message, string? code)
    {
        var error = OpenAiErrors.Read(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, status, message, code), ((object)error.Kind, error.Status, error.Message, error.Code));
    }

    [Fact]
    public void Shows_no_more_than_the_beginning_of_a_long_text() =>
        Assert.Equal(new string('x', 300), OpenAiErrors.Read(500, Encoding.UTF8.GetBytes(new string('x', 100_000))).Message);

    [Theory]
    [InlineData(LlmErrorKind.InvalidRequest, "invalid_request_error", "null")]
    [InlineData(LlmErrorKind.Authentication, "invalid_request_error", "\"invalid_api_key\"")]
    [InlineData(LlmErrorKind.Permission, "permission_error", "null")]
    [InlineData(LlmErrorKind.NotFound, "invalid_request_error", "\"model_not_found\"")]
    [InlineData(LlmErrorKind.TooLarge, "invalid_request_error", "\"context_length_exceeded\"")]
    [InlineData(LlmErrorKind.RateLimit, "requests", "\"rate_limit_exceeded\"")]
    [InlineData(LlmErrorKind.Quota, "insufficient_quota", "\"insufficient_quota\"")]
    [InlineData(LlmErrorKind.ContentFilter, "invalid_request_error", "\"content_filter\"")]
    [InlineData(LlmErrorKind.Provider, "server_error", "null")]
    [InlineData(LlmErrorKind.Overloaded, "server_error", "\"server_overloaded\"")]
    [InlineData(LlmErrorKind.Timeout, "server_error", "\"timeout\"")]
    public void Writes_errors_with_OpenAIs_types(object kind, string type, string code)
    {
        var output = new ArrayBufferWriter<byte>();
        new OpenAiChatDialect().WriteError(new LlmError((LlmErrorKind)kind, 400, "say \"x\"") { Param = "p" }, output);
        Assert.Equal(
            $$$"""{"error":{"message":"say \"x\"","type":"{{{type}}}","param":"p","code":{{{code}}}}}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
