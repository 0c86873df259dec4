namespace Weir.Ai;

/// <summary>
/// What the tiers of a provider's service multiply token prices by. A tier is a word that is looked for in the tier that the provider says it served,
/// whatever the case of the letters; the longest word that is found holds, and none found is 1. <c>priority</c> also finds the whole word <c>fast</c>:
/// OpenAI answers either.
/// </summary>
sealed class ServiceTiers
{
    public static readonly ServiceTiers None = new([]);

    readonly (string Word, Factor Factor)[] _tiers;

    public ServiceTiers(IEnumerable<(string Word, Factor Factor)> tiers) =>
        _tiers = [.. tiers.OrderByDescending(static tier => tier.Word.Length).ThenBy(static tier => tier.Word, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The words with their factors, longest first.</summary>
    public IReadOnlyList<(string Word, Factor Factor)> Words => _tiers;

    /// <summary>The factor of a tier that served, or that was asked for where the answer does not say.</summary>
    public Factor Of(string? tier)
    {
        if (string.IsNullOrEmpty(tier)) return Factor.One;
        foreach (var (word, factor) in _tiers)
            if (tier.Contains(word, StringComparison.OrdinalIgnoreCase) || IsFast(word, tier)) return factor;
        return Factor.One;
    }

    /// <summary>
    /// The highest factor that a call may be charged with that asks for this tier: the provider may serve a slower one than asked for, and with
    /// <c>auto</c> any.
    /// </summary>
    public Factor Ceiling(string? asked)
    {
        var highest = Factor.Max(Factor.One, Of(asked));
        if (string.Equals(asked, "auto", StringComparison.OrdinalIgnoreCase))
            foreach (var (_, factor) in _tiers) highest = Factor.Max(highest, factor);
        return highest;
    }

    static bool IsFast(string word, string tier)
    {
        if (!word.Equals("priority", StringComparison.OrdinalIgnoreCase)) return false;
        var at = tier.IndexOf("fast", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && !IsLetter(tier, at - 1) && !IsLetter(tier, at + "fast".Length);
    }

    static bool IsLetter(string text, int index) => (uint)index < (uint)text.Length && char.IsLetterOrDigit(text[index]);
}
