using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Config;

namespace Weir.Ai.Plugins;

/// <summary>Looks for patterns in prompts and answers, streams included, and refuses the call or takes out what it found.</summary>
sealed class AiTextGuard : PromptPlugin, IPluginKind<AiTextGuard.Config>, IOnDone
{
    readonly IReadOnlyList<(string Name, LlmError Stop)> _stops;
    readonly PatternScanner? _requests;
    readonly PatternScanner? _replies;

    AiTextGuard(Config config) : base(config.LlmFormat, config.MaxRequestBodySize)
    {
        List<(string, LlmError)> stops = [];
        _requests = Scanner(config, config.Rules.Where(static rule => rule.ApplyTo != GuardedSide.Response), stops);
        _replies = Scanner(config, config.Rules.Where(static rule => rule.ApplyTo != GuardedSide.Request), stops);
        _stops = stops;
    }

    public static string Name => "ai-text-guard";
    public static string Summary => "Refuses or redacts what patterns find in prompts and answers, streams included.";
    public static JsonTypeInfo<Config> ConfigType => AiTextGuardJson.Default.Config;

    // A prompt of a megabyte takes some milliseconds.
    public static bool IsBlocking => true;

    public static void Check(Config config, Problems problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < config.Rules.Count; i++)
        {
            var rule = config.Rules[i];
            if (rule.Pattern is null == rule.Find is null) problems.Add($"rules[{i}]", "exactly one of these fields must be set: 'pattern', 'find'");
            if (rule.Pattern is { } pattern) PatternScanner.Check($"rules[{i}].pattern", PathFormat.DotNet(pattern), problems);
            if (!names.Add(rule.NameOf(i))) problems.Add($"rules[{i}].name", $"another rule is called '{rule.NameOf(i)}', too");
        }
        if (config.ResponseBufferSize < Recognizers.CharsMax && config.Rules.Any(static rule => rule.Find == Recognizer.ApiKey))
            problems.Warn("response_buffer_size", $"keys may be longer: from {Recognizers.CharsMax} on they are found whole");
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiTextGuard(config);

    protected override LlmError? Look(Exchange exchange, LlmCall call)
    {
        // What cannot be looked at does not pass.
        if (call.Surface.Operation == Operation.Realtime) return Bad("realtime sessions are not possible here: a guard cannot look at them");
        if (_replies is not null) call.ReplyScanners.Add(_replies);
        if (_requests is null || RequestScreen.Apply(call, _requests) is not { } refused) return null;
        call.Outcome.Stopped = refused;
        return refused;
    }

    /// <summary>The log says which rule it was; the client is not told.</summary>
    public void OnDone(Exchange exchange)
    {
        if (LlmCall.Of(exchange)?.Outcome.Stopped is not { } stopped) return;
        foreach (var (name, stop) in _stops)
        {
            if (!ReferenceEquals(stop, stopped)) continue;
            exchange.AddLog("ai_text_guard", JsonSerializer.SerializeToUtf8Bytes(new GuardRecord(name), AiTextGuardJson.Default.GuardRecord));
            return;
        }
    }

    static PatternScanner? Scanner(Config config, IEnumerable<GuardRule> rules, List<(string Name, LlmError Stop)> stops)
    {
        List<ScanRule> scanned = [];
        foreach (var rule in rules)
        {
            LlmError? stop = null;
            if (rule.Action == GuardAction.Block)
            {
                stop = new LlmError(LlmErrorKind.ContentFilter, config.ErrorCode, config.ErrorMessage);
                stops.Add((rule.NameOf(IndexOf(config, rule)), stop));
            }
            scanned.Add(rule.Find is { } known
                ? Recognizers.RuleOf(known, rule.Replacement, stop)
                : new ScanRule(PathFormat.DotNet(rule.Pattern!), rule.Replacement, stop));
        }
        if (scanned.Count == 0) return null;
        var roles = config.Roles.ToHashSet();
        return new PatternScanner(scanned, config.ResponseBufferSize, place => place.IsReply || roles.Contains(Of(place.Role)));
    }

    static int IndexOf(Config config, GuardRule rule)
    {
        for (var i = 0; i < config.Rules.Count; i++)
            if (ReferenceEquals(config.Rules[i], rule)) return i;
        return -1;
    }

    static GuardedRole Of(Role role) => role switch
    {
        Role.System or Role.Developer => GuardedRole.System,
        Role.Assistant => GuardedRole.Assistant,
        Role.Tool => GuardedRole.Tool,
        _ => GuardedRole.User,
    };

    /// <summary>Configuration of ai-text-guard.</summary>
    public sealed record Config
    {
        [Description("What to look for."), Length(1, 100)]
        public required IReadOnlyList<GuardRule> Rules { get; init; }

        [Description("Whose texts are looked at in requests. Results of tools are said by tool, whichever message carries them."), Set, MinLength(1)]
        public IReadOnlyList<GuardedRole> Roles { get; init; } = [GuardedRole.System, GuardedRole.User, GuardedRole.Assistant, GuardedRole.Tool];

        [Description("Most characters of a streamed text that are held back while they may become a match. A longer match is found as far as it reaches in "
            + "them."), Range(16, 65536)]
        public int ResponseBufferSize { get; init; } = 1024;

        [Description("Status of a refusal."), Range(400, 599)]
        public int ErrorCode { get; init; } = 400;

        [Description("What a client is told of a refusal.")]
        public string ErrorMessage { get; init; } = "refused by a guard";

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;

        [Description("Dialect of the clients where neither the path of a request nor a proxy plugin on the route tells.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;
    }

    /// <summary>What the log says of a refusal.</summary>
    internal sealed record GuardRecord(string Blocked);
}

/// <summary>Something to look for.</summary>
sealed record GuardRule
{
    [Description("Name in the log; unset: what it finds, or its number.")]
    public string? Name { get; init; }

    [Description("Regular expression, without look-around and back-references. Found anywhere in a text."), Length(1, 2000)]
    public string? Pattern { get; init; }

    [Description("Something that Weir knows, in place of a pattern: keys and tokens, e-mail addresses, numbers of payment cards (with their check digit).")]
    public Recognizer? Find { get; init; }

    [Description("What becomes of it: block refuses the call, redact puts the replacement in its place.")]
    public GuardAction Action { get; init; } = GuardAction.Redact;

    [Description("What redact puts in its place.")]
    public string Replacement { get; init; } = "[REDACTED]";

    [Description("Where to look.")]
    public GuardedSide ApplyTo { get; init; } = GuardedSide.Both;

    internal string NameOf(int number) =>
        Name ?? (Find is null ? null : Recognizers.NameOf(Find.Value)) ?? number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What becomes of a find.</summary>
enum GuardAction
{
    [JsonStringEnumMemberName("redact")] Redact,
    [JsonStringEnumMemberName("block")] Block,
}

/// <summary>Where a rule holds.</summary>
enum GuardedSide
{
    [JsonStringEnumMemberName("both")] Both,
    [JsonStringEnumMemberName("request")] Request,
    [JsonStringEnumMemberName("response")] Response,
}

/// <summary>Whose texts.</summary>
enum GuardedRole
{
    [JsonStringEnumMemberName("system")] System,
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("assistant")] Assistant,
    [JsonStringEnumMemberName("tool")] Tool,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiTextGuard.Config))]
[JsonSerializable(typeof(AiTextGuard.GuardRecord))]
sealed partial class AiTextGuardJson : JsonSerializerContext;
