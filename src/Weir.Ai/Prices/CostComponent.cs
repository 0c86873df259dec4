namespace Weir.Ai;

/// <summary>What a line of a cost sheet is for. The names in a ledger are <see cref="CostComponents.Name"/>; members are only ever added at the end.</summary>
enum CostComponent
{
    /// <summary>Text of the prompt that no cache had.</summary>
    Input,

    /// <summary>Prompt read from the provider's cache.</summary>
    CacheRead,

    /// <summary>Prompt written to the cache for the default time (5 minutes).</summary>
    CacheWrite,

    /// <summary>Prompt written to the cache for an hour.</summary>
    CacheWriteLong,
    AudioInput,
    ImageInput,

    /// <summary>Text generated, without reasoning.</summary>
    Output,
    Reasoning,
    AudioOutput,
    ImageOutput,

    /// <summary>Searches of the provider's web search tool.</summary>
    WebSearch,

    /// <summary>Fee of the call itself.</summary>
    Request,
}

/// <summary>Facts about the components.</summary>
static class CostComponents
{
    public const int Count = (int)CostComponent.Request + 1;

    static readonly string[] Names =
    [
        "input", "cached_read", "cache_write_5m", "cache_write_1h", "audio_input", "image_input",
        "output", "reasoning", "audio_output", "image_output", "web_search", "request",
    ];

    /// <summary>Name in price books and ledgers.</summary>
    public static string Name(this CostComponent component) => Names[(int)component];

    /// <summary>The component of a name; null for an unknown one.</summary>
    public static CostComponent? Parse(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Names.Length; i++)
            if (name.SequenceEqual(Names[i])) return (CostComponent)i;
        return null;
    }

    /// <summary>How many units the price stands for: tokens are priced by the million, searches by the thousand, calls one by one.</summary>
    public static long PricedQuantity(this CostComponent component) => component switch
    {
        CostComponent.WebSearch => 1_000,
        CostComponent.Request => 1,
        _ => 1_000_000,
    };

    /// <summary>Whether it counts tokens of the prompt.</summary>
    public static bool IsInput(this CostComponent component) => component <= CostComponent.ImageInput;

    /// <summary>Whether it counts tokens: what service tiers and context tiers change the price of.</summary>
    public static bool IsTokens(this CostComponent component) => component < CostComponent.WebSearch;

    /// <summary>Whose price holds where the component has none of its own; itself where there is none to fall back to.</summary>
    public static CostComponent Fallback(this CostComponent component) => component switch
    {
        CostComponent.WebSearch or CostComponent.Request => component,
        _ when component.IsInput() => CostComponent.Input,
        _ => CostComponent.Output,
    };
}
