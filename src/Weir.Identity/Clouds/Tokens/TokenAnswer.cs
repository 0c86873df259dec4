using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Weir.Identity;

/// <summary>Answers of token endpoints (RFC 6749 sections 5.1 and 5.2).</summary>
static class TokenAnswer
{
    /// <summary>Longest life that is believed.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromDays(1);

    /// <summary>Life of a token whose answer does not tell.</summary>
    public static readonly TimeSpan LifeUnsaid = TimeSpan.FromMinutes(5);

    const int TokenCharsMax = 16 * 1024;

    // A server may echo what it was sent, in any field. Of what it says, only words that are known beforehand are passed on.
    static readonly FrozenSet<string> Errors = new[]
    {
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "access_denied",
        "invalid_resource", "identity_not_found", "temporarily_unavailable", "server_error", "interaction_required", "disabled_client", "deleted_client",
        "admin_policy_enforced", "org_internal", "slow_down",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The token, or what is wrong with the answer.</summary>
    public static Grant<IssuedToken> Read(ReadOnlyMemory<byte> json, DateTimeOffset asked)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Grant<IssuedToken>.None("it is no JSON object");
            if (!root.TryGetProperty("access_token", out var token) || token.ValueKind != JsonValueKind.String || token.GetString() is not { Length: > 0 } text)
                return Grant<IssuedToken>.None("it has no access_token");
            if (text.Length > TokenCharsMax || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
                return Grant<IssuedToken>.None("its access_token cannot stand in a header");
            if (root.TryGetProperty("token_type", out var type)
                && !(type.ValueKind == JsonValueKind.String && "Bearer".Equals(type.GetString(), StringComparison.OrdinalIgnoreCase)))
                return Grant<IssuedToken>.None("its token_type is not Bearer");
            if (LifeOf(root, asked) is not { } life) return Grant<IssuedToken>.None("its expires_in is no number of seconds above 0");
            return Grant<IssuedToken>.Of(new IssuedToken(text, asked, asked + life));
        }
        // The latter: text that is no valid UTF-16 once its escapes are undone.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Grant<IssuedToken>.None("it is not JSON");
        }
    }

    /// <summary>The error that an answer names, as <c>": invalid_client, AADSTS7000215"</c>; empty when it names none that is known.</summary>
    public static string ErrorOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.String) return "";
            if (error.GetString() is not { } name || !Errors.Contains(name)) return "";
            // Entra's own number says which of many causes it was.
            return root.TryGetProperty("error_codes", out var codes) && codes.ValueKind == JsonValueKind.Array && codes.GetArrayLength() > 0
                && codes[0].ValueKind == JsonValueKind.Number && codes[0].TryGetInt32(out var code) && code > 0
                ? string.Create(CultureInfo.InvariantCulture, $": {name}, AADSTS{code}")
                : $": {name}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    static TimeSpan? LifeOf(JsonElement root, DateTimeOffset asked)
    {
        if (root.TryGetProperty("expires_in", out var life)) return Believed(NumberOf(life));
        // Azure's App Service says the end instead.
        if (root.TryGetProperty("expires_on", out var end)) return Believed(NumberOf(end) - asked.ToUnixTimeSeconds());
        return LifeUnsaid;
    }

    static TimeSpan? Believed(double seconds) => seconds >= 1 ? TimeSpan.FromSeconds(Math.Min(seconds, LifeMax.TotalSeconds)) : null;

    // Azure's machine endpoint writes numbers as text.
    static double NumberOf(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.Number when field.TryGetDouble(out var number) => number,
        JsonValueKind.String when double.TryParse(field.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => 0,
    };
}
