using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Fields that nobody knows, into and out of objects.</summary>
static class ExtraFields
{
    /// <summary>An object of fields.</summary>
    public static JsonText ObjectOf(IReadOnlyList<Extra> fields)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, WireText.Options))
        {
            writer.WriteStartObject();
            WriteFields(writer, fields);
            writer.WriteEndObject();
        }
        return new JsonText(json.WrittenMemory);
    }

    public static void WriteFields(Utf8JsonWriter writer, IReadOnlyList<Extra> fields)
    {
        foreach (var field in fields)
        {
            writer.WritePropertyName(field.Name);
            field.Value.WriteTo(writer);
        }
    }

    /// <summary>The value of the extra with that name; null for none.</summary>
    public static JsonText? Find(IReadOnlyList<Extra> extras, string name)
    {
        foreach (var extra in extras)
            if (extra.Name == name) return extra.Value;
        return null;
    }

    /// <summary>Writes the fields of an object into the object that is being written; nothing when it is not one.</summary>
    public static void WriteFieldsOf(Utf8JsonWriter writer, JsonText value)
    {
        using var document = LooseJson.Parse(value.Utf8);
        if (document?.RootElement.ValueKind != JsonValueKind.Object) return;
        foreach (var field in document.RootElement.EnumerateObject()) field.WriteRaw(writer);
    }

    /// <summary>Writes the items of an array into the array that is being written; nothing when it is not one.</summary>
    public static void WriteItemsOf(Utf8JsonWriter writer, JsonText value)
    {
        using var document = LooseJson.Parse(value.Utf8);
        if (document?.RootElement.ValueKind != JsonValueKind.Array) return;
        foreach (var item in document.RootElement.EnumerateArray()) item.WriteRaw(writer);
    }
}
