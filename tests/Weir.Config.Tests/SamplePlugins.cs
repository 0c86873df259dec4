using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Config.Tests;

/// <summary>A plugin config with one field of every sort.</summary>
[Shorthand("redis_host", "redis.host")]
[Shorthand("redis_port", "redis.port")]
sealed record SampleConfig
{
    [Description("Requests per second."), Range(1, 1000)]
    public int? Second { get; init; }

    [Description("What is counted.")]
    public SampleIdentity LimitBy { get; init; } = SampleIdentity.Consumer;

    [Description("Names of keys."), MinLength(1)]
    public IReadOnlyList<string> KeyNames { get; init; } = ["apikey"];

    [Description("Whether the key is removed."), DefaultSince("3.14", "true")]
    public bool HideCredentials { get; init; }

    [Description("Address ranges."), Set, Format(TextFormat.IpOrCidr)]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("A password."), Secret]
    public string? Password { get; init; }

    [Description("Status."), AllowedValues(401, 403, 429)]
    public int Status { get; init; } = 429;

    [Description("Where counters are.")]
    public SampleRedis Redis { get; init; } = new();

    [Description("Headers added.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("Factor.")]
    public double Factor { get; init; } = 1.5;
}

sealed record SampleRedis
{
    [Description("Host."), Format(TextFormat.Host)]
    public string? Host { get; init; }

    [Description("Port."), Range(0, 65535)]
    public int Port { get; init; } = 6379;

    [Description("Server name."), DefaultSince("3.14", "true")]
    public bool SslVerify { get; init; }
}

enum SampleIdentity
{
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("ip")] Ip,
}

/// <summary>A plugin that needs a field and may not be attached to consumers.</summary>
sealed record StrictConfig
{
    [Description("The word.")]
    public required string Word { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SampleConfig))]
[JsonSerializable(typeof(StrictConfig))]
sealed partial class SampleJson : JsonSerializerContext;

sealed class SamplePlugin : IPlugin, IPluginKind<SampleConfig>
{
    public static string Name => "sample";

    public static string Summary => "A plugin with one field of every sort.";

    public static JsonTypeInfo<SampleConfig> ConfigType => SampleJson.Default.SampleConfig;

    public static void Check(SampleConfig config, Problems problems)
    {
        if (config.Second == 13)
            problems.Add("second", "13 brings bad luck");
        if (config.Second == 7)
            problems.Warn("second", "7 is left to luck");
    }

    public static IPlugin Create(SampleConfig config, PluginContext context) => new SamplePlugin();
}

sealed class StrictPlugin : IPlugin, IPluginKind<StrictConfig>
{
    public static string Name => "strict";

    public static string Summary => "A plugin that needs a field.";

    public static JsonTypeInfo<StrictConfig> ConfigType => SampleJson.Default.StrictConfig;

    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(StrictConfig config, PluginContext context) => new StrictPlugin();
}

static class Samples
{
    public static readonly IReadOnlyDictionary<string, PluginKind> Plugins = new[]
    {
        PluginKind.Of<SamplePlugin, SampleConfig>(),
        PluginKind.Of<StrictPlugin, StrictConfig>(),
    }.ToDictionary(kind => kind.Name);

    public static ReadOptions Options { get; } = new() { Plugins = Plugins, Environment = _ => null };
}

/// <summary>Reads documents written in a test.</summary>
static class Yaml
{
    public static DocumentResult Try(string yaml, ReadOptions? options = null) =>
        DocumentReader.ReadText("kong.yaml", "_format_version: \"3.0\"\n" + yaml, options ?? Samples.Options);

    /// <summary>The document; fails the test when there is a problem.</summary>
    public static Document Read(string yaml, ReadOptions? options = null)
    {
        var result = Try(yaml, options);
        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        return result.Document!;
    }

    /// <summary>The problems, as people see them.</summary>
    public static string[] Problems(string yaml, ReadOptions? options = null) => [.. Try(yaml, options).Problems.Select(problem => problem.ToString())];

    /// <summary>The only problem, as people see it.</summary>
    public static string Problem(string yaml, ReadOptions? options = null) => Assert.Single(Problems(yaml, options));
}
