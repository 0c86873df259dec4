using System.CommandLine;
using Weir.Config;

namespace Weir.Server;

/// <summary><c>weir file validate</c>: what <c>weir validate</c> does, with the flags that pipelines give to decK.</summary>
static class ValidateFileCommand
{
    static readonly string[] Accepted = ["--rbac-resources-only", "--konnect-compatibility", "--check-all"];

    public static Command Create(Terminal terminal)
    {
        var documents = new DocumentOptions();
        var settings = new SettingsOptions();
        var workspace = new Option<string?>("--workspace", "-w") { Description = "Accepted for decK's sake: files are checked whole, without a server." };
        var list = new Option<string?>("--online-entities-list") { Description = "The same." };
        var parallelism = new Option<int>("--parallelism") { Description = "The same." };
        var command = new Command("validate", """
            Check files and print every problem with its file, line, entity and field, without a server: all schemas of plugins and all rules are here.
            """);
        documents.AddTo(command);
        settings.AddTo(command);
        foreach (var option in (ReadOnlySpan<Option>)[workspace, list, parallelism]) command.Options.Add(option);
        foreach (var flag in Accepted) command.Options.Add(new Option<bool>(flag) { Description = "The same." });
        command.SetAction(result =>
        {
            if (settings.ReadCatalog(result) is not { } catalog) return 1;
            var options = documents.Read(result, catalog, resolveSecrets: false);
            var files = result.GetValue(documents.Files) ?? [];
            var read = files is [] or ["-"]
                ? DocumentReader.ReadText("-", terminal.Input.ReadToEnd(), options)
                : DocumentReader.Read(files, options);
            ProblemPrinter.Print(read.Problems, terminal.Error);
            return read.Document is null ? 1 : 0;
        });
        return command;
    }
}
