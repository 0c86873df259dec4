using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Ai.Plugins;

/// <summary>Lets prompts pass or refuses them by regular expressions.</summary>
sealed class AiPromptGuard : PromptPlugin, IPluginKind<AiPromptGuard.Config>
{
    readonly Regex[] _allow;
    readonly Regex[] _deny;
    readonly bool _lastOnly;
    readonly bool _allRoles;

    AiPromptGuard(Config config) : base(config.LlmFormat, config.MaxRequestBodySize)
    {
        (_allow, _deny) = (UserPattern.CompileAny(config.AllowPatterns), UserPattern.CompileAny(config.DenyPatterns));
        (_lastOnly, _allRoles) = (config.AllowAllConversationHistory, config.MatchAllRoles);
    }

    public static string Name => "ai-prompt-guard";
    public static string Summary => "Allows or refuses prompts by regular expressions.";
    public static JsonTypeInfo<Config> ConfigType => AiPromptGuardJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        if (config.AllowPatterns.Count == 0 && config.DenyPatterns.Count == 0)
            problems.Add("at least one of these fields must be non-empty: 'allow_patterns', 'deny_patterns'");
        if (config is { MatchAllRoles: true, AllowAllConversationHistory: true })
            problems.Add("failed conditional validation given value of field 'match_all_roles': allow_all_conversation_history must be false");
        Check("allow_patterns", config.AllowPatterns, problems);
        Check("deny_patterns", config.DenyPatterns, problems);
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiPromptGuard(config);

    protected override LlmError? Look(Exchange exchange, LlmCall call)
    {
        var problems = new Problems();
        if (SpokenTexts.Of(call, problems) is not { } texts)
            return Bad("request body doesn't contain valid prompts: " + InvalidRequest.Of(problems).Message);
        var prompt = Prompt(texts);
        foreach (var pattern in _deny)
            if (pattern.IsMatch(prompt)) return Bad("bad request");
        if (_allow.Length == 0) return null;
        foreach (var pattern in _allow)
            if (pattern.IsMatch(prompt)) return null;
        return Bad("bad request");
    }

    /// <summary>What is looked at: the last thing the user said, or everything that was said by the roles that count.</summary>
    string Prompt(IReadOnlyList<SpokenText> texts)
    {
        List<string> looked = [];
        var last = -1;
        foreach (var text in texts)
        {
            if (!_allRoles && text.Role != Role.User) continue;
            // A message may have several texts: all of them are the last thing said.
            if (_lastOnly && text.Message != last) looked.Clear();
            last = text.Message;
            looked.Add(text.Text);
        }
        return looked is [var only] ? only : string.Join('\n', looked);
    }

    static void Check(string field, IReadOnlyList<string> patterns, Problems problems)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (patterns[i].Length is 0 or > Config.PatternCharsMax)
                problems.Add($"{field}[{i}]", $"must have between 1 and {Config.PatternCharsMax} characters");
            UserPattern.Check($"{field}[{i}]", patterns[i], problems);
        }
    }

    /// <summary>Configuration of ai-prompt-guard.</summary>
    public sealed record Config
    {
        internal const int PatternCharsMax = 500;

        [Description("Regular expressions of prompts that pass; when there are any, others are refused."), MaxLength(10)]
        public IReadOnlyList<string> AllowPatterns { get; init; } = [];

        [Description("Regular expressions of prompts that are refused, even those that are allowed."), MaxLength(10)]
        public IReadOnlyList<string> DenyPatterns { get; init; } = [];

        [Description("Look only at the last thing that the user said, and let what was said before pass.")]
        public bool AllowAllConversationHistory { get; init; }

        [Description("Look at what everybody says, and not only at what the user says.")]
        public bool MatchAllRoles { get; init; }

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;

        [Description("Dialect of the clients where neither the path of a request nor a proxy plugin on the route tells.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;

        [Description("What is generated. Weir knows it from the request; the field is read for files written for Kong.")]
        public GenAiCategory GenaiCategory { get; init; } = GenAiCategory.TextGeneration;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiPromptGuard.Config))]
sealed partial class AiPromptGuardJson : JsonSerializerContext;
