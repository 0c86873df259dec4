namespace Weir.Ai;

/// <summary>How images become tokens.</summary>
enum ImageRule
{
    /// <summary>OpenAI: scaled to 2048, then to 768 on the shorter side; a base and so much for each tile of 512.</summary>
    Tiles,

    /// <summary>OpenAI's small models: patches of 32, at most 1536, times a factor.</summary>
    Patches,

    /// <summary>Anthropic: scaled to 1568 on the longer side; width × height / 750.</summary>
    Area,

    /// <summary>Google: 258 for each tile of 768.</summary>
    Squares,
}

/// <summary>
/// How a family of models counts. A model without a vocabulary that can be had is counted with o200k_base and a ratio that was calibrated against what
/// providers reported; docs/tokens.md has the errors.
/// </summary>
sealed record TokenRates
{
    public required string Family { get; init; }

    /// <summary>Counted with cl100k_base and not with o200k_base.</summary>
    public bool IsCl100k { get; init; }

    /// <summary>Tokens of the family for a thousand tokens of the vocabulary.</summary>
    public int Permille { get; init; } = 1000;

    /// <summary>Tokens around each message.</summary>
    public int Message { get; init; }

    /// <summary>Tokens around the conversation.</summary>
    public int Request { get; init; }

    /// <summary>Tokens that the presence of tools adds.</summary>
    public int Tools { get; init; }

    /// <summary>Tokens of the family for a thousand tokens of the JSON of a tool's definition.</summary>
    public int ToolPermille { get; init; } = 1000;

    /// <summary>What the upper bound adds to the estimate, in thousandths.</summary>
    public int MarginPermille { get; init; } = 250;

    public ImageRule Images { get; init; }

    /// <summary>Of <see cref="ImageRule.Tiles"/>: tokens of every image.</summary>
    public int ImageTokens { get; init; } = 85;

    /// <summary>Of <see cref="ImageRule.Tiles"/>: tokens of each tile. Of <see cref="ImageRule.Patches"/>: thousandths of a token of each patch.</summary>
    public int TileTokens { get; init; } = 170;
}
