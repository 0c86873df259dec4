namespace Weir.Config;

/// <summary>The problems found while one document is read.</summary>
sealed class Report(int problemsMax)
{
    readonly List<Problem> _problems = [];
    int _unreported;

    /// <summary>Errors so far, reported or only counted.</summary>
    public int Errors { get; private set; }

    public void Error(Place place, string entity, string field, string message) => Add(new Problem(Severity.Error, place, entity, field, message));

    public void Error(Place place, string message) => Error(place, "", "", message);

    /// <summary>Reports an error of a field of an entity, at the field's place or at that of what is nearest to it.</summary>
    public void Error(Row row, string field, string message) => Error(row.Node.Nearest(field).Place, row.Label, field, message);

    /// <summary>Reports a warning about a field of an entity.</summary>
    public void Warning(Row row, string field, string message) => Warning(row.Node.Nearest(field).Place, row.Label, field, message);

    public void Warning(Place place, string entity, string field, string message) => Add(new Problem(Severity.Warning, place, entity, field, message));

    /// <summary>All problems, in the order of files and lines.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        var sorted = _problems
            .OrderBy(static problem => problem.Place.File, StringComparer.Ordinal)
            .ThenBy(static problem => problem.Place.Line)
            .ThenBy(static problem => problem.Place.Column)
            .ToList();
        if (_unreported > 0)
            sorted.Add(new Problem(Severity.Error, sorted[0].Place with { Line = 0, Column = 0 }, "", "", $"{_unreported} more problems are not listed"));
        return sorted;
    }

    void Add(Problem problem)
    {
        if (problem.Severity == Severity.Error)
            Errors++;
        if (_problems.Count < problemsMax)
            _problems.Add(problem);
        else
            _unreported++;
    }
}
