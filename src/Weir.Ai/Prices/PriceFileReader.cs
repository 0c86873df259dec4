using System.Globalization;
using Weir.Config;

namespace Weir.Ai;

/// <summary>Reads the text of a price file: all problems with their places, or the prices.</summary>
sealed class PriceFileReader
{
    /// <summary>Problems shown; the rest is counted.</summary>
    const int ProblemsMax = 200;

    static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    readonly string _file;
    readonly Report _report = new(ProblemsMax);
    readonly MapNode _root;
    readonly PriceFile? _read;

    PriceFileReader(string file, string text)
    {
        _file = file;
        var options = new ReadOptions { Plugins = new Dictionary<string, PluginKind>(), ResolveSecrets = false };
        var node = Weir.Config.JsonText.Read(file, text, options.Limits, _report);
        if (node is not (null or MapNode)) _report.Error(node.Place, $"a JSON object is expected, found {node.Describe()}");
        _root = node as MapNode ?? new MapNode(new Place(file, 1, 1), []);
        using var reader = new ShapeReader(_report, options.Compat, new Config.Secrets(options, _report));
        if (_report.Errors == 0) _read = (PriceFile?)reader.Read(_root, Shape.Of(PriceFileJson.Default.PriceFile), "");
    }

    /// <summary>The layer, or null and the problems.</summary>
    /// <param name="file">Name of the file, for messages and for the ids of entries.</param>
    /// <param name="text">Its text.</param>
    public static (PriceLayer? Layer, IReadOnlyList<Problem> Problems) Read(string file, string text)
    {
        var reader = new PriceFileReader(file, text);
        var layer = reader.Layer();
        return (reader._report.Errors == 0 ? layer : null, reader._report.Problems());
    }

    PriceLayer? Layer()
    {
        if (_read is null) return null;
        var entries = new List<PriceEntry>();
        var known = new Dictionary<(string, string, DateTimeOffset), int>();
        for (var i = 0; i < _read.Entries.Count; i++)
        {
            if (Entry(_read.Entries[i], $"entries[{i}]") is not { } entry) continue;
            entries.Add(entry);
            for (var m = 0; m < entry.Models.Count; m++)
            {
                var key = (entry.Provider.ToLowerInvariant(), entry.Models[m].ToLowerInvariant(), entry.From);
                if (!known.TryAdd(key, i))
                    Error($"entries[{i}].models[{m}]", $"'{entry.Models[m]}' of {entry.Provider} has prices from that day already, in entries[{known[key]}]");
            }
        }
        return new PriceLayer(_file, _read.Version, _read.Currency, entries);
    }

    PriceEntry? Entry(PriceFileEntry read, string at)
    {
        var errors = _report.Errors;
        var from = Time(read.From, at + ".from");
        DateTimeOffset? until = read.Until is null ? null : Time(read.Until, at + ".until");
        if (until <= from) Error(at + ".until", "must be later than 'from'");
        var prices = Rates(read, at);
        if (read.Input is null && read.Output is null && read.Request is null) Error(at, "at least one of 'input', 'output' and 'request' is needed");
        var service = Tiers(read, at);
        var context = read.ContextTiers.Select((tier, t) => ContextTier(tier, prices, service, $"{at}.context_tiers[{t}]")).OfType<ContextTier>()
            .OrderBy(static tier => tier.Above).ToList();
        for (var t = 1; t < context.Count; t++)
            if (context[t].Above == context[t - 1].Above) Error(at + ".context_tiers", $"two tiers begin above {context[t].Above}");
        if (_report.Errors > errors) return null;
        return new()
        {
            Id = $"{read.Provider}/{read.Models[0]}@{read.From}#{_read!.Version}",
            Provider = read.Provider,
            Models = read.Models,
            From = from,
            Until = until,
            Currency = _read.Currency,
            Prices = prices,
            ContextTiers = context,
            ServiceTiers = service,
            Source = read.Source,
        };
    }

    ServiceTiers Tiers(PriceFileEntry read, string at)
    {
        List<(string, Factor)> tiers = [];
        foreach (var (word, text) in read.ServiceTiers)
            tiers.Add((word, FactorOf(text, $"{at}.service_tiers.{word}")));
        return new ServiceTiers(tiers);
    }

    ContextTier? ContextTier(PriceFileTier read, ComponentPrices below, ServiceTiers service, string at)
    {
        var errors = _report.Errors;
        var own = Rates(read, at);
        var hasOwn = Enumerable.Range(0, CostComponents.Count).Any(i => read.TextOf((CostComponent)i) is not null);
        var hasFactors = read.InputFactor is not null || read.OutputFactor is not null;
        if (hasOwn == hasFactors) Error(at, "either factors or prices are expected, not both");
        var input = FactorOf(read.InputFactor ?? "1", at + ".input_factor");
        var output = FactorOf(read.OutputFactor ?? "1", at + ".output_factor");
        // What the bounds of prices, factors and quantities are for: no sum of any call can overflow.
        var most = service.Words.Aggregate(Factor.One, static (most, tier) => Factor.Max(most, tier.Factor)).Units;
        if ((Int128)most * Factor.Max(input, output).Units > (Int128)Factor.Most * Factor.PerOne * Factor.PerOne)
            Error(at, $"the factor of this tier and that of a service tier are together more than {Factor.Most}");
        return _report.Errors > errors ? null : new ContextTier(read.Above, input, output, hasOwn ? own.Over(below) : null);
    }

    ComponentPrices Rates(PriceFileRates read, string at)
    {
        List<(CostComponent, Nano)> prices = [];
        for (var i = 0; i < CostComponents.Count; i++)
        {
            var component = (CostComponent)i;
            if (read.TextOf(component) is not { } text) continue;
            if (Nano.Parse(text) is not { } price)
                Error($"{at}.{component.Name()}", $"expected a decimal with at most {Nano.Decimals} decimals such as \"2.50\", found \"{text}\"");
            else if (price > ComponentPrices.Most)
                Error($"{at}.{component.Name()}", $"must be at most {ComponentPrices.Most}");
            else
                prices.Add((component, price));
        }
        return new ComponentPrices(prices.ToArray());
    }

    Factor FactorOf(string text, string at)
    {
        if (Factor.Parse(text) is { } factor) return factor;
        Error(at, $"expected a decimal from 0 to {Factor.Most} with at most {Factor.Decimals} decimals such as \"0.5\", found \"{text}\"");
        return Factor.One;
    }

    DateTimeOffset Time(string text, string at)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, utc, out var time)) return time;
        Error(at, $"expected a day such as 2026-01-31 or a moment such as 2026-01-31T12:00:00Z, found \"{text}\"");
        return default;
    }

    void Error(string at, string message) => _report.Error(_root.Nearest(at).Place, "", at, message);
}
