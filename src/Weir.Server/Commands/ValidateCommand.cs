using System.CommandLine;
using Weir.Config;

namespace Weir.Server;

/// <summary><c>weir validate FILE…</c>: everything that `run` would check, without running.</summary>
static class ValidateCommand
{
    public static Command Create()
    {
        var documents = new DocumentOptions();
        var command = new Command("validate", """
            Check files and print every problem with its file, line, entity and field. Exit code 1 when there is an error; warnings are printed and
            change nothing. Secrets are not looked up.
            """);
        documents.AddTo(command);
        var settings = new SettingsOptions();
        settings.AddTo(command);
        command.SetAction(result =>
        {
            var files = result.GetValue(documents.Files) ?? [];
            if (files.Length == 0)
            {
                Console.Error.WriteLine("weir validate: name at least one file or directory");
                return 2;
            }
            if (settings.ReadCatalog(result) is not { } catalog) return 1;
            var read = DocumentReader.Read(files, documents.Read(result, catalog, resolveSecrets: false));
            ProblemPrinter.Print(read.Problems, Console.Error);
            if (read.Document is not { } document) return 1;
            (int Count, string What)[] declared =
            [
                (document.Services.Count, "service"), (document.Routes.Count, "route"), (document.Plugins.Count, "plugin"),
                (document.Consumers.Count, "consumer"), (document.Upstreams.Count, "upstream"),
            ];
            Console.WriteLine("valid: " + string.Join(", ", declared.Select(static each => ProblemPrinter.Count(each.Count, each.What))));
            return 0;
        });
        return command;
    }
}
