using System.Globalization;
using System.Text;

namespace Weir.Ai.Tests;

/// <summary>Keeps the events of an answer, and shows them as one line each.</summary>
sealed class RecordingSink : IReplySink
{
    public List<ReplyEvent> Events { get; } = [];

    public void On(in ReplyEvent reply) => Events.Add(reply);

    /// <summary>All deltas of one part, joined.</summary>
    public string TextOf(ReplyPartKind kind, int choice = 0) =>
        string.Concat(Events.Where(e => e.Kind == ReplyEventKind.Delta && e.PartKind == kind && e.Choice == choice).Select(e => e.Text));

    public override string ToString() => string.Join('\n', Events.Select(Show));

    static string Show(ReplyEvent e)
    {
        var line = new StringBuilder(e.Kind.ToString());
        if (e.Kind is ReplyEventKind.PartStarted or ReplyEventKind.Delta or ReplyEventKind.PartEnded or ReplyEventKind.Signature)
            line.Append(CultureInfo.InvariantCulture, $" {e.Choice}.{e.Part} {e.PartKind}");
        if (e.Kind == ReplyEventKind.Finished) line.Append(CultureInfo.InvariantCulture, $" {e.Choice} {e.Stop}");
        if (e.Id is not null) line.Append(CultureInfo.InvariantCulture, $" id={e.Id}");
        if (e.Name is not null) line.Append(CultureInfo.InvariantCulture, $" name={e.Name}");
        if (e.Text is not null) line.Append(CultureInfo.InvariantCulture, $" '{e.Text}'");
        if (!e.Json.IsEmpty) line.Append(CultureInfo.InvariantCulture, $" {e.Json}");
        if (e.Usage is { } usage) line.Append(CultureInfo.InvariantCulture, $" {usage}");
        if (e.Error is { } error) line.Append(CultureInfo.InvariantCulture, $" {error}");
        return line.ToString();
    }
}
