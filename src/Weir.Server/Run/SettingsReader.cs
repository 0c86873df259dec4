using System.Collections;
using Weir.Config;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>Puts a node's settings together: defaults, settings file, WEIR_ environment variables, flags; the later wins.</summary>
static class SettingsReader
{
    const string Prefix = "WEIR_";

    public static (NodeSettings? Settings, IReadOnlyList<Problem> Problems) Read(string? file, IEnumerable<(string Field, string Value, string Source)> flags)
    {
        var text = "";
        if (file is not null)
        {
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return (null, [new Problem(Severity.Error, new Place(file, 0, 0), "settings", "", exception.Message)]);
            }
        }
        (string, string, string)[] given = [.. FromEnvironment(), .. flags];
        // Nothing to read, nothing to check: a start without arguments need not learn how to.
        if (file is null && given.Length == 0) return (new NodeSettings(), []);
        var options = new ReadOptions { Plugins = new Dictionary<string, PluginKind>() };
        return RecordReader.Read(file ?? "settings", text, given, "settings", NodeSettingsJson.Default.NodeSettings, options);
    }

    /// <summary>Kubernetes gives every pod variables of these forms for a Service that is called weir.</summary>
    static bool IsOfKubernetes(string name) =>
        name == "WEIR_PORT" || name.StartsWith("WEIR_PORT_", StringComparison.Ordinal) || name.StartsWith("WEIR_SERVICE_", StringComparison.Ordinal);

    static IEnumerable<(string, string, string)> FromEnvironment()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is string name && name.StartsWith(Prefix, StringComparison.Ordinal) && !IsOfKubernetes(name) && variable.Value is string value)
                yield return (name[Prefix.Length..].ToLowerInvariant(), value, "environment variable " + name);
    }
}
