using System.CommandLine;
using Weir.Config;

namespace Weir.Server;

/// <summary><c>weir file ai2kong</c>: what the models of a file become.</summary>
static class Ai2KongCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var documents = new DocumentOptions();
        var settings = new SettingsOptions();
        var command = new Command("ai2kong", """
            Print the document that the models of a file become: routes, plugins and ai_models in the form of Kong's gateway. Weir does the same with that
            document as with the file.

            Everything else of the file is printed as it is, references to vaults too. The values of environment variables are printed as the expressions
            that they were put in by.
            """);
        documents.AddTo(command);
        settings.AddTo(command);
        command.SetAction(result =>
        {
            var files = result.GetValue(documents.Files) ?? [];
            if (files.Length == 0)
            {
                error.WriteLine("weir file ai2kong: name at least one file or directory");
                return 2;
            }
            if (settings.ReadCatalog(result) is not { } catalog) return 1;
            var variables = new UsedVariables();
            var options = documents.Read(result, catalog, resolveSecrets: false) with { Environment = variables.Find };
            var read = DocumentReader.Read(files, options);
            ProblemPrinter.Print(read.Problems, error);
            if (read.Document is null || DocumentReader.ReadExpanded(files, options) is not { } expanded) return 1;
            output.Write(NodeYaml.Write(expanded, variables.Hide));
            return 0;
        });
        return command;
    }

    /// <summary>The environment variables that a file uses: as they may be secrets, their values are not printed.</summary>
    sealed class UsedVariables
    {
        /// <summary>Shorter values are ports and flags; they may stand anywhere by chance.</summary>
        const int SecretCharsMin = 6;

        readonly Dictionary<string, string> _byValue = new(StringComparer.Ordinal);

        public string? Find(string name)
        {
            var value = Environment.GetEnvironmentVariable(name);
            if (value is { Length: >= SecretCharsMin } && name.StartsWith("DECK_", StringComparison.Ordinal)) _byValue[value] = name;
            return value;
        }

        public string Hide(string text)
        {
            foreach (var (value, name) in _byValue.OrderByDescending(static pair => pair.Key.Length))
                text = text.Replace(value, $"${{{{ env \"{name}\" }}}}", StringComparison.Ordinal);
            return text;
        }
    }
}
