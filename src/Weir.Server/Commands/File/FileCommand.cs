using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir file …</c>: what can be done with files without running them. One verb, one file in this folder.</summary>
static class FileCommand
{
    public static Command Create(TextWriter? output = null, TextWriter? error = null, TextReader? input = null)
    {
        var terminal = new Terminal(input ?? Console.In, output ?? Console.Out, error ?? Console.Error);
        return new Command("file", "Change configuration files, and turn them into others. Verbs and flags are those of decK.")
        {
            Ai2KongCommand.Create(terminal.Output, terminal.Error),
            MergeCommand.Create(terminal),
            PatchCommand.Create(terminal),
            AddPluginsCommand.Create(terminal),
            AddTagsCommand.Create(terminal),
            RemoveTagsCommand.Create(terminal),
            ListTagsCommand.Create(terminal),
            NamespaceCommand.Create(terminal),
            OpenApi2KongCommand.Create(terminal),
            LintCommand.Create(terminal),
            ConvertCommand.Create(terminal),
            RenderCommand.Create(terminal),
            Kong2TfCommand.Create(terminal),
            Kong2KicCommand.Create(terminal),
            ValidateFileCommand.Create(terminal),
        };
    }
}
