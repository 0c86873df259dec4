using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file add-plugins</c></summary>
static class AddPluginsCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("PLUGIN-FILE")
        {
            Description = "Files of plugins, applied in this order: add-plugins: [{selectors: [...], overwrite: false, plugins: [...]}].",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var selectors = new SelectorOption("What gets the plugins; the file itself ('$') when not given.");
        var configs = new Option<string[]>("--config") { Description = "A plugin to add, as JSON; may be repeated.", HelpName = "json" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Plugins of the same name give way; without it they stay, and nothing is added." };
        var options = new FileOptions();
        var command = new Command("add-plugins", "Add plugins to services, routes, consumers and to the file itself.");
        command.Arguments.Add(files);
        options.AddTo(command);
        selectors.AddTo(command);
        command.Options.Add(configs);
        command.Options.Add(overwrite);
        command.SetAction(result => options.Run(result, terminal, (root, report) =>
        {
            var additions = new List<PluginAddition>();
            if (result.GetValue(configs) is { Length: > 0 } given
                && PluginAddition.OfFlags(selectors.Sources(result), given, result.GetValue(overwrite), report) is { } addition)
                additions.Add(addition);
            foreach (var file in (result.GetValue(files) ?? []).Select(file => terminal.Read(file, report)).OfType<FileSource>())
                additions.AddRange(PluginAddition.ReadFile(file, report));
            return additions.Aggregate(root, (added, addition) => addition.Apply(added, report));
        }));
        return command;
    }
}
