namespace Weir.Ai.Tests;

/// <summary>
/// Events in a form in which what means the same looks the same: fields without a place may come earlier or later, and not at all when the answer fails.
/// </summary>
static class EventShape
{
    public static string Of(RecordingSink sink)
    {
        var extras = new RecordingSink();
        var others = new RecordingSink();
        foreach (var reply in sink.Events) (reply.Kind is ReplyEventKind.Extra or ReplyEventKind.Usage ? extras : others).On(reply);
        if (sink.Events[^1].Kind == ReplyEventKind.Failed) return others.ToString();
        var latest = extras.ToString().Split('\n').GroupBy(static line => line.Split('=', ' ') is [_, _, var name, ..] ? name : line);
        return others + "\n" + string.Join('\n', latest.Select(static group => group.Last()).Order());
    }
}
