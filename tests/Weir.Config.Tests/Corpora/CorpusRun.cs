using System.Globalization;
using System.Text;

namespace Weir.Config.Tests;

enum Outcome
{
    /// <summary>Read, as it must be.</summary>
    Read,

    /// <summary>Refused, with the message it must be refused with.</summary>
    Refused,

    /// <summary>About something Weir does not have; nothing else is wrong with it.</summary>
    OutOfScope,

    Wrong,
}

/// <summary>What became of one document.</summary>
sealed record CorpusLine(CorpusCase Document, Outcome Outcome, string Reason);

/// <summary>Reads every document of the corpora with the plugins of a catalog.</summary>
sealed class CorpusRun
{
    CorpusRun(IReadOnlyList<CorpusLine> lines) => Lines = lines;

    public IReadOnlyList<CorpusLine> Lines { get; }

    public IEnumerable<CorpusLine> Wrong => Lines.Where(static line => line.Outcome == Outcome.Wrong);

    public static CorpusRun Of(IReadOnlyDictionary<string, PluginKind> catalog) =>
        new([.. Corpus.Cases().Select(document => Judge(document, catalog))]);

    static CorpusLine Judge(CorpusCase document, IReadOnlyDictionary<string, PluginKind> catalog)
    {
        var options = new ReadOptions { Plugins = catalog, Environment = Value, ResolveSecrets = false };
        var missing = Expectations.MissingPlugin(document, catalog);
        var outOfScope = Expectations.OutOfScope(document, catalog);
        var refusal = Expectations.Refusal(document, catalog);
        // A plugin that is not there yet must be the only thing that stands in the way.
        if (missing is not null && !Errors(document, options).Any(error => error.Contains($"plugin '{missing}' not enabled", StringComparison.Ordinal))
            && outOfScope is null && refusal is null)
            return new CorpusLine(document, Outcome.Wrong, $"the missing plugin '{missing}' is not reported");
        var errors = Errors(document, options with { AllowUnknownPlugins = true });
        if (outOfScope is not null)
            return errors.Count > 0
                ? new CorpusLine(document, Outcome.OutOfScope, outOfScope)
                : new CorpusLine(document, Outcome.Wrong, $"read, although it is about {outOfScope}");
        if (refusal is not null)
        {
            return errors.Any(error => error.Contains(refusal, StringComparison.Ordinal))
                ? new CorpusLine(document, Outcome.Refused, refusal)
                : new CorpusLine(document, Outcome.Wrong, $"not refused with '{refusal}', but: {string.Join("; ", errors)}");
        }
        if (errors.Count > 0)
            return new CorpusLine(document, Outcome.Wrong, string.Join("; ", errors));
        return missing is null ? new CorpusLine(document, Outcome.Read, "") : new CorpusLine(document, Outcome.OutOfScope, $"plugin {missing}");
    }

    static List<string> Errors(CorpusCase document, ReadOptions options) =>
        [.. document.Read(options).Problems.Where(static problem => problem.Severity == Severity.Error).Select(static problem => problem.ToString())];

    // Values that fit where the corpora use these variables.
    public static string? Value(string name) => name switch
    {
        "DECK_MOCKBIN_ENABLED" => "true",
        "DECK_RETRIES" or "DECK_REGEX_PRIORITY" or "DECK_RATE_LIMIT" or "DECK_REDIS_DB" => "3",
        _ when name.StartsWith("DECK_", StringComparison.Ordinal) => "value",
        _ => null,
    };

    /// <summary>The outcomes per folder.</summary>
    public string Table()
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{"folder",-60} {"read",6} {"refused as expected",20} {"out of scope",13} {"wrong",6}\n");
        foreach (var folder in Lines.GroupBy(static line => Group(line.Document.Folder)))
            Append(table, folder.Key, [.. folder]);
        Append(table, "all", Lines);
        table.Append("\nout of scope, because of:\n");
        var reasons = Lines.Where(static line => line.Outcome == Outcome.OutOfScope).CountBy(static line => line.Reason);
        foreach (var reason in reasons.OrderByDescending(static each => each.Value))
            table.Append(CultureInfo.InvariantCulture, $"{reason.Value,6} {reason.Key}\n");
        return table.ToString();
    }

    // 136 folders of examples, one per plugin, are one line, but for those with something in them that is read.
    static string Group(string folder) => folder.StartsWith("kong-examples/", StringComparison.Ordinal) ? "kong-examples" : folder;

    static void Append(StringBuilder table, string folder, IReadOnlyList<CorpusLine> lines)
    {
        int Count(Outcome outcome) => lines.Count(line => line.Outcome == outcome);
        table.Append(
            CultureInfo.InvariantCulture,
            $"{folder,-60} {Count(Outcome.Read),6} {Count(Outcome.Refused),20} {Count(Outcome.OutOfScope),13} {Count(Outcome.Wrong),6}\n");
    }
}
