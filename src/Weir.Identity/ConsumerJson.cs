using System.Buffers;
using System.Text.Json;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// Writes consumers as JSON for log records, unset fields left out. Texts share large blocks: a million small arrays would cost a quarter more.
/// </summary>
sealed class ConsumerJson : IDisposable
{
    public const int BlockBytes = 1 << 20;

    readonly int _blockBytes;

    readonly ArrayBufferWriter<byte> _text = new();
    readonly Utf8JsonWriter _writer;
    Memory<byte> _free;

    /// <param name="blockBytes">How much texts share; 0 when there will be few.</param>
    public ConsumerJson(int blockBytes = BlockBytes) => (_blockBytes, _writer) = (blockBytes, new Utf8JsonWriter(_text));

    public void Dispose() => _writer.Dispose();

    public ReadOnlyMemory<byte> Write(ConsumerConfig consumer)
    {
        _text.ResetWrittenCount();
        _writer.Reset();
        WriteFields(consumer);
        _writer.Flush();
        var length = _text.WrittenCount;
        if (_free.Length < length) _free = new byte[Math.Max(_blockBytes, length)];
        var kept = _free[..length];
        _free = _free[length..];
        _text.WrittenMemory.CopyTo(kept);
        return kept;
    }

    void WriteFields(ConsumerConfig consumer)
    {
        _writer.WriteStartObject();
        _writer.WriteString("id"u8, consumer.Id);
        if (consumer.Username is { } username) _writer.WriteString("username"u8, username);
        if (consumer.CustomId is { } customId) _writer.WriteString("custom_id"u8, customId);
        if (consumer.CreatedAt is { } createdAt) _writer.WriteNumber("created_at"u8, createdAt);
        if (consumer.UpdatedAt is { } updatedAt) _writer.WriteNumber("updated_at"u8, updatedAt);
        if (consumer.Tags is { Count: > 0 } tags)
        {
            _writer.WriteStartArray("tags"u8);
            foreach (var tag in tags) _writer.WriteStringValue(tag);
            _writer.WriteEndArray();
        }
        _writer.WriteEndObject();
    }
}
