using Microsoft.Extensions.Logging;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>The part of a call's budget that goes on while its answer passes.</summary>
sealed partial class CallBudget
{
    /// <summary>A stream ends so many tokens before the last one that is reserved: more may be on their way.</summary>
    const int CutTokens = 8;

    bool _isRefused;

    /// <summary>Output that has passed, by the gateway's own count.</summary>
    public TokenCount Tokens { get; } = new();

    /// <summary>What is reserved is nearly used up.</summary>
    public bool IsShort => MayOutgrow && Tokens.Seen + (_isRefused ? CutTokens : Lead) >= _units;

    long Lead => Math.Max(1, parts.Settings.StreamTokensReserved / 4);

    /// <summary>Reserves more for a stream. False when there is no more and what is reserved is used up: it must end.</summary>
    public async ValueTask<bool> GrowAsync()
    {
        var more = new BudgetLine[_lines.Length];
        for (var i = 0; i < more.Length; i++) more[i] = _lines[i] with { Amount = 0 };
        var units = new UnitRange(parts.Settings.StreamTokensReserved, 1);
        var uses = new LineUse[more.Length];
        var result = await parts.Store.ExtendAsync(_id, more, units, parts.Settings.Lease, uses, aborted);
        if (result.IsGranted)
        {
            _units += result.Units;
            for (var i = 0; i < more.Length; i++) _held[i] += more[i].Total(result.Units);
            _uses = uses;
            _isRefused = false;
            Observe();
            return true;
        }
        if (!_isRefused && Tokens.Seen + CutTokens < _units) return _isRefused = true;
        parts.Metrics.Cut();
        if (result.Outcome == ReserveOutcome.Refused)
        {
            parts.Metrics.Refused(_matched[result.Line].Budget.Name, "stream");
            LogCut(parts.Log, requestId, _matched[result.Line].Budget.Name);
        }
        return false;
    }

    [LoggerMessage(2, LogLevel.Warning, "Request {RequestId}: its stream was ended, because the budget {Budget} is used up")]
    static partial void LogCut(ILogger log, string requestId, string budget);
}
