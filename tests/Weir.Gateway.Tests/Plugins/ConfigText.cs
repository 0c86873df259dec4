using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>Reads plugin configurations by the rules of the document reader: defaults are filled in and the attributes of the record are enforced.</summary>
static class ConfigText
{
    /// <summary>The configuration and what is wrong with it. A plugin's own rules are only checked when the reader has no complaint.</summary>
    public static (TConfig? Config, IReadOnlyList<(string Field, string Message)> Problems) Read<TPlugin, TConfig>(string configJson)
        where TPlugin : IPluginKind<TConfig> where TConfig : class
    {
        var options = new ReadOptions { Plugins = new Dictionary<string, PluginKind>() };
        var report = new Report(options.Limits.ProblemsMax);
        using var reader = new ShapeReader(report, options.Compat, new Secrets(options, report));
        var config = JsonText.Read("config.json", configJson, options.Limits, report) is MapNode map
            ? (TConfig?)reader.Read(map, ShapeOf.Record(TPlugin.ConfigType), TPlugin.Name) : null;
        if (config is null) return (null, [.. report.Problems().Select(problem => (problem.Field, problem.Message))]);
        var problems = new Problems();
        TPlugin.Check(config, problems);
        return (config, problems.Found);
    }
}
