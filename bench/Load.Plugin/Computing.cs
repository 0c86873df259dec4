using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Bench.Load.Plugin;

/// <summary>Keeps a processor busy for a while with every request, as a plugin that signs, hashes or parses a lot does.</summary>
public sealed class Computing : IPluginKind<Computing.Config>, IOnRequest
{
    readonly TimeSpan _length;

    Computing(Config config) => _length = TimeSpan.FromMicroseconds(config.Microseconds);

    public static string Name => "computing";
    public static string Summary => "Computes for a while, for measuring whom that delays.";
    public static JsonTypeInfo<Config> ConfigType => ComputingJson.Default.Config;
    public static bool IsBlocking => true;
    public static IPlugin Create(Config config, PluginContext context) => new Computing(config);

    public static void Check(Config config, Problems problems) { }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < _length;)
            Thread.SpinWait(20);
        return Verdict.Continue;
    }

    public sealed record Config
    {
        [Description("How long it computes, in microseconds."), Range(1, 1_000_000)]
        public required int Microseconds { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Computing.Config))]
sealed partial class ComputingJson : JsonSerializerContext;

/// <summary>What the library brings.</summary>
public sealed class Library : IPluginLibrary
{
    public IEnumerable<(PluginKind Kind, string? Before)> Plugins => [(PluginKind.Of<Computing, Computing.Config>(), "request-termination")];
}
