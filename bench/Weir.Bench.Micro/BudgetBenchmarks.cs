using BenchmarkDotNet.Attributes;
using Weir.Limits;

namespace Weir.Bench.Micro;

/// <summary>Reserving from three budgets (organisation, team, user) before a call and settling after it.</summary>
public class BudgetBenchmarks
{
    const int Users = 10_000;
    const long Most = BudgetRule.AmountMax;

    static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);
    static readonly BudgetRule s_org = new("org", BudgetWindow.Calendar(CalendarUnit.Month), Most, alerts: [Most / 2, Most]);
    static readonly BudgetRule s_team = new("team", BudgetWindow.Calendar(CalendarUnit.Day), Most);
    static readonly BudgetRule s_user = new("user", BudgetWindow.Sliding(TimeSpan.FromHours(1)), Most);

    readonly MemoryBudgetStore _store = new(TimeProvider.System);
    readonly LineUse[] _uses = new LineUse[3];
    readonly BudgetLine[] _lines = [s_org.Line("acme", 900, 12), s_team.Line("search", 900, 12), s_user.Line("user-0", 900, 12)];
    readonly string[] _users = [.. Enumerable.Range(0, Users).Select(static i => $"user-{i}")];
    int _next;

    [GlobalSetup]
    public void SetUp()
    {
        for (var i = 0; i < Users; i++) ReserveAndSettleManyUsers();
    }

    [GlobalCleanup]
    public void CleanUp() => _store.Dispose();

    [Benchmark]
    public bool ReserveAndSettle() => Call(_lines);

    /// <summary>With keys made anew, as a request does.</summary>
    [Benchmark]
    public bool ReserveAndSettleManyUsers()
    {
        _next = (_next + 1) % Users;
        _lines[0] = s_org.Line("acme", 900, 12);
        _lines[1] = s_team.Line("search", 900, 12);
        _lines[2] = s_user.Line(_users[_next], 900, 12);
        return Call(_lines);
    }

    bool Call(BudgetLine[] lines)
    {
        var id = Guid.NewGuid();
        var reserved = _store.ReserveAsync(id, lines, new UnitRange(4096, 16), s_lease, _uses, CancellationToken.None).GetAwaiter().GetResult();
        return reserved.IsGranted && _store.SettleAsync(id, lines, _uses, CancellationToken.None).GetAwaiter().GetResult() == SettleOutcome.Settled;
    }
}
