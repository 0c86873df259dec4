using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Telemetry;

/// <summary>A usage report as a table for people, and as JSON for programs. Money is written exactly, to the last billionth.</summary>
static class UsageReportText
{
    const int Decimals = 9;
    const int CellCharsMax = 48;

    static readonly string[] Numbers =
    [
        "calls", "failed", "input", "cached", "output", "reasoning", "cost", "unpriced", "estimated", "latency_ms", "first_token_ms",
    ];

    public static string Table(UsageReport report)
    {
        List<string[]> rows = [[.. report.By.Select(static dimension => dimension.Name), .. Numbers]];
        foreach (var row in report.Rows) rows.Add([.. row.Values.Select(Shown), .. Cells(row)]);
        if (report.By.Count > 0)
            foreach (var total in report.Totals)
                rows.Add([.. report.By.Select(static (_, i) => i == 0 ? "total" : ""), .. Cells(total)]);
        return Aligned(rows, report.By.Count);
    }

    public static string Json(UsageReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        Rows(json, "rows", report.Rows, report.By);
        Rows(json, "totals", report.Totals, []);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>An amount of billionths as a decimal, without zeros at the end but with two places.</summary>
    public static string Money(Int128 nano)
    {
        var digits = Int128.Abs(nano).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        return (nano < 0 ? "-" : "") + digits[..^Decimals] + "." + digits[^Decimals..].TrimEnd('0').PadRight(2, '0');
    }

    static string[] Cells(UsageTotals row) =>
    [
        Count(row.Calls), Count(row.Failed), Count(row.Input), Count(row.CachedRead), Count(row.Output), Count(row.Reasoning),
        row.Currency.Length == 0 ? UsageReport.None : $"{Money(row.Cost)} {row.Currency}", Count(row.Unpriced), Count(row.Estimated),
        Mean(row.LatencyMs, row.Calls), Mean(row.FirstTokenMs, row.FirstTokens),
    ];

    static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    static string Mean(long sum, long count) => count == 0 ? UsageReport.None : Count((sum + (count / 2)) / count);

    // What a client may name itself must not move the cursor of whoever reads the table.
    static string Shown(string value)
    {
        var text = value.Length <= CellCharsMax ? value : string.Concat(value.AsSpan(0, CellCharsMax - 1), "…");
        return string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
    }

    static string Aligned(List<string[]> rows, int texts)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
            for (var i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], row[i].Length);
        var table = new StringBuilder();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0) table.Append("  ");
                table.Append(i < texts ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i]));
            }
            while (table[^1] == ' ') table.Length--;
            table.Append('\n');
        }
        return table.ToString();
    }

    static void Rows(Utf8JsonWriter json, string name, IReadOnlyList<UsageTotals> rows, IReadOnlyList<UsageDimension> by)
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            for (var i = 0; i < by.Count; i++) json.WriteString(by[i].Name, row.Values[i]);
            json.WriteNumber("calls", row.Calls);
            json.WriteNumber("failed", row.Failed);
            json.WriteNumber("input", row.Input);
            json.WriteNumber("cached", row.CachedRead);
            json.WriteNumber("output", row.Output);
            json.WriteNumber("reasoning", row.Reasoning);
            if (row.Currency.Length > 0)
            {
                json.WriteString("cost", Money(row.Cost));
                json.WriteString("currency", row.Currency);
            }
            json.WriteNumber("unpriced", row.Unpriced);
            json.WriteNumber("estimated", row.Estimated);
            if (row.Calls > 0) json.WriteNumber("latency_ms", (row.LatencyMs + (row.Calls / 2)) / row.Calls);
            if (row.FirstTokens > 0) json.WriteNumber("first_token_ms", (row.FirstTokenMs + (row.FirstTokens / 2)) / row.FirstTokens);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
