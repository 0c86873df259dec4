using System.CommandLine;
using System.Text.Json;
using Weir.Config;

namespace Weir.Server;

/// <summary><c>weir schema</c>: the JSON Schema of the whole document.</summary>
static class SchemaCommand
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of configuration files, with every plugin, for editors and CI.");
        var settings = new SettingsOptions();
        settings.AddTo(command);
        command.SetAction(result =>
        {
            if (settings.ReadCatalog(result) is not { } catalog) return 1;
            Console.WriteLine(SchemaExport.Export(catalog.ToDictionary(kind => kind.Name)).ToJsonString(Indented));
            return 0;
        });
        return command;
    }
}
