using System.Buffers;
using System.Text.Json;

namespace Weir.Gateway.Plugins;

/// <summary>A key as a member of a JSON object. Only text counts; a list or an object in its place is as ambiguous as a repeated name.</summary>
sealed class JsonBody(ReadOnlyMemory<byte> bytes) : KeyBody
{
    public override Presence Find(string name, out ReadOnlySpan<char> value)
    {
        value = default;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return Presence.Absent;
            var presence = Presence.Absent;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (!member.NameEquals(name)) continue;
                if (presence != Presence.Absent || member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object) return Presence.Repeated;
                if (member.Value.ValueKind != JsonValueKind.String) continue;
                value = member.Value.GetString();
                presence = Presence.Once;
            }
            return presence;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-16, such as a lone surrogate escape.
            return Presence.Absent;
        }
    }

    public override ReadOnlyMemory<byte>? Without(string name)
    {
        try
        {
            return Remove(name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    ReadOnlyMemory<byte>? Remove(string name)
    {
        var reader = new Utf8JsonReader(bytes.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var members = new List<Range>();
        var removed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isNamed = reader.ValueTextEquals(name);
            reader.Read();
            reader.Skip();
            if (isNamed) removed = true;
            else members.Add(start..(int)reader.BytesConsumed);
        }
        if (!removed) return null;
        var rest = new ArrayBufferWriter<byte>(bytes.Length);
        rest.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0) rest.Write(","u8);
            rest.Write(bytes.Span[members[i]]);
        }
        rest.Write("}"u8);
        return rest.WrittenMemory;
    }
}
