using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file merge</c></summary>
static class MergeCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files to merge, in this order.", Arity = ArgumentArity.OneOrMore };
        var options = new FileOptions();
        var command = new Command("merge", """
            Merge files into one, complete or not. Lists of the top level are put one behind the other; of everything else the last file has its way.
            Nothing is checked but that the files go together. Environment variables stay expressions.
            """);
        command.Arguments.Add(files);
        options.AddTo(command, withState: false);
        command.SetAction(result => options.Make(result, terminal, report =>
        {
            var sources = (result.GetValue(files) ?? []).Select(file => terminal.Read(file, report)).OfType<FileSource>().ToList();
            return FileMerger.Merge(sources, Environment.GetEnvironmentVariable, report);
        }));
        return command;
    }
}
