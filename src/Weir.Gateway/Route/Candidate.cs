namespace Weir.Gateway;

/// <summary>A matcher that the index found for a host and a path, and what finding it has not proved yet.</summary>
/// <param name="Rank">The matcher's place in the order of evaluation; lower wins.</param>
/// <param name="Port">Port the request must ask for, or <see cref="HostRule.AnyPort"/>.</param>
/// <param name="Pattern">Which of the matcher's regular expressions must match, or <see cref="NoPattern"/> when the path is proved.</param>
/// <param name="PrefixLength">How much of the path the matcher's prefix took; 0 without a prefix.</param>
readonly record struct Candidate(int Rank, int Port, int Pattern, int PrefixLength)
{
    public const int NoPattern = -1;

    /// <summary>Worse than every matcher.</summary>
    public static Candidate None => new(int.MaxValue, HostRule.AnyPort, NoPattern, 0);
}
