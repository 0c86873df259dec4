namespace Weir.Telemetry;

/// <summary>Usage by any dimensions.</summary>
sealed class UsageReport(IReadOnlyList<UsageDimension> by, IReadOnlyList<(UsageDimension Dimension, string Value)> where)
{
    /// <summary>Most rows kept: a dimension such as the session can have any number. What comes after is added up in one row.</summary>
    public const int RowsMax = 100_000;

    /// <summary>Shown where a record says nothing for a dimension.</summary>
    public const string None = "-";

    /// <summary>Values of the row that takes what found no room.</summary>
    public const string Rest = "(rest)";

    readonly Dictionary<string, UsageTotals> _rows = new(StringComparer.Ordinal);

    /// <summary>The dimensions, in the order of the values of each row.</summary>
    public IReadOnlyList<UsageDimension> By => by;

    /// <summary>The dearest first; of equal cost, those with more tokens, then by name.</summary>
    public IReadOnlyList<UsageTotals> Rows =>
    [
        .. _rows.Values.OrderByDescending(static row => row.Cost).ThenByDescending(static row => row.Input + row.Output)
            .ThenBy(static row => string.Join('\0', row.Values), StringComparer.Ordinal),
    ];

    /// <summary>Sums over all rows, one for each currency.</summary>
    public IReadOnlyList<UsageTotals> Totals => [.. _totals.Values.OrderByDescending(static row => row.Cost)];

    readonly Dictionary<string, UsageTotals> _totals = new(StringComparer.Ordinal);

    public void Add(UsageRecord record)
    {
        foreach (var (dimension, value) in where)
            if ((dimension.Of(record) ?? None) != value) return;
        var currency = record.Currency ?? "";
        Find(_totals, currency, [], currency).Add(record);
        string[] values = [.. by.Select(dimension => dimension.Of(record) ?? None)];
        var key = string.Join('\0', values) + '\0' + currency;
        if (_rows.Count >= RowsMax && !_rows.ContainsKey(key))
        {
            Array.Fill(values, Rest);
            key = Rest + '\0' + currency;
        }
        Find(_rows, key, values, currency).Add(record);
    }

    static UsageTotals Find(Dictionary<string, UsageTotals> rows, string key, string[] values, string currency)
    {
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new UsageTotals { Values = values, Currency = currency });
        return row;
    }
}
