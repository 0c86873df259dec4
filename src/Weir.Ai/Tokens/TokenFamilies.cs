namespace Weir.Ai;

/// <summary>Which family a model is of, by its name: a name holds on OpenAI, on Azure, on Bedrock and on OpenRouter alike.</summary>
static class TokenFamilies
{
    /// <summary>What is not known is counted as Claude is: with the most tokens for a text.</summary>
    public static readonly TokenRates Other = new()
    {
        Family = "other",
        Permille = 1250,
        Message = 8,
        Request = 16,
        Tools = 600,
        ToolPermille = 1500,
        MarginPermille = 1000,
        Images = ImageRule.Squares,
    };

    static readonly TokenRates Gpt = new() { Family = "gpt", Message = 4, Request = 3, Tools = 15, ToolPermille = 700, MarginPermille = 100 };
    static readonly TokenRates GptMini = Gpt with { Family = "gpt-4o-mini", ImageTokens = 2833, TileTokens = 5667 };
    static readonly TokenRates GptPatches = Gpt with { Family = "gpt-4.1-mini", Images = ImageRule.Patches, TileTokens = 1620 };
    static readonly TokenRates GptPatchesNano = GptPatches with { Family = "gpt-4.1-nano", TileTokens = 2460 };
    static readonly TokenRates Gpt5 = Gpt with { Family = "gpt-5", Request = 2, Tools = 100, ImageTokens = 70, TileTokens = 140 };
    static readonly TokenRates OSeries = Gpt5 with { Family = "o", ImageTokens = 75, TileTokens = 150 };
    static readonly TokenRates OldGpt = Gpt with { Family = "gpt-3.5 and gpt-4", IsCl100k = true };

    // Harmony: a system message of its own before the conversation.
    static readonly TokenRates GptOss = Gpt with { Family = "gpt-oss", Message = 5, Request = 62, Tools = 40, MarginPermille = 300 };

    static readonly TokenRates Claude = new()
    {
        Family = "claude",
        Permille = 1160,
        Message = 5,
        Request = 4,
        Tools = 500,
        ToolPermille = 1500,
        MarginPermille = 300,
        Images = ImageRule.Area,
    };

    // A vocabulary that divides text finer came with Opus 4.7.
    static readonly TokenRates NewClaude = Claude with { Family = "claude since 4.7", Permille = 1420, Message = 4, Tools = 350 };

    static readonly TokenRates Gemini = new()
    {
        Family = "gemini",
        Permille = 1030,
        Message = 1,
        Tools = 10,
        ToolPermille = 1600,
        Images = ImageRule.Squares,
    };

    static readonly TokenRates Mistral = new() { Family = "mistral", Message = 4, Request = 1, Tools = 20, ToolPermille = 1200 };
    static readonly TokenRates Llama = new() { Family = "llama", Message = 5, Request = 30, Tools = 640, ToolPermille = 1400, MarginPermille = 400 };
    static readonly TokenRates Qwen = new() { Family = "qwen", Permille = 1050, Message = 5, Request = 5, Tools = 240, MarginPermille = 300 };
    static readonly TokenRates DeepSeek = new() { Family = "deepseek", Permille = 1050, Message = 4, Request = 2, Tools = 320, MarginPermille = 400 };

    // Command models are told how to behave before they are asked, at the caller's expense.
    static readonly TokenRates Cohere = new()
    {
        Family = "command",
        Permille = 1050,
        Message = 6,
        Request = 480,
        Tools = 940,
        ToolPermille = 1200,
        MarginPermille = 500,
    };

    static readonly TokenRates Grok = new() { Family = "grok", Permille = 1100, Message = 4, Request = 150, Tools = 250, MarginPermille = 400 };

    /// <summary>By a part of the name, the first that is found.</summary>
    static readonly (string Part, TokenRates Rates)[] Parts =
    [
        ("gpt-oss", GptOss), ("gpt-5", Gpt5), ("gpt-4o-mini", GptMini), ("gpt-4.1-mini", GptPatches), ("gpt-4.1-nano", GptPatchesNano),
        ("gpt-4o", Gpt), ("gpt-4.1", Gpt), ("gpt-4.5", Gpt), ("chatgpt", Gpt), ("gpt-4", OldGpt), ("gpt-3", OldGpt), ("gpt-35", OldGpt),
        ("text-embedding", OldGpt), ("claude-fable", NewClaude), ("claude", Claude), ("gemini", Gemini), ("gemma", Gemini),
        ("mistral", Mistral), ("mixtral", Mistral), ("magistral", Mistral), ("ministral", Mistral), ("codestral", Mistral), ("devstral", Mistral),
        ("pixtral", Mistral), ("deepseek", DeepSeek), ("llama", Llama), ("qwen", Qwen), ("qwq", Qwen), ("command", Cohere), ("grok", Grok),
    ];

    /// <summary>Every family.</summary>
    public static IEnumerable<TokenRates> All => Parts.Select(static part => part.Rates).Append(NewClaude).Append(OSeries).Append(Other).Distinct();

    /// <summary>The family of a model.</summary>
    public static TokenRates Of(string model)
    {
        var name = model.AsSpan()[(model.LastIndexOf('/') + 1)..];
        if (IsOSeries(name)) return OSeries;
        foreach (var (part, rates) in Parts)
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase)) return rates == Claude && IsNewClaude(name) ? NewClaude : rates;
        return Other;
    }

    // o1, o3-mini, o4-mini-2025-04-16.
    static bool IsOSeries(ReadOnlySpan<char> name) =>
        name.Length >= 2 && name[0] is 'o' or 'O' && char.IsAsciiDigit(name[1]) && (name.Length == 2 || name[2] == '-');

    // claude-opus-4-7, claude-opus-4-8, claude-sonnet-5, us.anthropic.claude-opus-5-v1:0; not claude-3-5-sonnet-20241022.
    static bool IsNewClaude(ReadOnlySpan<char> name)
    {
        foreach (var tier in (ReadOnlySpan<string>)["opus-", "sonnet-", "haiku-"])
        {
            var at = name.IndexOf(tier, StringComparison.OrdinalIgnoreCase);
            if (at < 0) continue;
            var version = name[(at + tier.Length)..];
            var digits = version.IndexOfAnyExceptInRange('0', '9');
            var major = digits < 0 ? version : version[..digits];
            // A date has eight digits.
            if (major.Length is 0 or > 2) return false;
            if (int.Parse(major, System.Globalization.CultureInfo.InvariantCulture) >= 5) return true;
            var minor = digits < 0 ? [] : version[(digits + 1)..];
            return major is "4" && minor.Length > 0 && minor[0] is >= '7' and <= '9' && (minor.Length == 1 || !char.IsAsciiDigit(minor[1]));
        }
        return false;
    }
}
