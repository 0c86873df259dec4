using System.Collections.Frozen;

namespace Weir.Gateway;

/// <summary>
/// Candidates that no prefix tells apart: looked through one by one when they are few; otherwise divided by the value that each asks of one header, or
/// by server name.
/// </summary>
sealed class CandidateList
{
    /// <summary>The candidates, best first, when they are not divided.</summary>
    public required Candidate[] Few { get; init; }

    /// <summary>How they are divided, or null.</summary>
    public CandidateFork? Fork { get; init; }

    /// <summary>The best rank in the list.</summary>
    public required int BestRank { get; init; }
}

/// <summary>A list divided by what its candidates ask for.</summary>
sealed class CandidateFork
{
    /// <summary>The header that divides; null when the server name does.</summary>
    public required string? Header { get; init; }

    /// <summary>The candidates that ask for a value, by each value they accept.</summary>
    public required FrozenDictionary<string, CandidateList> ByValue { get; init; }

    /// <summary>The candidates that ask for none, or for more than equality.</summary>
    public required CandidateList? Others { get; init; }

    /// <summary>All candidates, not divided by server name: on plain http none is compared. Null when a header divides.</summary>
    public required CandidateList? OnPlainHttp { get; init; }
}
