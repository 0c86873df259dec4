using System.Text.Json;

namespace Weir.Control;

/// <summary>An entity as it stands in the state.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, unique among its kind.</param>
/// <param name="Json">The whole entity as the Admin API shows it: UTF-8, every field, references by id.</param>
/// <param name="Revision">The transaction that wrote it last.</param>
sealed record Stored(ControlKind Kind, Guid Id, ReadOnlyMemory<byte> Json, long Revision)
{
    /// <summary>Its name in the sense of its kind, or null.</summary>
    public string? Name => Kind.NameField.Length > 0 ? Text(Kind.NameField) : null;

    /// <summary>A text at the top, or the id of a reference; null when unset.</summary>
    public string? Text(string field)
    {
        var json = new Utf8JsonReader(Json.Span);
        return json.Read() && SeekText(ref json, field) ? json.GetString() : null;
    }

    /// <summary>Whether a field at the top is set.</summary>
    public bool Has(string field)
    {
        var json = new Utf8JsonReader(Json.Span);
        return json.Read() && Seek(ref json, field) && json.TokenType != JsonTokenType.Null;
    }

    /// <summary>The id that a reference names; null when unset.</summary>
    public Guid? Reference(string field)
    {
        var json = new Utf8JsonReader(Json.Span);
        return json.Read() && SeekText(ref json, field) && json.TryGetGuid(out var id) ? id : null;
    }

    /// <summary>The values of a unique key as one text; null when the entity can clash with none.</summary>
    public string? KeyOf(UniqueKey key)
    {
        if (key.Fields.Count == 1) return Text(key.Fields[0]);
        var values = key.Fields.Select(Text).ToList();
        return key.NullsCount || values.TrueForAll(static value => value is not null) ? string.Join('\u001f', values) : null;
    }

    public IEnumerable<string> Tags()
    {
        using var json = JsonDocument.Parse(Json);
        if (!json.RootElement.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array) return [];
        return [.. tags.EnumerateArray().Select(static tag => tag.GetString() ?? "")];
    }

    /// <summary>To a text, or to the id of a reference.</summary>
    static bool SeekText(ref Utf8JsonReader json, string field)
    {
        if (!Seek(ref json, field)) return false;
        if (json.TokenType == JsonTokenType.StartObject && !Seek(ref json, "id")) return false;
        return json.TokenType == JsonTokenType.String;
    }

    /// <summary>From the start of a record to the value of a field.</summary>
    static bool Seek(ref Utf8JsonReader json, string field)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals(field);
            json.Read();
            if (found) return true;
            json.Skip();
        }
        return false;
    }
}
