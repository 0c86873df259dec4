using System.Buffers;
using System.Text.Json;

namespace Weir.Config;

/// <summary>Writes nodes as JSON, typed as they were written.</summary>
static class NodeJson
{
    public static void Write(Utf8JsonWriter json, Node node)
    {
        switch (node)
        {
            case MapNode map:
                json.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }
                json.WriteEndObject();
                break;
            case ListNode list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case ScalarNode scalar:
                WriteScalar(json, scalar);
                break;
        }
    }

    /// <summary>The node as JSON text, for keys and hashes.</summary>
    public static byte[] Bytes(Node node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        Write(json, node);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    static void WriteScalar(Utf8JsonWriter json, ScalarNode scalar)
    {
        switch (scalar.Kind)
        {
            case ScalarKind.Null:
                json.WriteNullValue();
                break;
            case ScalarKind.Boolean:
                json.WriteBooleanValue(scalar.Text == "true");
                break;
            case ScalarKind.Integer when Scalars.TryInteger(scalar.Text, out var integer):
                json.WriteNumberValue(integer);
                break;
            case ScalarKind.Integer or ScalarKind.Number when Scalars.TryNumber(scalar.Text, out var number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }
}
