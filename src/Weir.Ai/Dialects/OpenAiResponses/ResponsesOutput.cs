namespace Weir.Ai;

/// <summary>Puts parts into output items. Parts of one message of the provider's stay together; every other part is an item.</summary>
sealed class ResponsesOutput(ReplyShape shape)
{
    readonly List<ResponsesOutputItem> _items = [];

    public IReadOnlyList<ResponsesOutputItem> Items => _items;

    /// <summary>The answer came from a provider of this dialect.</summary>
    public bool IsOwn { get; set; }

    /// <summary>The item for a part that begins; null, and a loss, where this dialect has none for it.</summary>
    public ResponsesOutputItem? Add(CollectedPart part, out bool isNew)
    {
        isNew = false;
        if (part.Kind == ReplyPartKind.Audio || (part.Kind == ReplyPartKind.Opaque && !IsOwn))
        {
            shape.Losses.Add(part.Kind == ReplyPartKind.Audio ? "output.audio" : $"output.{part.Name}");
            return null;
        }
        if (IsOwn && ResponsesOutputItem.IsContent(part.Kind) && _items is [.., { IsMessage: true } last] && part.Id is { } id && last.Id == id)
        {
            last.Parts.Add(part);
            return last;
        }
        isNew = true;
        var item = new ResponsesOutputItem(part, $"{ResponsesOutputItem.Prefix(part.Kind)}_{shape.Id}_{part.Number}", IsOwn) { Index = _items.Count };
        _items.Add(item);
        return item;
    }
}
