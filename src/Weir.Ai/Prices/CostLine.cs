namespace Weir.Ai;

/// <summary>One line of a cost sheet; the amount can be computed again from the rest.</summary>
/// <param name="Component">What was used.</param>
/// <param name="Quantity">How much: tokens, searches, calls.</param>
/// <param name="Price">Price of <see cref="CostComponents.PricedQuantity"/> of them.</param>
/// <param name="Factor">Service tier and context tier.</param>
/// <param name="Amount">What it costs.</param>
readonly record struct CostLine(CostComponent Component, long Quantity, Nano Price, Factor Factor, Nano Amount)
{
    /// <summary>
    /// Quantity × price × factor, exact up to the last step, then rounded to the nearest billionth, halves up. What costs anything costs at least one
    /// billionth: nothing is rounded to nothing.
    /// </summary>
    public static CostLine Of(CostComponent component, long quantity, Nano price, Factor factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        ArgumentOutOfRangeException.ThrowIfNegative(price.Units, nameof(price));
        ArgumentOutOfRangeException.ThrowIfNegative(factor.Units, nameof(factor));
        // The factor 1 is left out: mostly there is no other, and numbers of 64 bits are divided many times as fast as those of 128.
        var (times, parts) = factor == Factor.One ? (1, 1) : (factor.Units, Factor.PerOne);
        var divisor = (UInt128)component.PricedQuantity() * (UInt128)parts;
        var exact = checked((UInt128)quantity * (UInt128)price.Units * (UInt128)times);
        var rounded = checked(exact + (divisor / 2)) / divisor;
        if (rounded == 0 && exact > 0) rounded = 1;
        return new(component, quantity, price, factor, new Nano(checked((long)rounded)));
    }

    /// <summary>The line with its amount computed again.</summary>
    public CostLine Recompute() => Of(Component, Quantity, Price, Factor);
}
