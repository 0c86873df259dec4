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
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals(field);
            json.Read();
            if (!found)
            {
                json.Skip();
                continue;
            }
            if (json.TokenType == JsonTokenType.String) return json.GetString();
            return json.TokenType == JsonTokenType.StartObject ? IdIn(ref json) : null;
        }
        return null;
    }

    /// <summary>Whether a field at the top is set.</summary>
    public bool Has(string field)
    {
        var json = new Utf8JsonReader(Json.Span);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals(field);
            json.Read();
            if (found) return json.TokenType != JsonTokenType.Null;
            json.Skip();
        }
        return false;
    }

    /// <summary>The id that a reference names; null when unset.</summary>
    public Guid? Reference(string field) => Guid.TryParseExact(Text(field), "D", out var id) ? id : null;

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

    static string? IdIn(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals("id");
            json.Read();
            if (found) return json.TokenType == JsonTokenType.String ? json.GetString() : null;
            json.Skip();
        }
        return null;
    }
}
