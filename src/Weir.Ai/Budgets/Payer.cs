namespace Weir.Ai;

/// <summary>
/// Whom a call is charged to, as the credential says that it came with: the levels of an organisation, outermost first, and the budgets that were named for
/// it. Set once per exchange by the plugin that proves the credential; what the client itself says counts only where the credential leaves a level open.
/// </summary>
sealed record Payer
{
    public string? Organisation { get; init; }

    public string? Project { get; init; }

    public string? Team { get; init; }

    public string? User { get; init; }

    /// <summary>Id of the virtual key; never the key.</summary>
    public string? Key { get; init; }

    public string? Agent { get; init; }

    public string? Session { get; init; }

    /// <summary>Names of the budgets that the credential was given, beside those that its levels are subject to.</summary>
    public IReadOnlyList<string> Budgets { get; init; } = [];

    /// <summary>The payer of this exchange; null when no credential names one.</summary>
    public static Payer? Of(Exchange exchange) => exchange.FindState(Seat.Instance) as Payer;

    /// <summary>Makes this the payer of the exchange.</summary>
    public void PaysFor(Exchange exchange) => exchange.SetState(Seat.Instance, this);

    /// <summary>The place of the payer among the exchange's states, which belong to plugins.</summary>
    sealed class Seat : IPlugin
    {
        public static readonly Seat Instance = new();
    }
}
