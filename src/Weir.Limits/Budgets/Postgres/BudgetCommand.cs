using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Weir.Limits;

/// <summary>The call of the function <c>weir_limits.budget</c>.</summary>
static class BudgetCommand
{
    /// <summary>SQLSTATE when the lines are not those of the reservation.</summary>
    public const string OtherLines = "WL001";

    /// <summary>Characters of an identity kept for people to read.</summary>
    const int LabelMax = 200;

    const string Sql = """
        SELECT outcome, units, line, uses
        FROM weir_limits.budget($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """;

    public static NpgsqlCommand Create(
        NpgsqlDataSource source, string operation, Guid id, ReadOnlySpan<BudgetLine> lines, UnitRange units, TimeSpan lease, DateTimeOffset now,
        TimeSpan clockSkewMax)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        var command = source.CreateCommand(Sql);
        Add(operation);
        Add(id);
        Add(nowMs);
        Add((long)lease.TotalMilliseconds);
        Add((long)IBudgetStore.LateSettleKept.TotalMilliseconds);
        Add((long)clockSkewMax.TotalMilliseconds);
        Add(units.Asked);
        Add(units.Least);
        AddEach(lines, KeyOf);
        AddEach(lines, LabelOf);
        AddEach(lines, line => line.Rule.Window.At(nowMs).StartMs);
        AddEach(lines, line => line.Rule.Window.At(nowMs).EndMs);
        AddEach(lines, static line => line.Rule.Window.IsSliding);
        AddEach(lines, static line => line.Rule.IsHard);
        AddEach(lines, static line => line.Rule.Kind == BudgetKind.Counted);
        AddEach(lines, static line => line.Rule.Limit);
        AddEach(lines, static line => line.Amount);
        AddEach(lines, static line => line.PerUnit);
        AddEach(lines, static line => line.Rule.AlertsText);
        return command;

        void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

        void AddEach<T>(ReadOnlySpan<BudgetLine> of, Func<BudgetLine, T> value)
        {
            var all = new T[of.Length];
            for (var i = 0; i < all.Length; i++) all[i] = value(of[i]);
            Add(all);
        }
    }

    // With the length of the scope: names may contain colons.
    static byte[] KeyOf(BudgetLine line) => SHA256.HashData(Encoding.UTF8.GetBytes($"{line.Key.Scope.Name.Length}:{line.Key}"));

    static string LabelOf(BudgetLine line)
    {
        var label = line.Key.ToString();
        // A text of PostgreSQL holds no NUL and no half of a surrogate pair.
        if (label.Length > LabelMax) label = label[..LabelMax];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(label.Replace('\0', ' ')));
    }
}
