using System.Text.Json;

namespace Weir.Control;

/// <summary>What a gateway has got: a state and the point of history that it is. Never changes.</summary>
sealed record Followed(ControlState State, ContentSum Content, FollowPoint Point)
{
    public static Followed Nothing { get; } = new(ControlState.Empty, default, FollowPoint.None);

    /// <summary>The state after an update.</summary>
    /// <exception cref="StreamBrokenException">It does not follow from this one, or does not come to what it says.</exception>
    public Followed With(IReadOnlyList<EntityRow> rows, FollowCommit commit)
    {
        var isWhole = commit.From is null;
        if (!isWhole && commit.From != Point)
            throw new StreamBrokenException($"an update changes revision {commit.From!.Revision}; this gateway has {Point.Revision}");
        if (commit.To.Revision < 0 || commit.Rows != rows.Count) throw new StreamBrokenException("an update is not whole");
        var (start, sum) = isWhole ? (ControlState.Empty, default) : (State, Content);
        var next = Fold(start, sum, rows, commit.To, isWhole);
        if (next.Content.ToString() != commit.To.Content) throw new StreamBrokenException("an update does not come to the state that it says");
        return next;
    }

    static Followed Fold(ControlState start, ContentSum sum, IReadOnlyList<EntityRow> rows, FollowPoint to, bool isWhole)
    {
        var editor = start.Edit();
        try
        {
            foreach (var row in rows)
            {
                var table = editor.Table(row.Workspace, row.Kind);
                var before = table.Find(row.Id);
                // The workspace that every state starts with counts when it comes, as all others.
                if (before is not null && !isWhole) sum = sum.Without(row.Workspace, row.Kind, row.Id, before.Json.Span);
                if (row.Json is { } json)
                {
                    table.Put(new Stored(row.Kind, row.Id, json, to.Revision));
                    sum = sum.With(row.Workspace, row.Kind, row.Id, json.Span);
                }
                else if (before is not null) table.Remove(before);
            }
            return new Followed(editor.ToState(new JournalHead(to.Revision, HashOf(to))), sum, to);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new StreamBrokenException("an update has entities that contradict each other: " + broken.Message);
        }
    }

    static byte[] HashOf(FollowPoint point) =>
        point.History.Length == 2 * JournalHead.HashBytes ? Convert.FromHexString(point.History) : throw new StreamBrokenException("an update has no history");
}
