namespace Weir.Limits.Tests;

/// <summary>One server for the tests of a class.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    internal RedisServer Server { get; private set; } = null!;

    internal IRedis Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Redis = Server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed class RedisBudgetStoreTests(RedisFixture fixture) : BudgetStoreContract, IClassFixture<RedisFixture>
{
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    static readonly BudgetRule Rule = new("org", BudgetWindow.Lifetime, 10);

    readonly string _namespace = Guid.NewGuid().ToString();

    protected override int ModelRuns => 100;

    private protected override Task<IBudgetStore> NewStoreAsync() =>
        Task.FromResult<IBudgetStore>(new RedisBudgetStore(fixture.Redis, _namespace, Time, TimeSpan.Zero));

    [Fact]
    public async Task A_node_whose_clock_is_off_is_told_so_and_counts_nothing()
    {
        var faults = new List<string>();
        var store = new RedisBudgetStore(fixture.Redis, _namespace, Time, RedisBudgetStore.ClockSkewMaxDefault, faults.Add);
        var (lines, uses) = (new[] { Rule.Line("o", 1) }, new LineUse[1]);
        Assert.Equal(ReserveOutcome.Unavailable, (await store.ReserveAsync(Guid.NewGuid(), lines, default, Lease, uses, default)).Outcome);
        Assert.Contains("ms off the clock of Redis", Assert.Single(faults), StringComparison.Ordinal);
        var right = new RedisBudgetStore(fixture.Redis, _namespace, TimeProvider.System, RedisBudgetStore.ClockSkewMaxDefault);
        Assert.True((await right.ReserveAsync(Guid.NewGuid(), lines, default, Lease, uses, default)).IsGranted);
        Assert.Equal(1, uses[0].Reserved);
    }

    [Fact]
    public async Task Fewer_lines_than_were_reserved_are_a_fault_and_change_nothing()
    {
        var (id, lines, uses) = (Guid.NewGuid(), new[] { Rule.Line("a", 1), Rule.Line("b", 1) }, new LineUse[2]);
        await Store.ReserveAsync(id, lines, default, Lease, uses, default);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.SettleAsync(id, lines.AsMemory(0, 1), uses, default));
        Assert.Equal(SettleOutcome.Settled, await Store.SettleAsync(id, lines, uses, default));
    }

    [Fact]
    public async Task Keys_are_in_one_slot_and_leave_with_their_window()
    {
        var (lines, uses) = (new[] { new BudgetRule("day", BudgetWindow.Fixed(TimeSpan.FromSeconds(10)), 10).Line("a", 1) }, new LineUse[1]);
        await Store.ReserveAsync(Guid.NewGuid(), lines, default, TimeSpan.FromSeconds(5), uses, default);
        var found = await fixture.Redis.ExecuteAsync(RedisCommand.Of("KEYS", $"*{_namespace}*"), default);
        var keys = found.Items.ToArray().Select(static key => key.Text).ToArray();
        Assert.Equal(3, keys.Length);
        Assert.Single(keys.Select(HashSlot.Of).Distinct());
        foreach (var key in keys)
        {
            var left = (await fixture.Redis.ExecuteAsync(RedisCommand.Of("PTTL", key), default)).Integer;
            Assert.InRange(left, 1, (long)(IBudgetStore.LateSettleKept + TimeSpan.FromMinutes(2)).TotalMilliseconds);
        }
    }
}
