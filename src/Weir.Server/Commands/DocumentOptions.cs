using System.CommandLine;
using Weir.Config;

namespace Weir.Server;

/// <summary>Arguments that say which document is read, and how strictly; shared by every command that reads one.</summary>
sealed class DocumentOptions
{
    public Argument<string[]> Files { get; } = new("FILE")
    {
        Description = "Declarative files in Kong's format (_format_version \"3.0\", YAML or JSON), or directories of them. Several are merged.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string> Compat { get; } = new("--compat")
    {
        Description = "Kong version whose defaults apply where versions differ: 3.9 or 3.14.",
        DefaultValueFactory = static _ => "3.9",
    };

    public Option<bool> AllowUnknownPlugins { get; } = new("--allow-unknown-plugins")
    {
        Description = "Plugins that Weir does not have are warnings; their routes say so in the response header Weir-Unknown-Plugins.",
    };

    public DocumentOptions() => Compat.AcceptOnlyFromAmong("3.9", "3.14");

    public void AddTo(Command command)
    {
        command.Arguments.Add(Files);
        command.Options.Add(Compat);
        command.Options.Add(AllowUnknownPlugins);
    }

    public ReadOptions Read(ParseResult result, IReadOnlyList<PluginKind> catalog, bool resolveSecrets) => new()
    {
        Plugins = catalog.ToDictionary(kind => kind.Name),
        Compat = result.GetValue(Compat) == "3.14" ? Profile.V3_14 : Profile.V3_9,
        AllowUnknownPlugins = result.GetValue(AllowUnknownPlugins),
        ResolveSecrets = resolveSecrets,
    };
}
