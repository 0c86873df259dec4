using System.Globalization;

namespace Weir.Ai;

/// <summary>What the whole and the streamed answer have in common when they are written.</summary>
sealed class BedrockReplyShape(ReplyShape shape)
{
    /// <summary>Dialect that the answer was read from; known once it has started.</summary>
    public DialectName? Source { get; set; }

    /// <summary>Whether the answer came in Bedrock's own dialect, so that its extras are understood.</summary>
    public bool IsOwn => Source is DialectName.Bedrock;

    /// <summary>Whether signatures of thoughts are Claude's: they are the same by Anthropic.</summary>
    public bool HasSignatures => Source is DialectName.Anthropic or DialectName.Bedrock;

    public Losses Losses => shape.Losses;

    /// <summary>The id of a call, made up where the provider gives none.</summary>
    public string CallId(string? id, int part) =>
        string.IsNullOrEmpty(id) ? string.Create(CultureInfo.InvariantCulture, $"call_{ToolArguments.SafeId(shape.Id)}_{part}")
        : IsOwn ? id
        : ToolArguments.SafeId(id);

    /// <summary>Whether Bedrock has a block for a part; one that has none is named as a loss.</summary>
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

    /// <summary>Whether a field that only one dialect knows can be written; one that cannot is named as a loss.</summary>
    public bool Takes(string extra)
    {
        if (IsOwn) return true;
        Losses.Add(extra);
        return false;
    }
}
