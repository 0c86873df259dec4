using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>OpenAI's keys and errors; also Azure's, which takes the key in a header of its own.</summary>
sealed class OpenAiProvider : MockProvider
{
    public override MockProblem NoKey { get; } = new(401, "Incorrect API key provided.", null, "invalid_api_key");

    public override MockCheck NewCheck() => new OpenAiCheck();

    protected override string? KeyOf(HttpRequest request) => Bearer(request) ?? request.Headers["api-key"];

    public override MockProblem NoSuchModel(string model) =>
        new(404, $"The model `{model}` does not exist or you do not have access to it.", null, "model_not_found");

    public override void AddHeaders(HttpResponse response, string id)
    {
        response.Headers["x-request-id"] = "req_" + id;
        response.Headers["openai-processing-ms"] = "1";
    }

    public override JsonObject Error(MockProblem problem)
    {
        var (type, code) = problem.Status switch
        {
            429 => ("requests", "rate_limit_exceeded"),
            401 => ("invalid_request_error", "invalid_api_key"),
            503 => ("service_unavailable_error", null),
            >= 500 => ("server_error", (string?)null),
            _ => ("invalid_request_error", null),
        };
        var error = new JsonObject { ["message"] = problem.Message, ["type"] = type, ["param"] = problem.Param, ["code"] = problem.Code ?? code };
        return new() { ["error"] = error };
    }
}

/// <summary>Problems in OpenAI's words.</summary>
sealed class OpenAiCheck : MockCheck
{
    protected override string Missing(string path) => $"Missing required parameter: '{path}'.";

    protected override string WrongType(string path, string expected, System.Text.Json.Nodes.JsonNode got) =>
        $"Invalid type for '{path}': expected {Article(expected)}, but got {Article(KindOf(got))} instead.";

    protected override string BadValue(string path, string got, IReadOnlyList<string> allowed)
    {
        var names = allowed.Select(static name => $"'{name}'").ToList();
        var list = names.Count < 2 ? names[0] : string.Join(", ", names[..^1]) + $", and {names[^1]}";
        return $"Invalid value: '{got}'. Supported values are: {list}.";
    }

    protected override string OutOfRange(string path, double got, double min, double max) => got < min
        ? $"Invalid '{path}': decimal below minimum value. Expected a value >= {min}, but got {got} instead."
        : $"Invalid '{path}': decimal above maximum value. Expected a value <= {max}, but got {got} instead.";

    protected override string Unknown(string path) => $"Unknown parameter: '{path}'.";

    static string Article(string kind) => kind[0] is 'a' or 'e' or 'i' or 'o' ? $"an {kind}" : $"a {kind}";
}
