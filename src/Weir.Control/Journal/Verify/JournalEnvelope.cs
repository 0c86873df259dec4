using System.Text.Json;

namespace Weir.Control;

/// <summary>What is said of a transaction beside its changes.</summary>
/// <param name="Revision">The number that the payload gives itself; 0 when it gives none.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Changes">How many entities it changed.</param>
sealed record JournalEnvelope(long Revision, string At, string Actor, string Reason, int Changes)
{
    /// <summary>Reads a payload; null when it is no JSON object.</summary>
    public static JournalEnvelope? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var changes = root.TryGetProperty("changes", out var list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
            var revision = root.TryGetProperty("revision", out var number) && number.TryGetInt64(out var value) ? value : 0;
            return new JournalEnvelope(revision, Text(root, "at"), Text(root, "actor"), Text(root, "reason"), changes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
