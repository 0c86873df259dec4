using System.CommandLine;
using System.Text.Json;

namespace Weir.Server;

/// <summary><c>weir schema</c>: the JSON Schema of the whole document.</summary>
static class SchemaCommand
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of configuration files, with every plugin, for editors and CI.");
        command.SetAction(_ => Console.WriteLine(Weir.Config.SchemaExport.Export(Catalog.All.ToDictionary(kind => kind.Name)).ToJsonString(Indented)));
        return command;
    }
}
