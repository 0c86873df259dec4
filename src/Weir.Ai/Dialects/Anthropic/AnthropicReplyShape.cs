using System.Globalization;

namespace Weir.Ai;

/// <summary>What the whole and the streamed answer have in common when they are written.</summary>
sealed class AnthropicReplyShape(ReplyShape shape)
{
    /// <summary>Dialect that the answer was read from; known once it has started.</summary>
    public DialectName? Source { get; set; }

    /// <summary>Whether the answer came in Anthropic's own dialect, so that its extras are understood.</summary>
    public bool IsOwn => Source is DialectName.Anthropic;

    /// <summary>Whether signatures of thoughts are Claude's: they are the same by Bedrock.</summary>
    public bool HasSignatures => Source is DialectName.Anthropic or DialectName.Bedrock;

    public Losses Losses => shape.Losses;

    /// <summary>The request, or null where it was not read.</summary>
    public ChatRequest? Request => shape.Request;

    public string ModelName(string? answered) => shape.Model ?? answered ?? "";

    public string MessageId(string? id) => string.IsNullOrEmpty(id) ? $"msg_{shape.Id}" : id;

    /// <summary>The id of a call, made up where the provider gives none.</summary>
    public string CallId(string? id, int part) =>
        string.IsNullOrEmpty(id) ? string.Create(CultureInfo.InvariantCulture, $"call_{ToolArguments.SafeId(shape.Id)}_{part}")
        : IsOwn ? id
        : ToolArguments.SafeId(id);

    /// <summary>Whether Anthropic has a block for a part; one that has none is named as a loss.</summary>
    public bool Takes(ReplyPartKind kind)
    {
        var loss = kind switch
        {
            ReplyPartKind.Audio => "content.audio",
            ReplyPartKind.Image => "content.image",
            ReplyPartKind.Opaque when !IsOwn => "content.opaque",
            _ => null,
        };
        if (loss is not null) Losses.Add(loss);
        return loss is null;
    }
}
