using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.SamplePlugin;

/// <summary>Announces the end of an API on every answer (RFC 8594), and answers 410 from that day on.</summary>
public sealed class Sunset : IPluginKind<Sunset.Config>, IOnRequest, IOnResponse
{
    readonly DateTimeOffset _end;
    readonly string _header;
    readonly Answer _gone;
    readonly TimeProvider _time;

    Sunset(Config config, TimeProvider time)
    {
        _end = DateTimeOffset.ParseExact(config.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        (_header, _gone, _time) = (_end.ToString("R", CultureInfo.InvariantCulture), Answer.Error(410, config.Message), time);
    }

    public static string Name => "sunset";
    public static string Summary => "Announces the end of an API, and ends it on that day.";
    public static JsonTypeInfo<Config> ConfigType => SunsetJson.Default.Config;
    public static IPlugin Create(Config config, PluginContext context) => new Sunset(config, context.Time);

    public static void Check(Config config, Problems problems)
    {
        if (!DateOnly.TryParseExact(config.Date, "yyyy-MM-dd", out _)) problems.Add("date", $"'{config.Date}' is no day; expected a day such as 2027-01-31");
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _time.GetUtcNow() < _end ? Verdict.Continue : Verdict.Stop(_gone);

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        exchange.Http.Response.Headers["Sunset"] = _header;
        return Verdict.Continue;
    }

    public sealed record Config
    {
        [Description("First day, in UTC, on which the API is gone: 2027-01-31.")]
        public required string Date { get; init; }

        [Description("Message of the 410 answer.")]
        public string Message { get; init; } = "This API has been retired";
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Sunset.Config))]
sealed partial class SunsetJson : JsonSerializerContext;

/// <summary>What the library brings, and the built-in plugin each runs before.</summary>
public sealed class Library : IPluginLibrary
{
    public IEnumerable<(PluginKind Kind, string? Before)> Plugins => [(PluginKind.Of<Sunset, Sunset.Config>(), "request-termination")];
}
