using Weir.Config;

namespace Weir.Server;

/// <summary>Declarative files as one document, with what must not be shown of them.</summary>
sealed class GatewayFiles
{
    /// <summary>Shorter values are flags and numbers; they may stand anywhere by chance. They are masked where they are a whole text only.</summary>
    const int AnywhereCharsMin = 6;

    readonly HashSet<string> _values = new(StringComparer.Ordinal);
    readonly bool _isMasking;

    GatewayFiles(bool isMasking) => _isMasking = isMasking;

    /// <summary>The document.</summary>
    public MapNode Root { get; private set; } = new(default, []);

    /// <summary>What should be known of it.</summary>
    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Reads files and directories; <c>-</c> is standard input.</summary>
    /// <exception cref="GatewayException">They cannot be read; every problem was printed.</exception>
    public static GatewayFiles Read(IReadOnlyList<string> paths, GatewayPlace place, bool isMasking)
    {
        var files = new GatewayFiles(isMasking);
        var options = new ReadOptions { Plugins = new Dictionary<string, PluginKind>(), Environment = name => files.Value(name, place) };
        var isInput = paths is [] or ["-"];
        if (!isInput && paths.Contains("-")) throw new GatewayException("standard input ('-') cannot be read together with files");
        var (root, problems) = isInput ? DocumentReader.ReadFilled("-", place.Input().ReadToEnd(), options) : DocumentReader.ReadMerged(paths, options);
        if (problems.Any(static problem => problem.Severity == Severity.Error))
        {
            ProblemPrinter.Print(problems, place.Error);
            throw new GatewayException("reading the files failed");
        }
        files.Root = root ?? files.Root;
        files.Problems = problems;
        return files;
    }

    /// <summary>A text without values of variables.</summary>
    public string Mask(string text)
    {
        if (!_isMasking) return text;
        foreach (var value in _values.OrderByDescending(static value => value.Length))
            text = value.Length >= AnywhereCharsMin ? text.Replace(value, Weir.Control.MaskedForm.Masked, StringComparison.Ordinal)
                : text == value ? Weir.Control.MaskedForm.Masked : text;
        return text;
    }

    string? Value(string name, GatewayPlace place)
    {
        var value = place.Environment(name);
        if (value is { Length: > 0 } && name.StartsWith("DECK_", StringComparison.Ordinal)) _values.Add(value);
        return value;
    }
}
