using System.CommandLine;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>Options that say what the node's settings are; shared by every command whose outcome depends on them.</summary>
sealed class SettingsOptions
{
    public Option<string?> File { get; } = new("--settings")
    {
        Description = "YAML file with the node's settings; `weir settings` lists them.",
        HelpName = "file",
    };

    public Option<string[]> Set { get; } = new("--set") { Description = "One setting; may be repeated.", HelpName = "name=value" };

    public void AddTo(Command command)
    {
        command.Options.Add(File);
        command.Options.Add(Set);
    }

    /// <summary>The settings; null after their problems were printed.</summary>
    public NodeSettings? Read(ParseResult result, IEnumerable<(string Field, string Value, string Source)> flags)
    {
        var given = flags.Concat((result.GetValue(Set) ?? []).Select(Pair));
        var (settings, problems) = SettingsReader.Read(result.GetValue(File), given);
        ProblemPrinter.Print(problems, Console.Error);
        return settings;
    }

    /// <summary>The catalog with the plugins of the libraries that the settings name; null after a problem was printed.</summary>
    public IReadOnlyList<PluginKind>? ReadCatalog(ParseResult result)
    {
        if (Read(result, []) is not { } settings) return null;
        try
        {
            return PluginLibraries.Extend(Catalog.All, settings.PluginLibraries);
        }
        catch (FormatException refused)
        {
            Console.Error.WriteLine($"weir {result.CommandResult.Command.Name}: {refused.Message}");
            return null;
        }
    }

    static (string, string, string) Pair(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (pair, "", "--set " + pair) : (pair[..equals], pair[(equals + 1)..], "--set " + pair);
    }
}
