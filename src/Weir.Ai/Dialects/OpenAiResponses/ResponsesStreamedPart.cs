namespace Weir.Ai;

/// <summary>A part of an item while it is streamed.</summary>
sealed class ResponsesStreamedPart(ResponsesOutputItem item, CollectedPart part)
{
    int _summaryFrom;

    public ResponsesOutputItem Item { get; } = item;

    public CollectedPart Part { get; } = part;

    /// <summary>content_index.</summary>
    public int ContentIndex { get; } = item.Parts.Count - 1;

    public int AnnotationCount { get; set; }

    /// <summary>summary_index; -1 before the first.</summary>
    public int SummaryIndex { get; private set; } = -1;

    public bool HasSummary => SummaryIndex >= 0;

    public void StartSummary()
    {
        SummaryIndex++;
        _summaryFrom = SummaryIndex == 0 ? 0 : Part.Length;
    }

    /// <summary>The text of the part of the summary that is open.</summary>
    public string SummaryText() => Part.Text[_summaryFrom..];
}
