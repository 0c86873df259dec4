namespace Weir.Ai;

/// <summary>
/// What could not be carried from one dialect into another, each thing once: shown in the Weir-Translation-Loss header and in the log, so that nothing is
/// dropped in silence. Names are those of the dialect that was read: <c>logit_bias</c>, <c>messages.audio</c>.
/// </summary>
sealed class Losses
{
    /// <summary>Most names kept; a hostile request could make any number.</summary>
    public const int NamesMax = 32;

    readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public bool IsEmpty => _names.Count == 0;

    /// <summary>Forgets all of them: the request is translated anew.</summary>
    public void Clear() => _names.Clear();

    public void Add(string name)
    {
        if (_names.Count < NamesMax && !_names.Contains(name)) _names.Add(name);
    }

    public void Add(string path, IEnumerable<Extra> extras)
    {
        foreach (var extra in extras) Add(path.Length == 0 ? extra.Name : $"{path}.{extra.Name}");
    }

    /// <summary>The value of the header: names in order, separated by commas, characters that do not belong in a header replaced.</summary>
    public override string ToString() =>
        string.Join(", ", _names.Select(static name => string.Concat(name.Select(Safe))));

    static char Safe(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_';
}
