using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Bedrock's credentials (a signature of version 4, or a bearer key) and errors.</summary>
sealed class BedrockProvider : MockProvider
{
    public override MockProblem NoKey { get; } = new(403, "The security token included in the request is invalid.", null, "UnrecognizedClientException");

    static MockProblem WrongSignature { get; } = new(
        403,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
        null,
        "InvalidSignatureException");

    public override MockCheck NewCheck() => new BedrockCheck();

    protected override string? KeyOf(HttpRequest request) => BedrockSignature.IsSigned(request) ? BedrockSignature.KeyOf(request) : Bearer(request);

    public override async Task<MockProblem?> RefusalAsync(HttpRequest request)
    {
        if (!HasKey(request)) return NoKey;
        if (!BedrockSignature.IsSigned(request)) return null;
        request.EnableBuffering();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return BedrockSignature.IsGood(request, body.GetBuffer().AsSpan(0, (int)body.Length)) ? null : WrongSignature;
    }

    public override MockProblem NoSuchModel(string model) => new(400, "The provided model identifier is invalid.");

    public override void AddHeaders(HttpResponse response, string id) => response.Headers["x-amzn-RequestId"] = id;

    public override void AddErrorHeaders(HttpResponse response, MockProblem problem) =>
        response.Headers["x-amzn-ErrorType"] = TypeOf(problem) + ":http://internal.amazon.com/coral/com.amazon.bedrock/";

    public override JsonObject Error(MockProblem problem) => new() { ["message"] = problem.Message };

    public static string TypeOf(MockProblem problem) => problem.Status switch
    {
        401 => "UnrecognizedClientException",
        403 => problem.Code ?? "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        >= 500 => "InternalServerException",
        _ => "ValidationException",
    };
}

/// <summary>Problems in Bedrock's words.</summary>
sealed class BedrockCheck : MockCheck
{
    protected override string Missing(string path) =>
        $"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null";

    protected override string WrongType(string path, string expected, JsonNode got) =>
        $"Malformed input request: #/{path}: expected type: {expected}, found: {KindOf(got)}";

    protected override string BadValue(string path, string got, IReadOnlyList<string> allowed) =>
        $"1 validation error detected: Value '{got}' at '{path}' failed to satisfy constraint: "
        + $"Member must satisfy enum value set: [{string.Join(", ", allowed)}]";

    protected override string OutOfRange(string path, double got, double min, double max) => got < min
        ? $"1 validation error detected: Value '{got}' at '{path}' failed to satisfy constraint: Member must have value greater than or equal to {min}"
        : $"1 validation error detected: Value '{got}' at '{path}' failed to satisfy constraint: Member must have value less than or equal to {max}";

    protected override string Unknown(string path) =>
        $"Malformed input request: extraneous key [{path}] is not permitted, please reformat your input and try again.";
}
