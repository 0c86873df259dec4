using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Puts messages before and after the conversations that clients send.</summary>
sealed class AiPromptDecorator : PromptPlugin, IPluginKind<AiPromptDecorator.Config>
{
    readonly Config _config;

    AiPromptDecorator(Config config) : base(config.LlmFormat, config.MaxRequestBodySize) => _config = config;

    public static string Name => "ai-prompt-decorator";
    public static string Summary => "Puts messages before or after the conversations that clients send.";
    public static JsonTypeInfo<Config> ConfigType => AiPromptDecoratorJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        if (config.Prompts.Prepend.Count == 0 && config.Prompts.Append.Count == 0)
            problems.Add("prompts", "at least one of these fields must be non-empty: 'prepend', 'append'");
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiPromptDecorator(config);

    protected override LlmError? Look(Exchange exchange, LlmCall call)
    {
        if (call.Surface.Operation != Operation.Chat) return Bad("this LLM route only supports llm/chat type requests");
        var problems = new Problems();
        if (call.Read(problems) is not { } request || problems.Found.Count > 0) return InvalidRequest.Of(problems);
        request.Messages.InsertRange(0, _config.Prompts.Prepend.Select(static prompt => prompt.ToMessage()));
        request.Messages.AddRange(_config.Prompts.Append.Select(static prompt => prompt.ToMessage()));
        call.IsRewritten = true;
        return null;
    }

    /// <summary>Configuration of ai-prompt-decorator.</summary>
    public sealed record Config
    {
        [Description("The messages.")]
        public DecoratorPrompts Prompts { get; init; } = new();

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;

        [Description("Dialect of the clients where neither the path of a request nor a proxy plugin on the route tells.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;
    }
}

/// <summary>Messages to add.</summary>
sealed record DecoratorPrompts
{
    [Description("Messages before the conversation."), MaxLength(15)]
    public IReadOnlyList<DecoratorPrompt> Prepend { get; init; } = [];

    [Description("Messages after it."), MaxLength(15)]
    public IReadOnlyList<DecoratorPrompt> Append { get; init; } = [];
}

/// <summary>A message to add.</summary>
sealed record DecoratorPrompt
{
    [Description("Who says it.")]
    public DecoratorRole Role { get; init; } = DecoratorRole.System;

    [Description("What is said."), Length(1, 100_000)]
    public required string Content { get; init; }

    internal Message ToMessage() => Message.OfText(
        Role switch { DecoratorRole.User => Ai.Role.User, DecoratorRole.Assistant => Ai.Role.Assistant, _ => Ai.Role.System }, Content);
}

/// <summary>Who says a message.</summary>
enum DecoratorRole
{
    [JsonStringEnumMemberName("system")] System,
    [JsonStringEnumMemberName("assistant")] Assistant,
    [JsonStringEnumMemberName("user")] User,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiPromptDecorator.Config))]
sealed partial class AiPromptDecoratorJson : JsonSerializerContext;
