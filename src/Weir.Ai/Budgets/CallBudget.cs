using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>
/// What one call holds of the budgets that it is subject to, from before it is made until it is in the books:
/// <list type="number">
/// <item>Reserve the most that it may use; lower its limit of tokens to what is left, where the budgets that are short say so.</item>
/// <item>Renew the lease while it is under way; a stream that outgrows what it holds gets more, or ends.</item>
/// <item>Settle with what was used, or give all back.</item>
/// </list>
/// </summary>
sealed partial class CallBudget(LlmCall call, string requestId, BudgetParts parts, CancellationToken aborted) : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly List<MatchedBudget> _counted = call.CopyOf?.Budget is { } original ? [.. original._counted] : [];
    Guid _id;
    List<MatchedBudget> _wanted = [];
    List<MatchedBudget> _matched = [];
    BudgetLine[] _lines = [];
    LineUse[] _uses = [];
    long[] _held = [];
    long _units;
    bool _isHeld;
    bool _isOver;
    LeaseRenewal? _renewal;

    /// <summary>The stream may outgrow what is reserved: nobody else holds it to that. It must be ended when there is no more.</summary>
    public bool MayOutgrow { get; private set; }

    /// <summary>See <see cref="CallBudgets.ReserveAsync"/>.</summary>
    public async ValueTask<LlmError?> ReserveAsync(BudgetAsk ask)
    {
        var (matched, bound, cost, reasons) = ask;
        if (_isHeld && _wanted.SequenceEqual(matched)) return await ExtendToAsync(bound, cost);
        await LetGoAsync();
        _wanted = matched;
        // Requests are counted once, however many targets are tried, and sent copies.
        _matched = [.. matched.Where(each => !_counted.Contains(each))];
        if (_matched.Count == 0) return null;
        var lines = _lines = new BudgetLine[_matched.Count];
        _uses = new LineUse[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var (amount, perUnit) = BudgetAmounts.Of(_matched[i].Budget.Config.Counts, bound, cost);
            lines[i] = _matched[i].Budget.Line(_matched[i].Value) with { Amount = amount, PerUnit = perUnit };
        }
        var plan = ReservePlan.Of(_matched, bound, call, parts.Settings, reasons);
        _id = ReservationId.Next();
        var result = await parts.Store.ReserveAsync(_id, lines, plan.Units, parts.Settings.Lease, _uses, aborted);
        if (!result.IsGranted) return Refuse(result, plan.Units.Least);
        (_isHeld, _units) = (true, result.Units);
        _counted.AddRange(_matched.Where(static each => each.Budget.Rule.Kind == BudgetKind.Counted));
        _held = [.. lines.Select(line => line.Total(_units))];
        if (result.Oversight != Oversight.None && ShortOf(plan, result.Units) is { } shortOf)
        {
            await LetGoAsync();
            return Refuse(new ReserveResult(ReserveOutcome.Refused, Line: shortOf), plan.Units.Asked);
        }
        Observe();
        Clamp(plan, bound);
        MayOutgrow = plan.MayOutgrow && call.OutputTokensCap is null;
        _renewal = new LeaseRenewal(_id, lines, parts);
        return null;
    }

    /// <summary>Charges what the call used and gives back the rest. Once; does nothing afterwards.</summary>
    public ValueTask SettleAsync(LlmOutcome outcome) => SettleAsync(outcome.Usage, outcome.Sheet);

    /// <summary>Charges what answers of a session used. It holds nothing then, until it reserves for the next.</summary>
    public async ValueTask SettleAnswersAsync(UsageTally answers)
    {
        await SettleAsync(answers.Usage, answers.Sheet);
        lock (_gate) (_isHeld, _isOver) = (false, false);
    }

    async ValueTask SettleAsync(TokenUsage? usage, CostSheet? sheet)
    {
        if (!End()) return;
        for (var i = 0; i < _lines.Length; i++) _lines[i] = _lines[i] with { Amount = _matched[i].Budget.Used(usage, sheet), PerUnit = 0 };
        var settled = await parts.Store.SettleAsync(_id, _lines, _uses, CancellationToken.None);
        if (settled == SettleOutcome.Unavailable) LogUnavailable(parts.Log, requestId);
        else Observe();
    }

    /// <summary>Gives back what is reserved, unless the call is settled.</summary>
    public ValueTask DisposeAsync() => End() ? RefundAsync() : default;

    /// <summary>Tells the client what is left of the budget that is nearest to its end.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        var tightest = -1;
        var least = double.MaxValue;
        for (var i = 0; i < _lines.Length; i++)
        {
            if (!_lines[i].Rule.IsHard || _matched[i].Budget.Config.HideClientHeaders) continue;
            var left = (double)_uses[i].LeftOf(_lines[i].Rule) / Math.Max(1, _lines[i].Rule.Limit);
            if (left < least) (tightest, least) = (i, left);
        }
        if (tightest < 0) return;
        var budget = _matched[tightest].Budget;
        headers["Weir-Budget"] = budget.Name;
        headers["Weir-Budget-Remaining"] = budget.Text(_uses[tightest].LeftOf(budget.Rule));
    }

    /// <summary>Another target: only what it may use more is reserved.</summary>
    async ValueTask<LlmError?> ExtendToAsync(CallBound bound, BudgetAmounts cost)
    {
        var units = MayOutgrow || call.OutputTokensCap is not null ? _units : Math.Max(_units, bound.OutputMax);
        var more = new BudgetLine[_lines.Length];
        var isMore = false;
        for (var i = 0; i < more.Length; i++)
        {
            var counted = _lines[i].Rule.Kind == BudgetKind.Counted;
            var (amount, perUnit) = counted ? default : BudgetAmounts.Of(_matched[i].Budget.Config.Counts, bound, cost);
            _lines[i] = _lines[i] with { Amount = amount, PerUnit = perUnit };
            more[i] = _lines[i] with { Amount = Math.Max(0, _lines[i].Total(units) - _held[i]), PerUnit = 0 };
            isMore |= more[i].Amount > 0;
        }
        if (!isMore) return null;
        var result = await parts.Store.ExtendAsync(_id, more, UnitRange.None, parts.Settings.Lease, _uses, aborted);
        if (!result.IsGranted) return Refuse(result, 0);
        _units = units;
        for (var i = 0; i < more.Length; i++) _held[i] += more[i].Amount;
        Observe();
        return null;
    }

    /// <summary>The first line that is short although its budget does not say that limits of tokens may be lowered; null for none.</summary>
    int? ShortOf(in ReservePlan plan, long granted)
    {
        if (granted >= plan.Units.Asked || !plan.MayClamp || plan.AllClamp) return null;
        for (var i = 0; i < _lines.Length; i++)
        {
            ref readonly var line = ref _lines[i];
            if (!_matched[i].Budget.LimitsOutput || _matched[i].Budget.Config.ClampMaxTokens) continue;
            if (line.Total(plan.Units.Asked) > _uses[i].LeftOf(line.Rule) + _held[i]) return i;
        }
        return null;
    }

    void Clamp(in ReservePlan plan, in CallBound bound)
    {
        if (!plan.MayClamp || (_units >= bound.OutputMax && bound.IsHeld)) return;
        call.OutputTokensCap = (int)Math.Min(int.MaxValue, _units / bound.Choices);
        if (_units < bound.OutputMax) parts.Metrics.Clamped();
    }

    LlmError Refuse(in ReserveResult result, long least)
    {
        if (result.Outcome != ReserveOutcome.Refused)
        {
            parts.Metrics.Refused("", call.CopyOf is null ? "unavailable" : BudgetMetrics.Mirror);
            LogUnavailable(parts.Log, requestId);
            return new(LlmErrorKind.Overloaded, 503, "the budgets of this call cannot be checked");
        }
        var matched = _matched[result.Line];
        var refusal = BudgetRefusal.Of(matched.Budget, _uses[result.Line], _lines[result.Line].Total(least), parts.Time.GetUtcNow());
        parts.Metrics.Refused(matched.Budget.Name, call.CopyOf is null ? refusal.Reason : BudgetMetrics.Mirror);
        for (var i = 0; i < _matched.Count; i++) parts.Metrics.Used(_matched[i], _uses[i]);
        return refusal.Error;
    }

    void Observe() => BudgetAlerts.Tell(_matched, _uses, parts, requestId);

    async ValueTask LetGoAsync()
    {
        if (!_isHeld) return;
        _isHeld = false;
        _renewal?.Dispose();
        await RefundAsync();
    }

    async ValueTask RefundAsync()
    {
        var lines = new BudgetLine[_lines.Length];
        for (var i = 0; i < lines.Length; i++) lines[i] = _lines[i] with { Amount = 0, PerUnit = 0 };
        await parts.Store.RefundAsync(_id, lines, new LineUse[lines.Length], CancellationToken.None);
    }

    /// <summary>True for the one who ends it.</summary>
    bool End()
    {
        lock (_gate)
        {
            if (!_isHeld || _isOver) return false;
            _isOver = true;
        }
        _renewal?.Dispose();
        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: the store of budgets cannot be reached")]
    static partial void LogUnavailable(ILogger log, string requestId);
}
