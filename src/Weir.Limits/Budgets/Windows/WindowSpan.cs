namespace Weir.Limits;

/// <summary>One window of a budget. Times are Unix milliseconds; the end is not part of it.</summary>
readonly record struct WindowSpan(long StartMs, long EndMs);
