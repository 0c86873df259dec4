namespace Weir.Config;

/// <summary>The problems found while one document is read.</summary>
sealed class Report(int problemsMax)
{
    const int MessageCharsMax = 500;
    const string Masked = "[masked]";

    readonly List<Problem> _problems = [];
    readonly HashSet<string> _masked = new(StringComparer.Ordinal);
    readonly Dictionary<Place, (string Entity, string Path, bool IsMap)> _declared = [];
    readonly HashSet<(Place Place, string Missing)> _errorPlaces = [];
    int _listedErrors;
    int _repeated;
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

    /// <summary>
    /// From now on, what is wrong at a place inside this entity is reported as the entity's own: other entities are made of what stands there.
    /// </summary>
    public void Declare(MapNode entity, string label) => Declare(entity, label, "");

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
        AddRest(Severity.Error, Errors - _listedErrors - _repeated, "problems");
        AddRest(Severity.Warning, Warnings - _listedWarnings, "warnings");
        return sorted;

        void AddRest(Severity severity, int count, string what)
        {
            if (count > 0)
                sorted.Add(new Problem(severity, sorted[0].Place with { Line = 0, Column = 0 }, "", "", $"{count} more {what} are not listed"));
        }
    }

    void Declare(Node node, string label, string path)
    {
        _declared.TryAdd(node.Place, (label, path, node is MapNode));
        if (node is MapNode map)
            foreach (var entry in map.Entries) Declare(entry.Value, label, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}");
        if (node is ListNode list)
            for (var i = 0; i < list.Items.Count; i++) Declare(list.Items[i], label, $"{path}[{i}]");
    }

    /// <summary>The problem as one of the entity that the file has at its place; null when that one has an error there already.</summary>
    Problem? AsDeclared(Problem problem)
    {
        if (_declared.Count == 0 || !_declared.TryGetValue(problem.Place, out var owner)) return problem;
        // What is missing has no place; its name follows that of the map in which it is missing.
        var last = problem.Field[(problem.Field.LastIndexOf('.') + 1)..];
        var isNew = problem.Severity == Severity.Warning || _errorPlaces.Add((problem.Place, owner.IsMap ? last : ""));
        if (owner.Entity == problem.Entity) return problem;
        if (!isNew) return null;
        var isMissing = owner.IsMap && last.Length > 0 && owner.Path != last && !owner.Path.EndsWith("." + last, StringComparison.Ordinal);
        var field = !isMissing ? owner.Path : owner.Path.Length == 0 ? last : $"{owner.Path}.{last}";
        return problem with { Entity = owner.Entity, Field = field };
    }

    void Add(Problem found)
    {
        if (AsDeclared(found) is not { } problem)
        {
            // Whoever found it must know of it all the same.
            if (found.Severity != Severity.Error) return;
            Errors++;
            _repeated++;
            return;
        }
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
