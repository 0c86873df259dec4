namespace Weir.Ai;

/// <summary>Adds up what answers of one session used and cost.</summary>
sealed class UsageTally
{
    readonly List<CostLine> _lines = [];
    readonly SortedSet<CostComponent> _unpriced = [];
    CostSheet? _last;
    PriceState _state;
    Nano _total = Nano.Zero;

    /// <summary>The sum; null of nothing.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>All lines, in order; null of nothing.</summary>
    public CostSheet? Sheet => _last is null ? null : _last with { Lines = [.. _lines], Total = _total, State = _state, Unpriced = [.. _unpriced] };

    public void Add(TokenUsage used, CostSheet sheet)
    {
        var before = Usage ?? new TokenUsage();
        Usage = used with
        {
            Input = before.Input + used.Input,
            CacheRead = before.CacheRead + used.CacheRead,
            AudioInput = before.AudioInput + used.AudioInput,
            ImageInput = before.ImageInput + used.ImageInput,
            Output = before.Output + used.Output,
            Reasoning = before.Reasoning + used.Reasoning,
            AudioOutput = before.AudioOutput + used.AudioOutput,
        };
        _lines.AddRange(sheet.Lines);
        _total += sheet.Total;
        foreach (var component in sheet.Unpriced) _unpriced.Add(component);
        if (sheet.State > _state) _state = sheet.State;
        _last = sheet;
    }
}
