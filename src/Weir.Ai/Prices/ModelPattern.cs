namespace Weir.Ai;

/// <summary>Names of models, with <c>*</c> for any run of characters, whatever the case of the letters.</summary>
static class ModelPattern
{
    public static bool IsPattern(string model) => model.Contains('*', StringComparison.Ordinal);

    /// <summary>Characters that are not <c>*</c>: the more of them match, the more exactly the pattern names the model.</summary>
    public static int Weight(string pattern) => pattern.Length - pattern.AsSpan().Count('*');

    /// <summary>Whether the pattern names the whole model. It goes back to the last star only, so time is at worst the product of the lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> model)
    {
        int p = 0, m = 0, star = -1, afterStar = 0;
        while (m < model.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                afterStar = m;
            }
            else if (p < pattern.Length && char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(model[m]))
            {
                p++;
                m++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                m = ++afterStar;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].Trim('*').IsEmpty;
    }
}
