using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Config;

/// <summary>Rules of virtual keys: hashes and moments that can be read, no key twice, models and budgets that exist.</summary>
static partial class VirtualKeyChecks
{
    const string HashForm = "expected sha256: and 64 hexadecimal digits, as `weir keys new` prints it; never the key itself";

    static readonly string[] s_timeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    public static void Check(Collector collected, Report report)
    {
        var models = collected.Parsed<AiModelConfig>(EntityKinds.AiModels).ToList();
        var names = models.SelectMany(static model => new[] { model.Entity.Name, model.Entity.Asked() }).ToHashSet(StringComparer.Ordinal);
        var open = models.Where(static model => model.Entity.Access is not { VirtualKeys: true })
            .SelectMany(static model => new[] { model.Entity.Name, model.Entity.Asked() }).ToHashSet(StringComparer.Ordinal);
        var budgets = collected.Parsed<BudgetConfig>(EntityKinds.Budgets).Select(static budget => budget.Entity.Name).ToHashSet(StringComparer.Ordinal);
        var hashes = new Dictionary<string, Row>(StringComparer.OrdinalIgnoreCase);
        foreach (var (row, key) in collected.Parsed<VirtualKeyConfig>(EntityKinds.VirtualKeys))
        {
            CheckHash(row, key.Hash, "hash", hashes, report);
            CheckTime(row, key.ExpiresAt, "expires_at", report);
            CheckTime(row, key.RevokedAt, "revoked_at", report);
            for (var i = 0; i < key.Previous?.Count; i++)
            {
                CheckHash(row, key.Previous[i].Hash, $"previous[{i}].hash", hashes, report);
                CheckTime(row, key.Previous[i].ExpiresAt, $"previous[{i}].expires_at", report);
            }
            for (var i = 0; i < key.Budgets?.Count; i++)
                if (!budgets.Contains(key.Budgets[i]))
                    report.Error(row, $"budgets[{i}]", $"there is no budget '{key.Budgets[i]}' in this document{Suggestion.For(key.Budgets[i], budgets)}");
            for (var i = 0; i < key.Models?.Count && names.Count > 0; i++)
            {
                if (!names.Contains(key.Models[i]))
                    report.Error(row, $"models[{i}]", $"there is no model '{key.Models[i]}' in this document{Suggestion.For(key.Models[i], names)}");
                else if (open.Contains(key.Models[i]))
                    report.Warning(row, $"models[{i}]",
                        $"'{key.Models[i]}' may be called without any key; access.virtual_keys: true of the model asks for one");
            }
        }
    }

    /// <summary>The moment of a text, or null. A day means its beginning, and everything is UTC unless it says otherwise.</summary>
    public static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParseExact(
            text, s_timeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    static void CheckHash(Row row, string hash, string field, Dictionary<string, Row> hashes, Report report)
    {
        if (!Hash().IsMatch(hash)) report.Error(row, field, HashForm);
        else if (!hashes.TryAdd(hash, row)) report.Error(row, field, $"must be unique, but {hashes[hash].Label} has this key too");
    }

    static void CheckTime(Row row, string? text, string field, Report report)
    {
        if (text is not null && TimeOf(text) is null)
            report.Error(row, field, $"expected a day or a moment such as 2027-01-31 or 2027-01-31T12:00:00Z, found '{text}'");
    }

    [GeneratedRegex("^sha256:[0-9a-fA-F]{64}$")]
    private static partial Regex Hash();
}
