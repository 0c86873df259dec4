namespace Weir.Limits;

/// <summary>Lengths of windows that follow a calendar.</summary>
enum CalendarUnit
{
    Hour,
    Day,
    Week,
    Month,
    Year,
}
