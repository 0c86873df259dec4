using System.Runtime.CompilerServices;

namespace Weir.Ai;

/// <summary>
/// The price of each component: of a million tokens, a thousand searches, one call. A kind of input without a price of its own costs what input costs, a kind
/// of output what output costs. Immutable.
/// </summary>
sealed class ComponentPrices
{
    /// <summary>Highest price that is believed; with <see cref="Factor.Most"/> and <see cref="CostSheet.QuantityMax"/> no sum can overflow.</summary>
    public static readonly Nano Most = new(10_000 * Nano.PerOne);

    readonly Row _prices;

    public ComponentPrices(ReadOnlySpan<(CostComponent Component, Nano Price)> prices)
    {
        foreach (var (component, price) in prices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(price.Units, nameof(prices));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(price, Most, nameof(prices));
            _prices[(int)component] = price;
        }
    }

    ComponentPrices(Row prices) => _prices = prices;

    /// <summary>The price that stands in the book for this very component, or null.</summary>
    public Nano? Own(CostComponent component) => _prices[(int)component];

    /// <summary>The price in effect; null for a component without one: what it counts is unpriced. A call without a fee costs nothing extra.</summary>
    public Nano? this[CostComponent component] => Own(component) ?? Own(component.Fallback()) ?? (component == CostComponent.Request ? Nano.Zero : null);

    /// <summary>These prices, and those of another where there is none here.</summary>
    public ComponentPrices Over(ComponentPrices below)
    {
        var merged = _prices;
        for (var i = 0; i < CostComponents.Count; i++) merged[i] ??= below._prices[i];
        return new(merged);
    }

    /// <summary>The higher price of each component.</summary>
    public ComponentPrices Max(ComponentPrices other)
    {
        var highest = default(Row);
        for (var i = 0; i < CostComponents.Count; i++)
        {
            var component = (CostComponent)i;
            highest[i] = (this[component], other[component]) switch
            {
                ({ } a, { } b) => Nano.Max(a, b),
                var (a, b) => a ?? b,
            };
        }
        return new(highest);
    }

    [InlineArray(CostComponents.Count)]
    struct Row
    {
        Nano? _first;
    }
}
