namespace Weir.Config;

/// <summary>The problems found while one document is read.</summary>
sealed class Report(int problemsMax)
{
    const int MessageCharsMax = 500;
    const string Masked = "[masked]";

    readonly List<Problem> _problems = [];
    readonly HashSet<string> _masked = new(StringComparer.Ordinal);
    int _listedErrors;
    int _listedWarnings;

    /// <summary>Errors so far, reported or only counted.</summary>
    public int Errors { get; private set; }

    /// <summary>Warnings so far, reported or only counted.</summary>
    public int Warnings { get; private set; }

    /// <summary>Whether further errors are only counted, so that no more effort goes into their messages.</summary>
    public bool IsFull => _listedErrors >= problemsMax;

    /// <summary>From now on this text is shown in no message: values of environment variables are secrets more often than not.</summary>
    public void Mask(string secret)
    {
        // Shorter values are ports and flags; masking them would make riddles of messages.
        const int secretCharsMin = 6;
        if (secret.Length >= secretCharsMin)
            _masked.Add(secret);
    }

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
        AddRest(Severity.Error, Errors - _listedErrors, "problems");
        AddRest(Severity.Warning, Warnings - _listedWarnings, "warnings");
        return sorted;

        void AddRest(Severity severity, int count, string what)
        {
            if (count > 0)
                sorted.Add(new Problem(severity, sorted[0].Place with { Line = 0, Column = 0 }, "", "", $"{count} more {what} are not listed"));
        }
    }

    void Add(Problem problem)
    {
        // Each kind has room of its own: any number of warnings hides no error.
        if (problem.Severity == Severity.Error)
        {
            Errors++;
            if (_listedErrors == problemsMax) return;
            _listedErrors++;
        }
        else
        {
            Warnings++;
            if (_listedWarnings == problemsMax) return;
            _listedWarnings++;
        }
        _problems.Add(problem with { Entity = Shown(problem.Entity), Field = Shown(problem.Field), Message = Shown(problem.Message) });
    }

    // Files are written by many hands: what a terminal would obey becomes visible, and nothing is longer than one can read.
    string Shown(string text)
    {
        foreach (var secret in _masked)
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        if (text.Any(char.IsControl))
            text = string.Concat(text.Take(MessageCharsMax).Select(static c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
        return text.Length <= MessageCharsMax ? text : text[..MessageCharsMax] + "…";
    }
}
