using System.CommandLine;
using System.Globalization;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary><c>weir usage FOLDER</c>: what was used and spent, by any dimension.</summary>
static class UsageCommand
{
    static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    static readonly Argument<string> Folder = new("FOLDER") { Description = "Folder of the usage ledger." };

    static readonly Option<string> By = new("--by")
    {
        Description = "What to divide by, separated by commas: " + string.Join(", ", UsageDimension.All.Select(static dimension => dimension.Name)) + ".",
        HelpName = "dimension,…",
        DefaultValueFactory = static _ => "model",
    };

    static readonly Option<string[]> Where = new("--where")
    {
        Description = "Count only records with this value; may stand several times, and all must hold. '-' finds records that have none.",
        HelpName = "dimension=value",
    };

    static readonly Option<string?> From = new("--from")
    {
        Description = "First day (2026-01-31) or moment (2026-01-31T12:00), in UTC.",
        HelpName = "time",
    };

    static readonly Option<string?> Until = new("--until") { Description = "First day or moment that no longer counts, in UTC.", HelpName = "time" };

    static readonly Option<bool> Json = new("--json") { Description = "Print JSON. Costs are decimals in text, exact to the last billionth." };

    /// <summary>The command; it writes to the console unless told otherwise.</summary>
    public static Command Create(TextWriter? output = null, TextWriter? error = null)
    {
        var command = new Command("usage", """
            Print calls, tokens and cost from a usage ledger, the dearest first, by any dimension and for any time. The ledger may be in use. Damaged
            records are passed over and counted on standard error.
            """)
        {
            Folder, By, Where, From, Until, Json,
        };
        command.SetAction(result => Run(result, output ?? Console.Out, error ?? Console.Error));
        return command;
    }

    static int Run(ParseResult result, TextWriter output, TextWriter error)
    {
        List<string> problems = [];
        var folder = result.GetValue(Folder)!;
        if (!Directory.Exists(folder)) problems.Add($"there is no folder '{folder}'");
        var by = Dimensions(result.GetValue(By)!, problems);
        var where = Filters(result.GetValue(Where) ?? [], problems);
        var (from, until) = (Time("--from", result.GetValue(From), problems), Time("--until", result.GetValue(Until), problems));
        if (until <= from) problems.Add("--until must be later than --from");
        foreach (var problem in problems) error.WriteLine("weir usage: " + problem);
        if (problems.Count > 0) return 2;

        var reader = new UsageReader(folder);
        var report = new UsageReport(by, where);
        foreach (var record in reader.Read(from, until)) report.Add(record);
        output.Write(result.GetValue(Json) ? UsageReportText.Json(report) + "\n" : UsageReportText.Table(report));
        if (reader.Damaged > 0) error.WriteLine($"weir usage: {ProblemPrinter.Count(reader.Damaged, "damaged record")} passed over");
        return 0;
    }

    static List<UsageDimension> Dimensions(string text, List<string> problems)
    {
        List<UsageDimension> dimensions = [];
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (Dimension("--by", name, problems) is { } dimension) dimensions.Add(dimension);
        return dimensions;
    }

    static List<(UsageDimension, string)> Filters(string[] texts, List<string> problems)
    {
        List<(UsageDimension, string)> filters = [];
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) problems.Add($"--where: expected dimension=value, found '{text}'");
            else if (Dimension("--where", text[..equals], problems) is { } dimension) filters.Add((dimension, text[(equals + 1)..]));
        }
        return filters;
    }

    static UsageDimension? Dimension(string option, string name, List<string> problems)
    {
        if (UsageDimension.Find(name) is { } dimension) return dimension;
        problems.Add($"{option}: '{name}' is none of: {string.Join(", ", UsageDimension.All.Select(static each => each.Name))}");
        return null;
    }

    static DateTimeOffset? Time(string option, string? text, List<string> problems)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text is null) return null;
        if (DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, utc, out var time)) return time;
        problems.Add($"{option}: expected a day such as 2026-01-31 or a moment such as 2026-01-31T12:00, found '{text}'");
        return null;
    }
}
