using System.Runtime.CompilerServices;

namespace Weir.Ai;

/// <summary>
/// A call's usage divided so that nothing is counted twice: the kinds of input add up to <see cref="TokenUsage.Input"/>, those of output to
/// <see cref="TokenUsage.Output"/>.
/// </summary>
struct UsageSplit
{
    Row _quantities;

    /// <summary>Quantity of a component; never negative, at most <see cref="CostSheet.QuantityMax"/>, or <see cref="CostSheet.SearchesMax"/>.</summary>
    public long this[CostComponent component]
    {
        readonly get => _quantities[(int)component];
        set => _quantities[(int)component] = Math.Clamp(value, 0, component == CostComponent.WebSearch ? CostSheet.SearchesMax : CostSheet.QuantityMax);
    }

    public readonly long InputTotal => Total(CostComponent.Input, CostComponent.ImageInput);

    public readonly long OutputTotal => Total(CostComponent.Output, CostComponent.ImageOutput);

    /// <summary>
    /// Divides a usage. A token can be counted under two heads (audio that came from the cache), and providers err: parts are taken from the whole in
    /// order, first what the cache read, then what was written to it, then audio, then images, each at most what is left, and text is the rest. So is
    /// output: reasoning, audio, images, text. Negative counts are zero.
    /// </summary>
    public static UsageSplit Of(TokenUsage usage)
    {
        var split = default(UsageSplit);
        var left = Believable(usage.Input);
        split[CostComponent.CacheRead] = Take(ref left, usage.CacheRead);
        split[CostComponent.CacheWriteLong] = Take(ref left, usage.CacheWriteLong);
        split[CostComponent.CacheWrite] = Take(ref left, usage.CacheWrite);
        split[CostComponent.AudioInput] = Take(ref left, usage.AudioInput);
        split[CostComponent.ImageInput] = Take(ref left, usage.ImageInput);
        split[CostComponent.Input] = left;
        left = Believable(usage.Output);
        split[CostComponent.Reasoning] = Take(ref left, usage.Reasoning);
        split[CostComponent.AudioOutput] = Take(ref left, usage.AudioOutput);
        split[CostComponent.ImageOutput] = Take(ref left, usage.ImageOutput);
        split[CostComponent.Output] = left;
        split[CostComponent.WebSearch] = usage.WebSearches;
        split[CostComponent.Request] = 1;
        return split;
    }

    readonly long Total(CostComponent first, CostComponent last)
    {
        var total = 0L;
        for (var component = first; component <= last; component++) total += this[component];
        return total;
    }

    static long Take(ref long left, long asked)
    {
        var taken = Math.Clamp(asked, 0, left);
        left -= taken;
        return taken;
    }

    static long Believable(long quantity) => Math.Clamp(quantity, 0, CostSheet.QuantityMax);

    [InlineArray(CostComponents.Count)]
    struct Row
    {
        long _first;
    }
}
