using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Control;

/// <summary>
/// A signed statement of what the end of a journal was at a time. Kept where those who write the journal cannot reach it, it proves that nothing before that
/// end was changed since: whoever has it and the public key needs to trust nobody.
/// </summary>
/// <param name="Format">What is signed, and how: <see cref="FormatName"/>.</param>
/// <param name="Revision">The last revision then.</param>
/// <param name="Hash">Its hash, in hexadecimal digits.</param>
/// <param name="At">When, by the clock of the node that signed.</param>
/// <param name="Key">Id of the key: <see cref="CheckpointKey.Id"/>.</param>
/// <param name="Signature">ECDSA over P-256 and SHA-256 (IEEE P1363 form), in base64.</param>
sealed record Checkpoint(string Format, long Revision, string Hash, DateTimeOffset At, string Key, string Signature)
{
    /// <summary>The lines "weir-checkpoint-1", revision, hash, time and key, each ended by a line feed, are signed.</summary>
    public const string FormatName = "weir-checkpoint-1";

    /// <summary>What is signed.</summary>
    [JsonIgnore]
    public byte[] Signed => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Format}\n{Revision}\n{Hash}\n{At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n{Key}\n"));

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Checkpoint Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var checkpoint = JsonSerializer.Deserialize(json, CheckpointJson.Default.Checkpoint) ?? throw new FormatException("is null");
            if (checkpoint.Format != FormatName) throw new FormatException($"has the format '{checkpoint.Format}'; {FormatName} was expected");
            return checkpoint;
        }
        catch (JsonException broken)
        {
            throw new FormatException("is no checkpoint: " + broken.Message, broken);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.Checkpoint);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Checkpoint))]
sealed partial class CheckpointJson : JsonSerializerContext;
