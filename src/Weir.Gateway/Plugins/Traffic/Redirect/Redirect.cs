using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Answers every request with a redirect.</summary>
sealed class Redirect : IPluginKind<Redirect.Config>, IOnRequest
{
    readonly Answer _answer;
    readonly string? _origin;

    Redirect(Config config)
    {
        _answer = Answer.Bytes(config.StatusCode, "redirecting"u8.ToArray(), "text/plain; charset=utf-8").With("Location", config.Location);
        _origin = config.KeepIncomingPath ? Origin(config.Location) : null;
    }

    public static string Name => "redirect";
    public static string Summary => "Redirects requests to another address.";
    public static JsonTypeInfo<Config> ConfigType => RedirectJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        if (config.StatusCode < 200) problems.Add("status_code", $"{config.StatusCode} is not the status of an answer; 200 to 599 is expected");
    }

    public static IPlugin Create(Config config, PluginContext context) => new Redirect(config);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) =>
        Verdict.Stop(_origin is null ? _answer : _answer.With("Location", _origin + exchange.RawTarget));

    /// <summary>Scheme and authority of an absolute URL.</summary>
    static string Origin(string url)
    {
        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(authority).IndexOfAny('/', '?', '#');
        return end < 0 ? url : url[..(authority + end)];
    }

    /// <summary>Configuration of redirect.</summary>
    public sealed record Config
    {
        [Description("Status of the redirect."), Range(100, 599)]
        public int StatusCode { get; init; } = 301;

        [Description("Absolute URL to redirect to."), Format(TextFormat.Url)]
        public required string Location { get; init; }

        [Description("Replace path and query of the location by those of the request.")]
        public bool KeepIncomingPath { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Redirect.Config))]
sealed partial class RedirectJson : JsonSerializerContext;
