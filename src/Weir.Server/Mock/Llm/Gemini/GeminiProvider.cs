using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Gemini's keys and errors; Vertex's, which takes a bearer token, too.</summary>
sealed class GeminiProvider : MockProvider
{
    public override MockProblem NoKey { get; } = new(401, "API key not valid. Please pass a valid API key.");

    public override MockCheck NewCheck() => new GeminiCheck();

    protected override string? KeyOf(HttpRequest request) =>
        request.Headers["x-goog-api-key"].ToString() is { Length: > 0 } key ? key : request.Query["key"].ToString() is { Length: > 0 } query
            ? query : Bearer(request);

    public override MockProblem NoSuchModel(string model) =>
        new(404, $"models/{model} is not found for API version v1beta, or is not supported for generateContent.");

    public override JsonObject Error(MockProblem problem)
    {
        var details = new JsonArray();
        if (problem.RetryAfter >= 0)
            details.Add(new JsonObject { ["@type"] = "type.googleapis.com/google.rpc.RetryInfo", ["retryDelay"] = $"{problem.RetryAfter}s" });
        var error = new JsonObject { ["code"] = problem.Status, ["message"] = problem.Message, ["status"] = StatusOf(problem.Status) };
        if (details.Count > 0) error["details"] = details;
        return new() { ["error"] = error };
    }

    static string StatusOf(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        >= 500 => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
}

/// <summary>Problems in Gemini's words.</summary>
sealed class GeminiCheck : MockCheck
{
    protected override string Missing(string path) => $"* GenerateContentRequest.{path}: {path} is not specified";

    protected override string WrongType(string path, string expected, JsonNode got) =>
        $"Invalid value at '{path}' ({(expected == "string" ? "TYPE_STRING" : expected == "boolean" ? "TYPE_BOOL" : expected)}), {got.ToJsonString()}";

    protected override string BadValue(string path, string got, IReadOnlyList<string> allowed) => $"Invalid value at '{path}', \"{got}\"";

    protected override string OutOfRange(string path, double got, double min, double max) =>
        $"Unable to submit request because it has a {path} value of {got} but the supported range is from {min} to {max}. Update the value and try again.";

    protected override string Unknown(string path)
    {
        var dot = path.LastIndexOf('.');
        var place = dot < 0 ? "" : $" at '{path[..dot]}'";
        return $"Invalid JSON payload received. Unknown name \"{path[(dot + 1)..]}\"{place}: Cannot find field.";
    }
}
