using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Acceptance;

/// <summary>A plugin whose configuration is right and which still cannot be made, as when a file turns out not to open.</summary>
sealed class Unbuildable : IPluginKind<Unbuildable.Settings>, IPlugin
{
    public static string Name => "unbuildable";

    public static string Summary => "Cannot be made.";

    public static JsonTypeInfo<Settings> ConfigType => UnbuildableJson.Default.Settings;

    public static IPlugin Create(Settings config, PluginContext context)
    {
        context.Keep.Get("unbuildable", static () => new object());
        throw new InvalidOperationException("it will not open");
    }

    public sealed record Settings;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Unbuildable.Settings))]
sealed partial class UnbuildableJson : JsonSerializerContext;
