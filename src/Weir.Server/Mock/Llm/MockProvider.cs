using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>What is the same for all that a provider offers: its keys, its way of reading fields, its errors.</summary>
abstract class MockProvider
{
    /// <summary>With --require-key, a key that starts like this is a wrong one.</summary>
    const string WrongKeyStart = "wrong";

    public abstract MockCheck NewCheck();

    /// <summary>The key that came, or null.</summary>
    protected abstract string? KeyOf(HttpRequest request);

    public abstract MockProblem NoKey { get; }

    public abstract JsonObject Error(MockProblem problem);

    public abstract MockProblem NoSuchModel(string model);

    /// <summary>Headers of every answer.</summary>
    public virtual void AddHeaders(HttpResponse response, string id)
    {
    }

    /// <summary>Headers of an error.</summary>
    public virtual void AddErrorHeaders(HttpResponse response, MockProblem problem)
    {
    }

    /// <summary>Why a request is refused for whom it comes from; null when it is not.</summary>
    public virtual Task<MockProblem?> RefusalAsync(HttpRequest request) => Task.FromResult(HasKey(request) ? null : NoKey);

    public bool HasKey(HttpRequest request) => KeyOf(request) is { Length: > 0 } key && !key.StartsWith(WrongKeyStart, StringComparison.Ordinal);

    protected static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value[7..].Trim() : null;
}
