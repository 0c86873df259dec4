using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Ai;

/// <summary>A price book as a file. Prices and factors are decimals written as text: <c>"2.50"</c>.</summary>
sealed record PriceFile
{
    public const string Format1 = "weir-prices/1";

    [Description("Format of the file: weir-prices/1.")]
    [AllowedValues(Format1)]
    public required string Format { get; init; }

    [Description("Version of the file, in the words of whoever publishes it. Kept with every cost.")]
    [MaxLength(64)]
    public required string Version { get; init; }

    [Description("ISO 4217 code of all prices.")]
    [Length(3, 3)]
    public required string Currency { get; init; }

    [Description("For people.")]
    [MinLength(0)]
    public string Note { get; init; } = "";

    [Description("The prices.")]
    public required IReadOnlyList<PriceFileEntry> Entries { get; init; }
}

/// <summary>Prices as they stand in a file: of a million tokens, a thousand searches, one call.</summary>
abstract record PriceFileRates
{
    [Description("Price of a million tokens of the prompt.")]
    public string? Input { get; init; }

    [Description("Price of a million tokens read from the provider's cache; without it, that of input.")]
    public string? CachedRead { get; init; }

    [Description("Price of a million tokens written to the cache for 5 minutes; without it, that of input.")]
    [JsonPropertyName("cache_write_5m")]
    public string? CacheWrite5m { get; init; }

    [Description("Price of a million tokens written to the cache for an hour; without it, that of input.")]
    [JsonPropertyName("cache_write_1h")]
    public string? CacheWrite1h { get; init; }

    [Description("Price of a million tokens of audio in the prompt; without it, that of input.")]
    public string? AudioInput { get; init; }

    [Description("Price of a million tokens of images in the prompt; without it, that of input.")]
    public string? ImageInput { get; init; }

    [Description("Price of a million tokens generated.")]
    public string? Output { get; init; }

    [Description("Price of a million tokens of reasoning; without it, that of output.")]
    public string? Reasoning { get; init; }

    [Description("Price of a million tokens of audio generated; without it, that of output.")]
    public string? AudioOutput { get; init; }

    [Description("Price of a million tokens of images generated; without it, that of output.")]
    public string? ImageOutput { get; init; }

    [Description("Price of a thousand web searches by the provider; without it, searches are unpriced.")]
    public string? WebSearch { get; init; }

    [Description("Fee of each call.")]
    public string? Request { get; init; }

    /// <summary>Text of each component's price; null where the file has none.</summary>
    public string? TextOf(CostComponent component) => component switch
    {
        CostComponent.Input => Input,
        CostComponent.CacheRead => CachedRead,
        CostComponent.CacheWrite => CacheWrite5m,
        CostComponent.CacheWriteLong => CacheWrite1h,
        CostComponent.AudioInput => AudioInput,
        CostComponent.ImageInput => ImageInput,
        CostComponent.Output => Output,
        CostComponent.Reasoning => Reasoning,
        CostComponent.AudioOutput => AudioOutput,
        CostComponent.ImageOutput => ImageOutput,
        CostComponent.WebSearch => WebSearch,
        _ => Request,
    };
}

/// <summary>An entry of a file.</summary>
sealed record PriceFileEntry : PriceFileRates
{
    [Description("Provider; * for any.")]
    public required string Provider { get; init; }

    [Description("Models, by name or with * for any run of characters.")]
    [MinLength(1)]
    public required IReadOnlyList<string> Models { get; init; }

    [Description("First day (2026-01-31) or moment (2026-01-31T12:00:00Z) of the prices, in UTC.")]
    public required string From { get; init; }

    [Description("First day or moment at which they no longer hold; without it, they hold until a newer entry of the same model begins.")]
    public string? Until { get; init; }

    [Description("Service tiers, by a word in their name, with what they multiply token prices by.")]
    public IReadOnlyDictionary<string, string> ServiceTiers { get; init; } = new Dictionary<string, string>();

    [Description("Prices of long prompts.")]
    public IReadOnlyList<PriceFileTier> ContextTiers { get; init; } = [];

    [Description("Where the provider publishes the prices.")]
    public string? Source { get; init; }
}

/// <summary>Prices of prompts longer than a limit: factors, or prices of their own.</summary>
sealed record PriceFileTier : PriceFileRates
{
    [Description("Tokens of input that must be exceeded.")]
    [Range(1, CostSheet.QuantityMax)]
    public required long Above { get; init; }

    [Description("What the prices of input are multiplied by.")]
    public string? InputFactor { get; init; }

    [Description("What the prices of output are multiplied by.")]
    public string? OutputFactor { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PriceFile))]
sealed partial class PriceFileJson : JsonSerializerContext;
