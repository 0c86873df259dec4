using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file list-tags</c></summary>
static class ListTagsCommand
{
    public static Command Create(Terminal terminal)
    {
        var selectors = new SelectorOption("What is looked at; every entity when not given.");
        var options = new FileOptions("plain", "yaml", "json");
        options.Format.DefaultValueFactory = static _ => "plain";
        (options.Format.Description, options.Format.HelpName) = ("What to write: plain, one tag a line, or yaml or json.", "plain|yaml|json");
        var command = new Command("list-tags", "List the tags of entities, sorted, each once.");
        options.AddTo(command);
        selectors.AddTo(command);
        command.SetAction(result => options.Emit(result, terminal, report =>
        {
            if (terminal.Read(result.GetValue(options.State)!, report)?.ReadMap(report) is not { } root) return null;
            var tags = FileTags.List(root, selectors.Read(result, report) ?? EntityPaths.Tagged);
            if (string.Equals(result.GetValue(options.Format), "plain", StringComparison.OrdinalIgnoreCase))
                return string.Concat(tags.Select(static tag => tag + "\n"));
            return FileWriter.Write(Tree.Map(("tags", Tree.Texts(tags))), options.FormatOf(result));
        }));
        return command;
    }
}
