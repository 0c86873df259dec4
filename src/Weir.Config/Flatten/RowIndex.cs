namespace Weir.Config;

/// <summary>Rows of one kind by id and by name.</summary>
sealed class RowIndex
{
    readonly Dictionary<string, Row> _byId = new(StringComparer.Ordinal);
    readonly Dictionary<string, Row> _byName = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Adds a row; the earlier row with the same id, or null.</summary>
    public Row? AddId(Row row) => _byId.TryAdd(row.Id, row) ? null : _byId[row.Id];

    /// <summary>Adds a row under a name; the earlier row with that name, or null.</summary>
    public Row? AddName(string name, Row row) => _byName.TryAdd(name, row) ? null : _byName[name];

    public Row? ById(string id) => _byId.GetValueOrDefault(id);

    public Row? ByName(string name) => _byName.GetValueOrDefault(name);

    public Row? ByIdOrName(string text) => (TextFormats.IsUuid(text) ? ById(text) : null) ?? ByName(text);
}
