using System.Globalization;
using System.Text.Json;

namespace Weir.Identity;

/// <summary>The answers of the machine: AWS's metadata service and that of its containers.</summary>
static class AwsKeyAnswer
{
    /// <summary>The key, or what is wrong with the answer.</summary>
    public static Grant<AwsSession> Read(ReadOnlyMemory<byte> json, DateTimeOffset asked)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Grant<AwsSession>.None("it is no JSON object");
            return Session(TextOf(root, "AccessKeyId"), TextOf(root, "SecretAccessKey"), TextOf(root, "Token"), TextOf(root, "Expiration"), asked);
        }
        // The latter: text that is no valid UTF-16 once its escapes are undone.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Grant<AwsSession>.None("it is not JSON");
        }
    }

    /// <summary>A session of these parts, or which of them is no good.</summary>
    public static Grant<AwsSession> Session(string? id, string? secret, string? token, string? expiration, DateTimeOffset asked)
    {
        if (!IsPlain(id)) return Grant<AwsSession>.None("it has no AccessKeyId");
        if (string.IsNullOrEmpty(secret)) return Grant<AwsSession>.None("it has no SecretAccessKey");
        if (!IsPlain(token)) return Grant<AwsSession>.None("it has no session token");
        if (!DateTimeOffset.TryParse(expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            return Grant<AwsSession>.None("its Expiration is no time");
        return end <= asked
            ? Grant<AwsSession>.None("its key has expired")
            : Grant<AwsSession>.Of(new AwsSession(new AwsCredentials(id!, secret, token), asked, end));
    }

    /// <summary>It can stand in a header.</summary>
    static bool IsPlain(string? text) => !string.IsNullOrEmpty(text) && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;
}
