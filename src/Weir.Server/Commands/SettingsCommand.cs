using System.CommandLine;
using Weir.Config;
using Weir.Gateway;

namespace Weir.Server;

/// <summary><c>weir settings</c>: what can be set on a node.</summary>
static class SettingsCommand
{
    public static Command Create()
    {
        var command = new Command("settings", "List the settings of a node: names, types, defaults, meanings.");
        command.SetAction(_ =>
        {
            Console.WriteLine("Set them in a file (weir run --settings FILE), by environment (WEIR_PROXY_LISTEN=…) or by flag (--set proxy_listen=…).");
            Console.WriteLine();
            Console.Write(ReferenceTable.Of(Shape.Of(NodeSettingsJson.Default.NodeSettings)));
        });
        return command;
    }
}
