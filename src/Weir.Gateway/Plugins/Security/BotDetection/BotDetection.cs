using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Gateway.Plugins;

/// <summary>Refuses requests whose User-Agent is that of a bot.</summary>
sealed class BotDetection : IPluginKind<BotDetection.Config>, IOnRequest
{
    static readonly Answer Ambiguous = Answer.Error(400, "Bad request");
    static readonly Answer Forbidden = Answer.Error(403, "Forbidden");

    readonly Regex[] _allow;
    readonly Regex[] _deny;

    BotDetection(Config config)
    {
        _allow = [.. config.Allow.Select(pattern => UserPattern.Compile(pattern, whole: false))];
        _deny = [.. config.Deny.Select(pattern => UserPattern.Compile(pattern, whole: false))];
    }

    public static string Name => "bot-detection";
    public static string Summary => "Refuses requests whose User-Agent is that of a known bot.";
    public static JsonTypeInfo<Config> ConfigType => BotDetectionJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(Config config, PluginContext context) => new BotDetection(config);

    public static void Check(Config config, Problems problems)
    {
        for (var i = 0; i < config.Allow.Count; i++) UserPattern.Check($"allow[{i}]", config.Allow[i], problems);
        for (var i = 0; i < config.Deny.Count; i++) UserPattern.Check($"deny[{i}]", config.Deny[i], problems);
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var agents = exchange.Http.Request.Headers.UserAgent;
        if (agents.Count == 0) return Verdict.Continue;
        if (agents.Count > 1) return (Verdict)Ambiguous;
        var agent = agents[0].AsSpan().Trim();
        if (agent.IsEmpty || MatchesAny(_allow, agent)) return Verdict.Continue;
        return MatchesAny(_deny, agent) || KnownBots.Include(agent) ? Forbidden : Verdict.Continue;
    }

    static bool MatchesAny(Regex[] patterns, ReadOnlySpan<char> agent)
    {
        foreach (var pattern in patterns)
            if (pattern.IsMatch(agent)) return true;
        return false;
    }

    /// <summary>Settings of bot-detection.</summary>
    public sealed record Config
    {
        [Description("Regular expressions of User-Agents that may pass, even if they are known bots or denied."), Format(TextFormat.Regex)]
        public IReadOnlyList<string> Allow { get; init; } = [];

        [Description("Regular expressions of User-Agents that may not pass, besides the known bots."), Format(TextFormat.Regex)]
        public IReadOnlyList<string> Deny { get; init; } = [];
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BotDetection.Config))]
sealed partial class BotDetectionJson : JsonSerializerContext;
