using System.Buffers;
using System.Collections.Frozen;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Puts prompts of the operator's in place of the references to them that clients send.</summary>
sealed class AiPromptTemplate : PromptPlugin, IPluginKind<AiPromptTemplate.Config>
{
    const string Start = "{template://";

    static readonly LlmError s_untemplated = Bad("this LLM route only supports templated requests");

    /// <summary>What a client may say beside a template where all prompts must be templates: nothing that the model reads.</summary>
    static readonly FrozenSet<string> s_settings = new[]
    {
        "messages", "prompt", "properties", "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens", "temperature",
        "top_p", "top_k", "n", "seed", "stop", "stop_sequences", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "user", "metadata",
        "service_tier", "reasoning_effort", "verbosity", "store",
    }.ToFrozenSet(StringComparer.Ordinal);

    readonly Dictionary<string, PromptTemplate> _templates = [];
    readonly bool _allowsUntemplated;
    readonly bool _logsOriginal;

    AiPromptTemplate(Config config) : base(LlmFormat.OpenAi, config.MaxRequestBodySize)
    {
        foreach (var template in config.Templates) _templates.TryAdd(template.Name, new PromptTemplate(template.Template));
        (_allowsUntemplated, _logsOriginal) = (config.AllowUntemplatedRequests, config.LogOriginalRequest);
    }

    public static string Name => "ai-prompt-template";
    public static string Summary => "Puts prepared prompts in place of the references to them that clients send.";
    public static JsonTypeInfo<Config> ConfigType => AiPromptTemplateJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < config.Templates.Count; i++)
        {
            var (name, template) = (config.Templates[i].Name, config.Templates[i].Template);
            if (name.Contains('}')) problems.Add($"templates[{i}].name", "must have no '}', which ends a reference");
            if (!names.Add(name)) problems.Warn($"templates[{i}].name", $"a template before it is called '{name}', too: this one is never used");
            PromptTemplate.Check($"templates[{i}].template", template, problems);
        }
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiPromptTemplate(config);

    protected override LlmError? Look(Exchange exchange, LlmCall call)
    {
        if (_logsOriginal) LlmLogFields.AddOriginal(exchange, call);
        if (!call.IsJson) return Untemplated();
        var problems = new Problems();
        if (WireObject.Parse(call.Body, problems, out var document) is not { } read) return InvalidRequest.Of(problems);
        using (document)
        {
            var body = read.Element;
            var prompt = Reference(body, "prompt");
            if ((Reference(body, "messages") ?? prompt) is not { } name) return Untemplated();
            if (read.Has("messages") && read.Has("prompt")) return Bad("cannot run 'messages' and 'prompt' templates at the same time");
            if (!_templates.TryGetValue(name, out var template)) return Bad($"could not find template name [{name}]");
            if (!_allowsUntemplated && Stray(body) is { } stray) return s_untemplated with { Param = stray };
            var (values, error) = Values(template, body);
            return error ?? Apply(exchange, call, body, (name, template), values);
        }
    }

    LlmError? Untemplated() => _allowsUntemplated ? null : s_untemplated;

    /// <summary>Fills the template and makes its fields those of the request.</summary>
    LlmError? Apply(Exchange exchange, LlmCall call, JsonElement body, (string Name, PromptTemplate Template) of, byte[][] values)
    {
        if (of.Template.Fill(values, BodyBytesMax) is not { } filled)
            return new LlmError(LlmErrorKind.TooLarge, 413, $"request body is larger than the limit of {BodyBytesMax} bytes");
        // Properties can break it only where they stand outside of a string.
        if (WireObject.Parse(filled, new Problems(), out var document) is not { } made)
            return Bad($"template [{of.Name}] makes no valid JSON with these properties");
        using (document)
        {
            var merged = Merge(body, made.Element);
            if (call.ReplaceBody(merged) is { } refused) return refused;
            exchange.Upstream.Body = merged;
            return null;
        }
    }

    /// <summary>The name that a field refers to, or null when it is no reference.</summary>
    static string? Reference(JsonElement body, string field)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var text = WireJson.TextOf(value).AsSpan().Trim();
        return text.StartsWith(Start, StringComparison.Ordinal) && text[^1] == '}' ? text[Start.Length..^1].ToString() : null;
    }

    static string? Stray(JsonElement body)
    {
        foreach (var field in body.EnumerateObject())
            if (!s_settings.Contains(field.Name)) return field.Name;
        return null;
    }

    /// <summary>What the client gives for the names of a template, escaped as it came.</summary>
    static (byte[][] Values, LlmError? Error) Values(PromptTemplate template, JsonElement body)
    {
        var has = body.TryGetProperty("properties", out var properties) && properties.ValueKind != JsonValueKind.Null;
        if (has && properties.ValueKind != JsonValueKind.Object) return ([], Bad("properties must be an object") with { Param = "properties" });
        if (has)
        {
            foreach (var property in properties.EnumerateObject())
                if (property.Value.ValueKind != JsonValueKind.String)
                    return ([], Bad($"property values must be a string, got {KindOf(property.Value)}") with { Param = $"properties.{property.Name}" });
        }
        var values = new byte[template.Names.Count][];
        List<string> missing = [];
        for (var i = 0; i < values.Length; i++)
        {
            if (has && properties.TryGetProperty(template.Names[i], out var value)) values[i] = JsonMarshal.GetRawUtf8Value(value)[1..^1].ToArray();
            else missing.Add(template.Names[i]);
        }
        return (values, missing.Count == 0 ? null : Bad($"missing template parameters: [{string.Join("], [", missing)}]"));
    }

    /// <summary>The words of Kong's messages, which are Lua's.</summary>
    static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => "table",
    };

    /// <summary>The client's request without reference and properties, and with the template's fields, which win.</summary>
    static byte[] Merge(JsonElement client, JsonElement template)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, WireText.Options))
        {
            json.WriteStartObject();
            foreach (var field in client.EnumerateObject())
            {
                if (field.Name is "messages" or "prompt" or "properties" || template.TryGetProperty(field.Name, out _)) continue;
                json.WritePropertyName(field.Name);
                json.WriteJson(field.Value);
            }
            foreach (var field in template.EnumerateObject())
            {
                json.WritePropertyName(field.Name);
                json.WriteJson(field.Value);
            }
            json.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Configuration of ai-prompt-template.</summary>
    public sealed record Config
    {
        [Description("The templates.")]
        public required IReadOnlyList<NamedTemplate> Templates { get; init; }

        [Description("Let requests pass that refer to no template.")]
        public bool AllowUntemplatedRequests { get; init; } = true;

        [Description("Add the request as the client sent it to the log, as ai.payload.original_request.")]
        public bool LogOriginalRequest { get; init; }

        [Description("Longest request body, before and after the template is filled, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;
    }
}

/// <summary>A template, and how clients call it.</summary>
sealed record NamedTemplate
{
    [Description("Name by which requests refer to it: {template://name}.")]
    public required string Name { get; init; }

    [Description("JSON object whose fields become those of the request. {{x}} stands for the property x of the request.")]
    public required string Template { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiPromptTemplate.Config))]
sealed partial class AiPromptTemplateJson : JsonSerializerContext;
