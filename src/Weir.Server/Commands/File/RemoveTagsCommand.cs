using System.CommandLine;
using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file remove-tags</c></summary>
static class RemoveTagsCommand
{
    public static Command Create(Terminal terminal)
    {
        var tags = new Argument<string[]>("TAG") { Description = "Tags to remove.", Arity = ArgumentArity.ZeroOrMore };
        var selectors = new SelectorOption("What loses the tags; every entity when not given.");
        var keepOnly = new Option<bool>("--keep-only") { Description = "Remove all tags but these; without any, all." };
        var keepEmpty = new Option<bool>("--keep-empty-array") { Description = "Keep lists of tags that have become empty." };
        var options = new FileOptions();
        var command = new Command("remove-tags", "Remove tags from entities.");
        command.Arguments.Add(tags);
        options.AddTo(command);
        selectors.AddTo(command);
        command.Options.Add(keepOnly);
        command.Options.Add(keepEmpty);
        command.SetAction(result => options.Run(result, terminal, (root, report) =>
        {
            var (given, only) = (result.GetValue(tags) ?? [], result.GetValue(keepOnly));
            if (given.Length == 0 && !only) report.Error(new Place("remove-tags", 0, 0), "name the tags to remove");
            var chosen = selectors.Read(result, report) ?? EntityPaths.Tagged;
            return FileTags.Remove(root, chosen, given, only, result.GetValue(keepEmpty));
        }));
        return command;
    }
}
