using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Cohere's keys and errors.</summary>
sealed class CohereProvider : MockProvider
{
    public override MockProblem NoKey { get; } = new(401, "no api key supplied");

    public override MockCheck NewCheck() => new CohereCheck();

    protected override string? KeyOf(HttpRequest request) => Bearer(request);

    public override MockProblem NoSuchModel(string model) =>
        new(404, $"model '{model}' not found, make sure the correct model ID was used and that you have access to the model.");

    public override JsonObject Error(MockProblem problem) => new() { ["id"] = "00000000-0000-4000-8000-000000000000", ["message"] = problem.Message };
}

/// <summary>Problems in Cohere's words.</summary>
sealed class CohereCheck : MockCheck
{
    protected override string Missing(string path) => $"invalid request: {path} is required";

    protected override string WrongType(string path, string expected, JsonNode got) =>
        $"invalid type: parameter {path} is of type {KindOf(got)} but should be of type {expected}.";

    protected override string BadValue(string path, string got, IReadOnlyList<string> allowed) =>
        $"invalid request: {path} must be one of [{string.Join(", ", allowed)}], got '{got}'";

    protected override string OutOfRange(string path, double got, double min, double max) =>
        $"invalid request: {path} must be between {min} and {max} inclusive.";

    protected override string Unknown(string path) => $"invalid request: unknown field: parameter '{path}' is not a valid field.";
}
