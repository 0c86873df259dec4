using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Proves to a provider who calls, on each call.</summary>
interface IAuthorizer
{
    /// <summary>
    /// Adds what the provider wants to see to a call that is otherwise complete. Null when it is done, or why it cannot be done, in words for the log
    /// without any secret.
    /// </summary>
    ValueTask<string?> AuthorizeAsync(CallDraft draft);
}

/// <summary>A call to a provider before it is sent.</summary>
sealed class CallDraft
{
    public required UpstreamAddress To { get; init; }

    public string Method { get; init; } = "POST";

    public required string Path { get; init; }

    public string Query { get; set; } = "";

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public ReadOnlyMemory<byte> Body { get; set; }
}

/// <summary>A key in a header or a parameter, as Kong's auth block says it.</summary>
sealed class KeyAuthorizer(TargetAuth auth) : IAuthorizer
{
    public ValueTask<string?> AuthorizeAsync(CallDraft draft)
    {
        if (auth is { HeaderName: { } header, HeaderValue: { } value }) draft.Headers.Add(new(header, value));
        if (auth is not { ParamName: { } name, ParamValue: { } key }) return default;
        if (auth.ParamLocation == ParamLocation.Body) return new(BodyParameter.Set(draft, name, key));
        draft.Query += $"{(draft.Query.Length == 0 ? '?' : '&')}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(key)}";
        return default;
    }
}
