using FsCheck;
using FsCheck.Fluent;

namespace Weir.Limits.Tests;

/// <summary>What every store does. Each test gets a store of its own that nobody has used.</summary>
public abstract class BudgetStoreContract : IAsyncLifetime
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    static readonly BudgetRule Org = new("org", BudgetWindow.Lifetime, 60, alerts: [20, 40, 60]);
    static readonly BudgetRule Team = new("team", BudgetWindow.Fixed(TimeSpan.FromSeconds(10)), 30, alerts: [10, 25]);
    static readonly BudgetRule User = new("user", BudgetWindow.Sliding(TimeSpan.FromSeconds(10)), 25, alerts: [24]);
    static readonly BudgetRule Requests = new("requests", BudgetWindow.Fixed(TimeSpan.FromSeconds(10)), 5, kind: BudgetKind.Counted, alerts: [3]);
    static readonly BudgetRule Soft = new("soft", BudgetWindow.Calendar(CalendarUnit.Hour), 20, isHard: false, alerts: [20]);
    static readonly BudgetRule[] Rules = [Org, Team, User, Requests, Soft];

    readonly LineUse[] _uses = new LineUse[BudgetLine.LinesMax];

    private protected ManualTime Time { get; } = new();

    private protected IBudgetStore Store { get; private set; } = null!;

    /// <summary>Random sequences tried; each step is a round trip where the store is a server.</summary>
    protected virtual int ModelRuns => 200;

    private protected abstract Task<IBudgetStore> NewStoreAsync();

    public async ValueTask InitializeAsync() => Store = await NewStoreAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        (Store as IDisposable)?.Dispose();
        return default;
    }

    [Fact]
    public async Task Reserves_in_every_line_and_settles_what_was_used()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 10), Team.Line("t", 8) });
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted), await ReserveAsync(id, lines));
        Assert.Equal((0, 10, 50), (_uses[0].Spent, _uses[0].Reserved, _uses[0].LeftOf(Org)));
        Assert.Equal((0, 8, 22), (_uses[1].Spent, _uses[1].Reserved, _uses[1].LeftOf(Team)));
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 4, 3));
        Assert.Equal((4, 0, 0), (_uses[0].Spent, _uses[0].Reserved, _uses[0].Overrun));
        Assert.Equal((3, 0, 27), (_uses[1].Spent, _uses[1].Reserved, _uses[1].LeftOf(Team)));
    }

    [Fact]
    public async Task A_refusal_by_one_line_reserves_in_none_and_says_which_and_until_when()
    {
        var result = await ReserveAsync(Guid.NewGuid(), [Org.Line("o", 31), Team.Line("t", 31)]);
        Assert.Equal(new ReserveResult(ReserveOutcome.Refused, 0, 1), result);
        Assert.Equal((0, 60), (_uses[0].Reserved, _uses[0].LeftOf(Org)));
        Assert.Equal((0, 30), (_uses[1].Reserved, _uses[1].LeftOf(Team)));
        Assert.Equal(Time.GetUtcNow().AddSeconds(3).ToUnixTimeMilliseconds(), _uses[1].ResetsMs);
        Assert.Equal(ReserveOutcome.Granted, (await ReserveAsync(Guid.NewGuid(), [Org.Line("o", 60)])).Outcome);
    }

    [Fact]
    public async Task Settling_twice_charges_once()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 10) });
        await ReserveAsync(id, lines);
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 7));
        Assert.Equal(SettleOutcome.Unknown, await SettleAsync(id, lines, 7));
        Assert.Equal(SettleOutcome.Unknown, await Store.RefundAsync(id, lines, _uses, default));
        Assert.Equal(7, _uses[0].Spent);
    }

    [Fact]
    public async Task Reserving_twice_with_one_id_reserves_once()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 10, 2) });
        Assert.Equal(5, (await ReserveAsync(id, lines, UnitRange.Exactly(5))).Units);
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted, 5), await ReserveAsync(id, lines, UnitRange.Exactly(5)));
        Assert.Equal(20, _uses[0].Reserved);
    }

    [Fact]
    public async Task A_refund_restores_what_was_reserved_but_not_what_is_counted_at_once()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 60), Requests.Line("u", 1) });
        await ReserveAsync(id, lines);
        Assert.Equal(SettleOutcome.Settled, await Store.RefundAsync(id, lines, _uses, default));
        Assert.Equal((0, 0), (_uses[0].Spent, _uses[0].Reserved));
        Assert.Equal((1, 0), (_uses[1].Spent, _uses[1].Reserved));
        Assert.Equal(ReserveOutcome.Granted, (await ReserveAsync(Guid.NewGuid(), lines)).Outcome);
    }

    [Fact]
    public async Task A_lease_that_runs_out_gives_back_and_a_late_settlement_charges_once()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 60) });
        await ReserveAsync(id, lines);
        Time.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), lines)).Outcome);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ReserveOutcome.Granted, (await ReserveAsync(Guid.NewGuid(), lines)).Outcome);
        Assert.Equal(SettleOutcome.SettledLate, await SettleAsync(id, lines, 50));
        Assert.Equal((50, 60, 50, 0), (_uses[0].Spent, _uses[0].Reserved, _uses[0].Overrun, _uses[0].LeftOf(Org)));
        Assert.Equal(SettleOutcome.Unknown, await SettleAsync(id, lines, 50));
        Assert.Equal(50, _uses[0].Spent);
    }

    [Fact]
    public async Task A_provider_that_uses_more_than_was_reserved_is_charged_and_reported()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 50) });
        await ReserveAsync(id, lines);
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 70));
        Assert.Equal((70, 20, 0), (_uses[0].Spent, _uses[0].Overrun, _uses[0].LeftOf(Org)));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), [Org.Line("o", 0)])).Outcome);
    }

    [Fact]
    public async Task Units_are_clamped_to_the_most_that_every_hard_line_has_room_for()
    {
        BudgetLine[] lines = [Org.Line("o", 4, 7), Team.Line("t", 5, 3), Soft.Line("s", 0, 100), Requests.Line("u", 1)];
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted, 8), await ReserveAsync(Guid.NewGuid(), lines, new UnitRange(100, 2)));
        Assert.Equal([60, 29, 800, 0], _uses[..4].Select(static use => use.Reserved));
        Assert.Equal(1, _uses[3].Spent);
    }

    [Fact]
    public async Task Fewer_units_than_are_of_use_are_refused()
    {
        BudgetLine[] lines = [Org.Line("o", 0, 1), Team.Line("t", 0, 4)];
        Assert.Equal(new ReserveResult(ReserveOutcome.Refused, 0, 1), await ReserveAsync(Guid.NewGuid(), lines, new UnitRange(100, 8)));
        Assert.Equal(7, (await ReserveAsync(Guid.NewGuid(), lines, new UnitRange(100, 7))).Units);
    }

    [Fact]
    public async Task An_extension_holds_more_and_begins_the_lease_anew()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Org.Line("o", 10) });
        await ReserveAsync(id, lines);
        Time.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Equal(ReserveOutcome.Granted, (await ExtendAsync(id, [Org.Line("o", 5)])).Outcome);
        Assert.Equal(15, _uses[0].Reserved);
        Time.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted, 3), await ExtendAsync(id, [Org.Line("o", 0, 15)], new UnitRange(9, 1)));
        Assert.Equal(60, _uses[0].Reserved);
        Assert.Equal(ReserveOutcome.Refused, (await ExtendAsync(id, [Org.Line("o", 1)])).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await ExtendAsync(id, [Org.Line("o", 0)])).Outcome);
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 60));
        Assert.Equal((60, 0, 0), (_uses[0].Spent, _uses[0].Reserved, _uses[0].Overrun));
    }

    [Fact]
    public async Task An_extension_after_the_lease_takes_back_what_was_given_back_if_there_is_room()
    {
        var (id, lines, nothing) = (Guid.NewGuid(), new[] { Org.Line("o", 40) }, new[] { Org.Line("o", 0) });
        await ReserveAsync(id, lines);
        Time.Advance(Lease);
        var other = Guid.NewGuid();
        await ReserveAsync(other, [Org.Line("o", 30)]);
        Assert.Equal(new ReserveResult(ReserveOutcome.Refused, 0, 0), await ExtendAsync(id, nothing));
        Assert.Equal(30, _uses[0].Reserved);
        await Store.RefundAsync(other, nothing, _uses, default);
        Assert.Equal(ReserveOutcome.Granted, (await ExtendAsync(id, nothing)).Outcome);
        Assert.Equal(40, _uses[0].Reserved);
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 40));
    }

    [Fact]
    public async Task What_is_not_reserved_cannot_be_extended_and_settling_it_charges_nothing()
    {
        Assert.Equal(ReserveOutcome.Unknown, (await ExtendAsync(Guid.NewGuid(), [Org.Line("o", 1)])).Outcome);
        Assert.Equal(SettleOutcome.Unknown, await SettleAsync(Guid.NewGuid(), [Org.Line("o", 1)], 1));
        Assert.Equal((0, 0), (_uses[0].Spent, _uses[0].Reserved));
    }

    [Fact]
    public async Task Use_that_cannot_be_known_before_is_limited_from_the_next_call_on()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Team.Line("t", 0) });
        Assert.True((await ReserveAsync(id, lines)).IsGranted);
        Assert.Equal(SettleOutcome.Settled, await SettleAsync(id, lines, 30));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), lines)).Outcome);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.True((await ReserveAsync(Guid.NewGuid(), lines)).IsGranted);
    }

    [Fact]
    public async Task Each_alert_is_told_once_in_a_window_by_the_operation_that_reaches_it()
    {
        Assert.Equal((0, 0), await SpendAsync(9));
        Assert.Equal((0, 1), await SpendAsync(1));
        Assert.Equal((1, 1), await SpendAsync(1));
        Assert.Equal((1, 2), await SpendAsync(19));
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((0, 2), await SpendAsync(30));

        async Task<(int, int)> SpendAsync(long amount)
        {
            var (id, lines) = (Guid.NewGuid(), new[] { Team.Line("t", amount) });
            await ReserveAsync(id, lines);
            Assert.Equal(_uses[0].AlertsFrom, _uses[0].AlertsTo);
            await SettleAsync(id, lines, amount);
            return (_uses[0].AlertsFrom, _uses[0].AlertsTo);
        }
    }

    [Fact]
    public async Task A_soft_limit_refuses_nothing()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Soft.Line("s", 1000) });
        Assert.True((await ReserveAsync(id, lines)).IsGranted);
        await SettleAsync(id, lines, 1000);
        Assert.Equal((1000, 0, 1), (_uses[0].Spent, _uses[0].AlertsFrom, _uses[0].AlertsTo));
        Assert.True((await ReserveAsync(Guid.NewGuid(), lines)).IsGranted);
    }

    [Fact]
    public async Task Money_is_spent_in_the_window_in_which_its_amount_is_known()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { Team.Line("t", 20) });
        await ReserveAsync(id, lines);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(new ReserveResult(ReserveOutcome.Refused, 0, 0), await ReserveAsync(Guid.NewGuid(), [Team.Line("t", 11)]));
        Assert.Equal((0, 20), (_uses[0].Spent, _uses[0].Reserved));
        await SettleAsync(id, lines, 15);
        Assert.Equal((15, 0), (_uses[0].Spent, _uses[0].Reserved));
    }

    [Fact]
    public async Task A_sliding_window_counts_the_part_of_the_last_one_that_it_still_covers()
    {
        var (id, lines) = (Guid.NewGuid(), new[] { User.Line("u", 25) });
        await ReserveAsync(id, lines);
        await SettleAsync(id, lines, 25);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), [User.Line("u", 1)])).Outcome);
        Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), [User.Line("u", 11)])).Outcome);
        Assert.Equal(15, _uses[0].Spent);
        Assert.Equal(ReserveOutcome.Granted, (await ReserveAsync(Guid.NewGuid(), [User.Line("u", 10)])).Outcome);
    }

    [Fact]
    public async Task The_largest_amounts_are_exact()
    {
        var whole = new BudgetRule("whole", BudgetWindow.Lifetime, BudgetRule.AmountMax);
        var (id, most) = (Guid.NewGuid(), new[] { whole.Line("o", BudgetRule.AmountMax - 1) });
        Assert.True((await ReserveAsync(id, most)).IsGranted);
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(Guid.NewGuid(), [whole.Line("o", 2)])).Outcome);
        Assert.True((await ReserveAsync(Guid.NewGuid(), [whole.Line("o", 1)])).IsGranted);
        Assert.Equal(BudgetRule.AmountMax, _uses[0].Reserved);
        await SettleAsync(id, most, BudgetRule.AmountMax - 1);
        Assert.Equal((BudgetRule.AmountMax - 1, 1), (_uses[0].Spent, _uses[0].Reserved));
        // Sums beyond what can be counted stop there.
        await ReserveAsync(id = Guid.NewGuid(), [Org.Line("o", 1)]);
        await SettleAsync(id, [Org.Line("o", 1)], BudgetRule.AmountMax);
        Assert.Equal(BudgetRule.AmountMax, _uses[0].Spent);
    }

    [Fact]
    public async Task Identities_are_taken_as_they_are_whatever_they_contain()
    {
        string[] names = ["", " ", "a", "A", "a:b", "a{b}", "ключ", "a\r\nb", "a\0b", "%s", "'; --", new('x', 5000)];
        foreach (var name in names) Assert.True((await ReserveAsync(Guid.NewGuid(), [Org.Line(name, 60)])).IsGranted);
        foreach (var name in names) Assert.False((await ReserveAsync(Guid.NewGuid(), [Org.Line(name, 1)])).IsGranted);
    }

    [Fact]
    public async Task However_many_ask_at_once_no_hard_limit_is_exceeded()
    {
        var granted = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var (id, uses) = (Guid.NewGuid(), new LineUse[2]);
            BudgetLine[] lines = i % 2 == 0 ? [Org.Line("o", 3), Team.Line($"t{i % 4}", 3)] : [Team.Line($"t{i % 4}", 3), Org.Line("o", 3)];
            if (!(await Store.ReserveAsync(id, lines, default, Lease, uses, default)).IsGranted) return;
            Interlocked.Increment(ref granted);
            await Store.SettleAsync(id, lines, uses, default);
        })));
        Assert.Equal(20, granted);
    }

    [Fact]
    public void Agrees_with_a_simple_model_for_any_sequence_of_operations() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(ModelRuns),
            Prop.ForAll<(byte Op, byte Call, byte Lines, byte Amount, byte Units, ushort Step)[]>(steps => AgreesAsync(steps).GetAwaiter().GetResult()));

    async Task<bool> AgreesAsync((byte Op, byte Call, byte Lines, byte Amount, byte Units, ushort Step)[] steps)
    {
        var (model, run, expected) = (new ModelBudgets(), Guid.NewGuid(), new LineUse[Rules.Length]);
        var calls = new (Guid Id, BudgetLine[] Lines)[6];
        var mine = new LineUse[Rules.Length];
        foreach (var step in steps)
        {
            Time.Advance(TimeSpan.FromMilliseconds(step.Step % 8 == 0 ? step.Step % 40_000 : step.Step % 400));
            var nowMs = Time.GetUtcNow().ToUnixTimeMilliseconds();
            ref var call = ref calls[step.Call % calls.Length];
            if (call.Lines is null || step.Op % 5 == 0)
                call = (Guid.NewGuid(), [.. Rules.Where((_, i) => (step.Lines >> i & 1) != 0)
                    .Select((rule, i) => rule.Line($"{run}/{step.Call % 2}", (step.Amount + i) % 13, (step.Units + i) % 4))]);
            var (id, units) = (call.Id, new UnitRange(step.Units % 16, step.Units % 3 * (step.Units % 16) / 2));
            BudgetLine[] lines = [.. call.Lines.Select((line, i) => line with { Amount = (step.Amount + i) % 13 })];
            Array.Clear(mine);
            Array.Clear(expected);
            var agrees = (step.Op % 5) switch
            {
                0 or 1 => await Store.ReserveAsync(id, lines, units, Lease, mine, default)
                    == model.Take(id, lines, units, (long)Lease.TotalMilliseconds, nowMs, expected, isNew: true),
                2 => await Store.ExtendAsync(id, lines, units, Lease, mine, default)
                    == model.Take(id, lines, units, (long)Lease.TotalMilliseconds, nowMs, expected, isNew: false),
                3 => await Store.SettleAsync(id, lines, mine, default) == model.End(id, lines, nowMs, expected, isCharged: true),
                _ => await Store.RefundAsync(id, lines, mine, default) == model.End(id, lines, nowMs, expected, isCharged: false),
            };
            if (!agrees || !mine.SequenceEqual(expected)) return false;
        }
        return true;
    }

    Task<ReserveResult> ReserveAsync(Guid id, BudgetLine[] lines, UnitRange units = default) =>
        Store.ReserveAsync(id, lines, units, Lease, _uses, default).AsTask();

    Task<ReserveResult> ExtendAsync(Guid id, BudgetLine[] lines, UnitRange units = default) =>
        Store.ExtendAsync(id, lines, units, Lease, _uses, default).AsTask();

    Task<SettleOutcome> SettleAsync(Guid id, BudgetLine[] lines, params long[] used) =>
        Store.SettleAsync(id, lines.Zip(used, static (line, amount) => line with { Amount = amount }).ToArray(), _uses, default).AsTask();
}
