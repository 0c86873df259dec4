using System.Globalization;

namespace Weir.Telemetry;

/// <summary>What usage can be divided by: a name and what a record says for it.</summary>
/// <param name="Name">Name on the command line and in the output.</param>
/// <param name="Of">The value of a record; null where it has none.</param>
sealed record UsageDimension(string Name, Func<UsageRecord, string?> Of)
{
    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<UsageDimension> All { get; } =
    [
        new("consumer", static record => record.Consumer),
        new("credential", static record => record.Credential),
        new("group", static record => record.Group),
        new("organisation", static record => record.Organisation),
        new("project", static record => record.Project),
        new("team", static record => record.Team),
        new("user", static record => record.User),
        new("key", static record => record.Key),
        new("agent", static record => record.Agent),
        new("session", static record => record.Session),
        new("route", static record => record.Route),
        new("provider", static record => record.Provider),
        new("model", static record => record.ModelServed ?? record.ModelAsked),
        new("model_asked", static record => record.ModelAsked),
        new("service_tier", static record => record.ServiceTier),
        new("mirror", static record => record.IsMirror ? "yes" : "no"),
        new("outcome", static record => record.Outcome),
        new("status", static record => record.Status.ToString(CultureInfo.InvariantCulture)),
        new("price_state", static record => record.PriceState),
        new("currency", static record => record.Currency),
        new("month", static record => record.Time.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture)),
        new("day", static record => record.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        new("hour", static record => record.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture)),
    ];

    /// <summary>The dimension of a name; null for an unknown one.</summary>
    public static UsageDimension? Find(string name) => All.FirstOrDefault(each => each.Name == name);
}
