using System.CommandLine;
using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary>Options that the verbs share: the file that they read, and the one that they write.</summary>
sealed class FileOptions
{
    const int ProblemsMax = 1000;

    /// <summary>The file to read: <c>-s</c>.</summary>
    public Option<string> State { get; } = new("--state", "-s")
    {
        Description = "File to read; '-' is standard input.",
        HelpName = "file",
        DefaultValueFactory = static _ => "-",
    };

    public Option<string> Output { get; } = new("--output-file", "-o")
    {
        Description = "File to write; '-' is standard output.",
        HelpName = "file",
        DefaultValueFactory = static _ => "-",
    };

    public Option<string> Format { get; } = new("--format")
    {
        Description = "What to write: yaml or json.",
        DefaultValueFactory = static _ => "yaml",
        HelpName = "yaml|json",
    };

    public FileOptions(params string[] formats) => AcceptOnly(Format, formats.Length > 0 ? formats : ["yaml", "json"]);

    /// <summary>Adds the options; a verb that reads no single file leaves out the state.</summary>
    public void AddTo(Command command, bool withState = true)
    {
        if (withState) command.Options.Add(State);
        command.Options.Add(Output);
        command.Options.Add(Format);
    }

    /// <summary>The value of one of several words, in capitals or not.</summary>
    static void AcceptOnly(Option<string> option, string[] words) => option.Validators.Add(result =>
    {
        var value = result.Tokens.Count > 0 ? result.Tokens[0].Value : words[0];
        if (!words.Contains(value.ToLowerInvariant()))
            result.AddError($"{option.Name}: {string.Join(", ", words[..^1])} or {words[^1]} is expected, found '{value}'");
    });

    /// <summary>Reads the state, changes it and writes what came out.</summary>
    public int Run(ParseResult result, Terminal terminal, Func<MapNode, Report, Node?> change) =>
        Make(result, terminal, report => terminal.Read(result.GetValue(State)!, report)?.ReadMap(report) is { } root ? change(root, report) : null);

    /// <summary>Writes what is made; when there was an error all problems are printed instead, and the exit code is 1.</summary>
    public int Make(ParseResult result, Terminal terminal, Func<Report, Node?> make) => Emit(result, terminal, report =>
        make(report) is { } made ? FileWriter.Write(made, FormatOf(result)) : null);

    /// <summary>The same for text.</summary>
    public int Emit(ParseResult result, Terminal terminal, Func<Report, string?> make)
    {
        var report = new Report(ProblemsMax);
        var text = make(report);
        ProblemPrinter.Print(report.Problems(), terminal.Error);
        return report.Errors > 0 || text is null ? 1 : terminal.Write(result.GetValue(Output)!, text);
    }

    public FileFormat FormatOf(ParseResult result) =>
        string.Equals(result.GetValue(Format), "json", StringComparison.OrdinalIgnoreCase) ? FileFormat.Json : FileFormat.Yaml;
}
