using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file kong2tf</c></summary>
static class Kong2TfCommand
{
    public static Command Create(Terminal terminal)
    {
        var imports = new Option<string?>("--generate-imports-for-control-plane-id", "-g")
        {
            Description = "Control plane that has the entities already: they are imported by their ids.",
            HelpName = "id",
        };
        var ignore = new Option<bool>("--ignore-credential-changes") { Description = "Leave changes of secrets to the control plane." };
        var options = new FileOptions();
        var command = new Command("kong2tf", "Turn a file into resources of Terraform's provider for Konnect.");
        command.Options.Add(options.State);
        command.Options.Add(options.Output);
        command.Options.Add(imports);
        command.Options.Add(ignore);
        command.SetAction(result => options.Emit(result, terminal, report =>
            terminal.Read(result.GetValue(options.State)!, report)?.ReadMap(report) is { } root
                ? TerraformConverter.Convert(root, result.GetValue(imports), result.GetValue(ignore), report)
                : null));
        return command;
    }
}
