using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;

namespace Weir.Control.Tests;

/// <summary>Control planes for tests.</summary>
static class Planes
{
    public static ReadOptions Read { get; } = new()
    {
        Plugins = new Dictionary<string, PluginKind> { ["brake"] = PluginKind.Of<Brake, Brake.Config>(), ["cork"] = PluginKind.Of<Cork, Brake.Config>() },
        Environment = static _ => null,
    };

    public static ControlParts Parts(TimeProvider? time = null, int seed = 1)
    {
        var random = new Random(seed);
        return new ControlParts(Read, time ?? TimeProvider.System, () => NextId(random), NullLogger.Instance);
    }

    public static async Task<ControlPlane> OpenAsync(IJournal? journal = null, TimeProvider? time = null, int seed = 1) =>
        await ControlPlane.OpenAsync(journal ?? new MemoryJournal(), Parts(time, seed), TestContext.Current.CancellationToken);

    public static MapNode Body(string json) => (MapNode)JsonText.Read("body", json, new ReadLimits(), new Report(10))!;

    /// <summary>One change of the default workspace.</summary>
    public static Task<Commit> ChangeAsync(this ControlPlane plane, Func<Draft, Refusal?> work, CommitOptions? options = null) =>
        plane.CommitAsync(new Author("test"), draft => work(draft) is { } refused ? [refused] : [], options ?? CommitOptions.Default,
            TestContext.Current.CancellationToken);

    public static Task<Commit> InsertAsync(this ControlPlane plane, ControlKind kind, string json) =>
        plane.ChangeAsync(draft => draft.Insert(ControlState.DefaultWorkspace, kind, Body(json), out _));

    public static JsonElement Json(this Stored entity) => JsonDocument.Parse(entity.Json).RootElement;

    public static Stored? Find(this ControlPlane plane, ControlKind kind, string idOrName) =>
        plane.Current.Table(ControlState.DefaultWorkspace, kind).Find(idOrName);

    static Guid NextId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

/// <summary>Another plugin.</summary>
sealed class Cork : IPlugin, IPluginKind<Brake.Config>
{
    public static string Name => "cork";
    public static string Summary => "For tests.";
    public static System.Text.Json.Serialization.Metadata.JsonTypeInfo<Brake.Config> ConfigType => BrakeJson.Default.Config;

    public static IPlugin Create(Brake.Config config, PluginContext context) => new Cork();
}

/// <summary>A plugin with settings of several forms.</summary>
sealed class Brake : IPlugin, IPluginKind<Brake.Config>
{
    public static string Name => "brake";
    public static string Summary => "For tests.";
    public static System.Text.Json.Serialization.Metadata.JsonTypeInfo<Config> ConfigType => BrakeJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new Brake();

    public static void Check(Config config, Problems problems)
    {
        if (config.Ms > config.MsMax) problems.Add("ms", "must not be greater than ms_max");
    }

    public sealed record Config
    {
        [Description("How long."), Range(0, 1000)]
        public int Ms { get; init; } = 10;

        [Description("How long at most.")]
        public int MsMax { get; init; } = 100;

        [Description("Words.")]
        public IReadOnlyList<string>? Words { get; init; }

        [Description("Where.")]
        public Place? Place { get; init; }

        [Description("Names.")]
        public IReadOnlyDictionary<string, string>? Names { get; init; }
    }

    public sealed record Place
    {
        [Description("Host.")]
        public string? Host { get; init; }

        [Description("Port.")]
        public int Port { get; init; } = 80;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Brake.Config))]
sealed partial class BrakeJson : JsonSerializerContext;
