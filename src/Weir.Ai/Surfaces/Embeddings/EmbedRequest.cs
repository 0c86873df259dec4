namespace Weir.Ai;

/// <summary>Texts that are to become vectors.</summary>
sealed class EmbedRequest : SurfaceRequest
{
    /// <summary>What is to be embedded, in order.</summary>
    public required IReadOnlyList<EmbedInput> Inputs { get; init; }

    /// <summary>The one vector is asked for by itself, not in a list (Gemini's embedContent).</summary>
    public bool IsSingle { get; init; }

    /// <summary>Length of the vectors; null for the model's own.</summary>
    public int? Dimensions { get; init; }

    /// <summary>What the vectors are for; null where not said.</summary>
    public EmbedPurpose? Purpose { get; init; }

    /// <summary>What becomes of a text that is too long: "none", "start", "end"; null where not said.</summary>
    public string? Truncation { get; init; }

    /// <summary>Kinds of vectors: "float", "base64", "int8", "uint8", "binary", "ubinary"; empty for the usual.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Vectors of length one; null where not said.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Id of the end user.</summary>
    public string? User { get; init; }

    public override TokenUsage Estimate(string model)
    {
        var tokens = 0L;
        foreach (var input in Inputs) tokens += input.Tokens?.Count ?? TokenEstimator.Text(input.Text, model).Tokens;
        return new TokenUsage { Input = tokens, IsEstimated = true };
    }
}

/// <summary>One thing to be embedded.</summary>
/// <param name="Text">The text; empty where it is tokens or an image.</param>
readonly record struct EmbedInput(string Text)
{
    /// <summary>The text as tokens of the model's own vocabulary, or null.</summary>
    public IReadOnlyList<int>? Tokens { get; init; }

    /// <summary>An image, as its data: address, or null.</summary>
    public string? Image { get; init; }

    /// <summary>Title of the text where it is a document, or null.</summary>
    public string? Title { get; init; }
}

/// <summary>What vectors are for.</summary>
enum EmbedPurpose
{
    Query,
    Document,
    Similarity,
    Classification,
    Clustering,
    QuestionAnswering,
    FactVerification,
    CodeQuery,
    Image,
}

/// <summary>The vectors.</summary>
sealed class EmbedReply : SurfaceReply
{
    /// <summary>Vectors by their kind, each list in the order of the inputs: arrays of numbers, or texts in base64.</summary>
    public required IReadOnlyList<(string Format, IReadOnlyList<JsonText> Vectors)> ByFormat { get; init; }

    /// <summary>Fields of the answer without a place here.</summary>
    public IReadOnlyList<Extra> Extras { get; init; } = [];

    /// <summary>The vectors of one kind; null when there are none.</summary>
    public IReadOnlyList<JsonText>? Of(string format)
    {
        foreach (var (name, vectors) in ByFormat)
            if (name == format) return vectors;
        return null;
    }
}
