namespace Weir.Limits;

/// <summary>Lengths of a limit's window. The order is from short to long; the number is the window's place in a counter.</summary>
enum Period
{
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
}
