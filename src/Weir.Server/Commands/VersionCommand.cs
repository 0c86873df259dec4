using System.CommandLine;
using System.Reflection;

namespace Weir.Server;

/// <summary><c>weir version</c>.</summary>
static class VersionCommand
{
    public static string Text { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static Command Create()
    {
        var command = new Command("version", "Print the version, the runtime and the Kong version whose formats are spoken.");
        command.SetAction(_ => Console.WriteLine($"weir {Text} (.NET {Environment.Version}, Kong formats 3.0, profiles 3.9 and 3.14)"));
        return command;
    }
}
