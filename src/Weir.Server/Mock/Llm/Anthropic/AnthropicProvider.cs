using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Anthropic's keys and errors.</summary>
sealed class AnthropicProvider : MockProvider
{
    public override MockProblem NoKey { get; } = new(401, "invalid x-api-key");

    public override MockCheck NewCheck() => new AnthropicCheck();

    protected override string? KeyOf(HttpRequest request) => request.Headers["x-api-key"].ToString() is { Length: > 0 } key ? key : Bearer(request);

    public override MockProblem NoSuchModel(string model) => new(404, $"model: {model}");

    public override void AddHeaders(HttpResponse response, string id)
    {
        response.Headers["request-id"] = "req_" + id;
        response.Headers["anthropic-organization-id"] = "00000000-0000-4000-8000-000000000000";
    }

    public override JsonObject Error(MockProblem problem) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = TypeOf(problem.Status), ["message"] = problem.Message },
        ["request_id"] = null,
    };

    static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        503 or 529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}

/// <summary>Problems in Anthropic's words.</summary>
sealed class AnthropicCheck : MockCheck
{
    protected override string Missing(string path) => $"{Dotted(path)}: Field required";

    protected override string WrongType(string path, string expected, JsonNode got) => $"{Dotted(path)}: Input should be a valid {expected switch
    {
        "array" => "list",
        "object" => "dictionary",
        _ => expected,
    }}";

    protected override string BadValue(string path, string got, IReadOnlyList<string> allowed) =>
        $"{Dotted(path)}: Input should be {string.Join(" or ", allowed.Select(static name => $"'{name}'"))}";

    protected override string OutOfRange(string path, double got, double min, double max) => got < min
        ? $"{Dotted(path)}: Input should be greater than or equal to {min}"
        : $"{Dotted(path)}: Input should be less than or equal to {max}";

    protected override string Unknown(string path) => $"{Dotted(path)}: Extra inputs are not permitted";

    static string Dotted(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
}
