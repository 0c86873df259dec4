using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file kong2kic</c></summary>
static class Kong2KicCommand
{
    public static Command Create(Terminal terminal)
    {
        var ingress = new Option<bool>("--ingress") { Description = "Ingresses instead of HTTPRoutes of the Gateway API." };
        var className = new Option<string>("--class-name")
        {
            Description = "Class of ingress, or the Gateway that routes hang on.",
            HelpName = "name",
            DefaultValueFactory = static _ => "kong",
        };
        var options = new FileOptions();
        var command = new Command("kong2kic", "Turn a file into manifests of the Kong Ingress Controller.");
        options.AddTo(command);
        command.Options.Add(ingress);
        command.Options.Add(className);
        command.SetAction(result => options.Emit(result, terminal, report =>
        {
            if (terminal.Read(result.GetValue(options.State)!, report) is not { } file) return null;
            if (FileRenderer.Render([file], null, report) is not { } root) return null;
            if (IngressConverter.Convert(root, result.GetValue(className)!, result.GetValue(ingress), report) is not { } made) return null;
            var format = options.FormatOf(result);
            return string.Join(format == FileFormat.Yaml ? "---\n" : "", made.Select(manifest => FileWriter.Write(manifest, format)));
        }));
        return command;
    }
}
