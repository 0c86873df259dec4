using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file add-tags</c></summary>
static class AddTagsCommand
{
    public static Command Create(Terminal terminal)
    {
        var tags = new Argument<string[]>("TAG") { Description = "Tags to add.", Arity = ArgumentArity.OneOrMore };
        var selectors = new SelectorOption("What gets the tags; every entity when not given.");
        var options = new FileOptions();
        var command = new Command("add-tags", "Add tags to entities.");
        command.Arguments.Add(tags);
        options.AddTo(command);
        selectors.AddTo(command);
        command.SetAction(result => options.Run(result, terminal, (root, report) =>
        {
            var chosen = selectors.Read(result, report) ?? EntityPaths.Tagged;
            return FileTags.Add(root, chosen, result.GetValue(tags) ?? []);
        }));
        return command;
    }
}
