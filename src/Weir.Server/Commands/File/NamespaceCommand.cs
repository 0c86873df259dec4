using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file namespace</c></summary>
static class NamespaceCommand
{
    public static Command Create(Terminal terminal)
    {
        var selectors = new SelectorOption("Routes that are changed; all when not given.");
        var prefix = new Option<string?>("--path-prefix", "-p") { Description = "Prefix of paths, as in /team.", HelpName = "path" };
        var hosts = new Option<string[]>("--host") { Description = "Host to add to routes; may be repeated.", HelpName = "host" };
        var clear = new Option<bool>("--clear-hosts", "-c") { Description = "The hosts given replace those of the routes." };
        var allowEmpty = new Option<bool>("--allow-empty-selectors") { Description = "No error when no route is chosen." };
        var options = new FileOptions();
        var command = new Command("namespace", """
            Put a prefix before the paths of routes, or hosts on them, so that APIs with the same paths can stand side by side.

            The prefix is taken off again on the way to the service: by a route with strip_path true, by the path of a service that ends with it, otherwise by
            a pre-function plugin, as decK has it.
            """);
        options.AddTo(command);
        selectors.AddTo(command);
        foreach (var option in (ReadOnlySpan<Option>)[prefix, hosts, clear, allowEmpty]) command.Options.Add(option);
        command.SetAction(result => options.Run(result, terminal, (root, report) =>
        {
            var chosen = selectors.Read(result, report);
            var change = new RouteNamespace(
                result.GetValue(prefix), result.GetValue(hosts) ?? [], result.GetValue(clear), result.GetValue(allowEmpty));
            return change.Apply(root, chosen, report);
        }));
        return command;
    }
}
