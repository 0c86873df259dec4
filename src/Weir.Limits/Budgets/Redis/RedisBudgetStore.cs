using System.Globalization;

namespace Weir.Limits;

/// <summary>
/// Budgets in Redis: one script per operation, so exact over all nodes that share the server. All keys of a namespace have one hash tag and so live on one
/// node of a cluster: a call's path cannot be split, and budgets that share no call can be given namespaces of their own. Redis must not evict keys
/// (<c>maxmemory-policy noeviction</c>), and what it acknowledged is only as durable as its persistence and replication are set to be.
/// </summary>
/// <param name="redis">The server.</param>
/// <param name="namespaceName">Begins every key, in braces.</param>
/// <param name="time">Clock of this node; windows of calendars need a time zone, which Redis does not know.</param>
/// <param name="clockSkewMax">How far that clock may be off Redis's own before operations are refused as unavailable; zero to trust it.</param>
/// <param name="onFault">Told why an operation could not be done.</param>
sealed class RedisBudgetStore(IRedis redis, string namespaceName, TimeProvider time, TimeSpan clockSkewMax, Action<string>? onFault = null) : IBudgetStore
{
    /// <summary>More than any clock that is kept by a time server is off.</summary>
    public static readonly TimeSpan ClockSkewMaxDefault = TimeSpan.FromSeconds(10);

    const int HeadArgs = 9;
    const int LineArgs = 9;
    const int HeadItems = 3;
    const int LineItems = 6;

    static readonly RedisScript Script = new(EmbeddedText.Read("Budgets/Redis/budget.lua"));

    readonly string _prefix = $"{{{namespaceName}}}:";

    public async ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        Granted(await RunAsync("reserve", id, lines, units, lease, uses, cancellation));

    public async ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        Granted(await RunAsync("extend", id, lines, units, lease, uses, cancellation));

    public async ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        Ended(await RunAsync("settle", id, lines, default, TimeSpan.Zero, uses, cancellation));

    public async ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        Ended(await RunAsync("refund", id, lines, default, TimeSpan.Zero, uses, cancellation));

    static ReserveResult Granted(RedisValue reply)
    {
        if (reply.Kind != RedisKind.Items) return new(ReserveOutcome.Unavailable);
        return reply.Items[0].Text switch
        {
            "granted" => new(ReserveOutcome.Granted, reply.Items[1].Integer),
            "refused" => new(ReserveOutcome.Refused, 0, (int)reply.Items[2].Integer - 1),
            _ => new(ReserveOutcome.Unknown),
        };
    }

    static SettleOutcome Ended(RedisValue reply)
    {
        if (reply.Kind != RedisKind.Items) return SettleOutcome.Unavailable;
        return reply.Items[0].Text switch
        {
            "settled" => SettleOutcome.Settled,
            "late" => SettleOutcome.SettledLate,
            _ => SettleOutcome.Unknown,
        };
    }

    async ValueTask<RedisValue> RunAsync(
        string operation, Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation)
    {
        BudgetLine.Check(lines.Span, uses.Length);
        units.Check();
        var reply = await redis.EvaluateAsync(Script, Keys(id, lines.Span), Args(operation, id, lines.Span, units, lease), cancellation);
        if (reply.IsError("LINES"u8)) throw new ArgumentException("These are not the lines of the reservation.", nameof(lines));
        if (reply.IsFailure) onFault?.Invoke(reply.Text);
        else Read(reply.Items, uses.Span);
        return reply;
    }

    RedisArg[] Keys(Guid id, ReadOnlySpan<BudgetLine> lines)
    {
        var keys = new RedisArg[1 + 2 * lines.Length];
        keys[0] = $"{_prefix}r:{id:N}";
        for (var i = 0; i < lines.Length; i++)
        {
            // With the length of the scope: names may contain colons.
            var account = string.Create(CultureInfo.InvariantCulture, $"{_prefix}b:{lines[i].Key.Scope.Name.Length}:{lines[i].Key}");
            (keys[2 * i + 1], keys[2 * i + 2]) = (account, account + ":holds");
        }
        return keys;
    }

    RedisArg[] Args(string operation, Guid id, ReadOnlySpan<BudgetLine> lines, UnitRange units, TimeSpan lease)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var args = new RedisArg[HeadArgs + LineArgs * lines.Length];
        ReadOnlySpan<RedisArg> head =
        [
            operation, id.ToString("N"), nowMs, (long)lease.TotalMilliseconds, (long)IBudgetStore.LateSettleKept.TotalMilliseconds,
            (long)clockSkewMax.TotalMilliseconds, units.Asked, units.Least, lines.Length,
        ];
        head.CopyTo(args);
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            var (rule, span) = (line.Rule, line.Rule.Window.At(nowMs));
            ReadOnlySpan<RedisArg> one =
            [
                span.StartMs, span.EndMs, Flag(rule.Window.IsSliding), Flag(rule.IsHard), Flag(rule.Kind == BudgetKind.Counted), rule.Limit,
                line.Amount, line.PerUnit, rule.AlertsText,
            ];
            one.CopyTo(args.AsSpan(HeadArgs + LineArgs * i));
        }
        return args;
    }

    static long Flag(bool isSet) => isSet ? 1 : 0;

    static void Read(ReadOnlySpan<RedisValue> items, Span<LineUse> uses)
    {
        for (var (i, at) = (0, HeadItems); at + LineItems <= items.Length; i++, at += LineItems)
            uses[i] = new LineUse(
                items[at].Integer, items[at + 1].Integer, items[at + 2].Integer, items[at + 3].Integer, (int)items[at + 4].Integer, (int)items[at + 5].Integer);
    }
}
