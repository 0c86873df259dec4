using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file convert</c></summary>
static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var from = new Option<string>("--from") { Description = "Version of the file: " + string.Join(", ", FileConversion.Sources) + ".", Required = true };
        var to = new Option<string>("--to") { Description = "Version wanted: " + string.Join(", ", FileConversion.Targets) + ".", Required = true };
        from.AcceptOnlyFromAmong([.. FileConversion.Sources]);
        to.AcceptOnlyFromAmong([.. FileConversion.Targets]);
        var options = new FileOptions();
        options.State.Aliases.Add("--input-file");
        var yes = new Option<bool>("--yes") { Description = "Accepted for decK's sake: nothing is asked." };
        var noExpand = new Option<bool>("--no-expand-env-vars") { Description = "Accepted for decK's sake: environment variables always stay expressions." };
        var command = new Command("convert", """
            Turn files of one version of Kong into files of another: paths that are expressions get their tilde, fields of plugins their new names.
            """);
        options.AddTo(command);
        foreach (var option in (ReadOnlySpan<Option>)[from, to, yes, noExpand]) command.Options.Add(option);
        command.SetAction(result => options.Run(result, terminal,
            (root, report) => FileConversion.Convert(root, result.GetValue(from)!, result.GetValue(to)!, report)));
        return command;
    }
}
