namespace Weir.Ai;

enum Role
{
    System,
    Developer,
    User,
    Assistant,

    /// <summary>Carries results of tools.</summary>
    Tool,
}

/// <summary>One message of a conversation.</summary>
sealed class Message
{
    public required Role Role { get; set; }

    /// <summary>Name of the participant, or null.</summary>
    public string? Name { get; set; }

    public List<Part> Parts { get; init; } = [];

    /// <summary>Fields without a place here.</summary>
    public List<Extra> Extras { get; init; } = [];

    public static Message OfText(Role role, string text) => new() { Role = role, Parts = { new TextPart(text) } };
}

/// <summary>A piece of a message.</summary>
abstract record Part
{
    /// <summary>The prompt up to and including this part may be cached by the provider; null where it is not marked.</summary>
    public CacheMark? Cache { get; init; }

    /// <summary>Fields without a place here.</summary>
    public IReadOnlyList<Extra> Extras { get; init; } = [];
}

/// <summary>A mark behind which the provider may cache the prompt.</summary>
/// <param name="Ttl">"5m", "1h"; null for the provider's default.</param>
sealed record CacheMark(string? Ttl = null);

sealed record TextPart(string Text) : Part
{
    /// <summary>Citations or annotations of the text, in the words of the dialect; empty for none.</summary>
    public JsonText Annotations { get; init; }
}

/// <summary>What the model refused to say, in its words.</summary>
sealed record RefusalPart(string Text) : Part;

sealed record ImagePart(Media Media) : Part
{
    /// <summary>"low", "high", "auto"; null where not said.</summary>
    public string? Detail { get; init; }
}

sealed record AudioPart(Media Media) : Part;

sealed record VideoPart(Media Media) : Part;

/// <summary>A PDF or another document.</summary>
sealed record DocumentPart(Media Media) : Part
{
    public string? FileName { get; init; }

    /// <summary>Text that goes with it (Anthropic's "context").</summary>
    public string? Context { get; init; }

    /// <summary>The model may cite it; null where not said.</summary>
    public bool? Citations { get; init; }
}

/// <summary>The model asks for a tool to be called.</summary>
/// <param name="Id">Id that the result refers to.</param>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">Arguments as JSON text, exactly as the model wrote them; may be empty or broken.</param>
sealed record ToolCallPart(string Id, string Name, string Arguments) : Part
{
    /// <summary>Opaque state that must come back with the call (Gemini's thought signature), or null.</summary>
    public string? Signature { get; init; }
}

/// <summary>What a tool gave.</summary>
/// <param name="CallId">The call it answers.</param>
/// <param name="Content">Text, images, documents, or an <see cref="OpaquePart"/> with JSON.</param>
sealed record ToolResultPart(string CallId, IReadOnlyList<Part> Content) : Part
{
    /// <summary>Name of the tool where the wire needs it (Gemini), or null: the call with this id has it.</summary>
    public string? Name { get; init; }

    /// <summary>The tool failed.</summary>
    public bool IsError { get; init; }
}

/// <summary>What the model thought. Goes back to the provider in later turns, unchanged.</summary>
/// <param name="Text">The thoughts or their summary; empty when they are hidden.</param>
sealed record ReasoningPart(string Text) : Part
{
    /// <summary>Provider's proof that the text is its own (Anthropic, Bedrock, Gemini), or null.</summary>
    public string? Signature { get; init; }

    /// <summary>Encrypted thoughts: Anthropic's redacted_thinking, OpenAI's encrypted_content, Bedrock's redactedContent; null for none.</summary>
    public string? Encrypted { get; init; }

    /// <summary>Id of the reasoning item (OpenAI Responses), or null.</summary>
    public string? Id { get; init; }

    /// <summary>Field that held it where a wire has several for it (<c>reasoning_content</c>, <c>reasoning</c>), or null.</summary>
    public string? Field { get; init; }

    /// <summary>
    /// Whose signature or encryption it is where a wire carries those of several providers, in OpenRouter's words (<c>anthropic-claude-v1</c>), or null.
    /// </summary>
    public string? Format { get; init; }
}

/// <summary>A part of a kind that only its own dialect knows, as JSON.</summary>
/// <param name="Kind">The dialect's word for it: <c>server_tool_use</c>.</param>
/// <param name="Json">The whole part.</param>
sealed record OpaquePart(string Kind, JsonText Json) : Part;
