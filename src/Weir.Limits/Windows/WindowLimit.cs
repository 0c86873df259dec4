namespace Weir.Limits;

/// <summary>How much may be used in each window of a period.</summary>
/// <param name="Period">Length of the window.</param>
/// <param name="Max">Units allowed in one window.</param>
readonly record struct WindowLimit(Period Period, long Max);
