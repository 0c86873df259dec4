namespace Weir;

/// <summary>
/// Collects what is wrong with one config record: every rule reports, none throws, and the user gets the whole list. Problems refuse the configuration;
/// warnings let it pass and are shown beside them.
/// </summary>
public sealed class Problems
{
    readonly List<(string Field, string Message)> _found = [];
    readonly List<(string Field, string Message)> _warnings = [];

    /// <summary>What was reported: a field path relative to the record ("" for the record as a whole) and a message.</summary>
    public IReadOnlyList<(string Field, string Message)> Found => _found;

    /// <summary>What was warned of, in the same form.</summary>
    public IReadOnlyList<(string Field, string Message)> Warnings => _warnings;

    /// <summary>Reports a problem of the record as a whole.</summary>
    public void Add(string message) => _found.Add(("", message));

    /// <summary>Reports a problem of one field: <c>"limits[2].minute"</c>. The message says what was wrong and what is expected.</summary>
    public void Add(string field, string message) => _found.Add((field, message));

    /// <summary>Warns of a field that is read and has no effect, or not the one that may be expected.</summary>
    public void Warn(string field, string message) => _warnings.Add((field, message));
}
