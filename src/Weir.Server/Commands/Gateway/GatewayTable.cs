using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Gateways as people read them: one a line, and what is wrong with it below.</summary>
static class GatewayTable
{
    static readonly string[] Heads = ["NAME", "STATE", "LIVE", "BEHIND", "VERSION", "SEEN", "CERTIFICATE UNTIL", "ID"];

    /// <summary>Whether a gateway is as it should be: cut off on purpose, or connected without a problem.</summary>
    public static bool IsWell(JsonObject gateway) =>
        Flag(gateway, "revoked") || (Flag(gateway, "connected") && gateway["problems"] is not JsonArray { Count: > 0 });

    public static void Write(JsonArray gateways, TextWriter output, Palette colours, DateTimeOffset now)
    {
        if (gateways.Count == 0)
        {
            output.WriteLine("no gateway has enrolled; `weir gateway join-token` makes a token to enrol with");
            return;
        }
        var rows = gateways.Select(gateway => Cells(gateway!.AsObject(), now)).ToList();
        var widths = Heads.Select((head, column) => Math.Max(head.Length, rows.Max(row => row[column].Length))).ToArray();
        output.WriteLine(colours.Quiet(Line(Heads, widths)));
        foreach (var (index, row) in rows.Index())
        {
            var gateway = gateways[index]!.AsObject();
            var line = Line(row, widths);
            output.WriteLine(Flag(gateway, "revoked") ? colours.Quiet(line) : IsWell(gateway) ? line : colours.Changed(line));
            foreach (var problem in gateway["problems"]?.AsArray() ?? []) output.WriteLine(colours.Removed("  " + problem));
        }
    }

    static string[] Cells(JsonObject gateway, DateTimeOffset now) =>
    [
        Text(gateway, "name"),
        Flag(gateway, "revoked") ? "revoked" : Flag(gateway, "connected") ? Or(Text(gateway, "health"), "connected") : "away",
        Or(Text(gateway, "live_revision"), "-"),
        Or(Text(gateway, "behind"), "-"),
        Or(Text(gateway, "version"), "-"),
        Seen(Text(gateway, "last_seen"), now),
        Text(gateway, "expires_at"),
        Text(gateway, "id"),
    ];

    static string Seen(string at, DateTimeOffset now) => DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var seen) ? Age(now - seen) : "-";

    static string Age(TimeSpan age) => age.TotalSeconds < 2 ? "now"
        : age.TotalMinutes < 2 ? $"{age.TotalSeconds:0} s ago" : age.TotalHours < 2 ? $"{age.TotalMinutes:0} min ago" : $"{age.TotalHours:0} h ago";

    static string Line(IReadOnlyList<string> cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, column) => column == cells.Count - 1 ? cell : cell.PadRight(widths[column])));

    static bool Flag(JsonObject json, string field) => json[field]?.GetValueKind() == System.Text.Json.JsonValueKind.True;

    static string Text(JsonObject json, string field) => json[field]?.ToString() ?? "";

    static string Or(string text, string other) => text.Length > 0 ? text : other;
}
