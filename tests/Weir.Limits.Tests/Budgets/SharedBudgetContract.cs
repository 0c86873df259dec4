namespace Weir.Limits.Tests;

/// <summary>64 clients on 4 nodes, each node with a store and connections of its own, draw on one budget of $1.000000.</summary>
public abstract class SharedBudgetContract
{
    const int Nodes = 4;
    const int ClientsPerNode = 16;
    const long Dollar = 1_000_000_000;
    const long CallMost = 1_000_000;

    static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    static readonly BudgetRule Org = new("org", BudgetWindow.Lifetime, Dollar, alerts: [Dollar / 2, Dollar * 9 / 10]);
    static readonly BudgetRule Team = new("team", BudgetWindow.Calendar(CalendarUnit.Day), 10 * Dollar);
    static readonly BudgetRule User = new("user", BudgetWindow.Fixed(TimeSpan.FromDays(1)), 10 * Dollar);

    readonly string _run = Guid.NewGuid().ToString();

    private protected ManualTime Time { get; } = new();

    private protected abstract Task<Node> StartNodeAsync(int number);

    [Fact]
    public async Task Sixty_four_clients_on_four_nodes_spend_the_whole_dollar_and_not_a_nano_more()
    {
        var nodes = await StartAsync();
        var books = new Books();
        await Task.WhenAll(Enumerable.Range(0, Nodes * ClientsPerNode)
            .Select(
                client => Task.Run(() => SpendAsync(nodes[client % Nodes], client, books))));
        var org = await LookAsync(nodes[0]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{books.Calls} calls, {books.Refusals} refusals, ${org.Spent / 1e9:0.000000000}");
        Assert.Equal(books.Charged, org.Spent);
        Assert.InRange(org.Spent, Dollar - CallMost + 1, Dollar);
        Assert.Equal((0, 0), (org.Reserved, books.Overrun));
        Assert.Equal(2, books.Alerts);
        foreach (var node in nodes) await node.StopAsync();
    }

    [Fact]
    public async Task A_node_that_dies_mid_stream_loses_nothing_and_nothing_is_counted_twice()
    {
        var nodes = await StartAsync();
        var books = new Books();
        var dying = nodes[0];
        var clients = Task.WhenAll(
            Enumerable.Range(0, Nodes * ClientsPerNode).Select(client => Task.Run(() => SpendAsync(nodes[client % Nodes], client, books))));
        await books.ReachedAsync(Dollar / 4);
        await dying.DieAsync(books.FirstAbandoned);
        // The others go on until all that is left is what the dead one holds.
        await clients;
        var survivor = nodes[1];
        var full = await LookAsync(survivor);
        Assert.InRange(full.Spent + full.Reserved, Dollar - CallMost + 1, Dollar);

        // What it wrote down as used but had no answer for is settled again elsewhere: charged now, or charged before and passed over.
        foreach (var (id, lines, used) in books.InDoubt)
        {
            if (await survivor.Store.SettleAsync(id, lines, new LineUse[3], default) is SettleOutcome.Settled) continue;
            Assert.Equal(SettleOutcome.Unknown, await survivor.Store.SettleAsync(id, lines, new LineUse[3], default));
        }
        var promised = books.Charged + books.InDoubt.Sum(static call => call.Used);
        var before = await LookAsync(survivor);
        Assert.Equal(promised, before.Spent);
        Assert.InRange(before.Reserved, CallMost / 2, ClientsPerNode * CallMost);

        Time.Advance(Lease);
        Assert.Equal((promised, 0), (await LookAsync(survivor) is var after ? after.Spent : 0, after.Reserved));
        await Task.WhenAll(Enumerable.Range(1, 3).Select(node => Task.Run(() => SpendAsync(nodes[node], node, books))));
        var org = await LookAsync(survivor);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{books.Calls} calls, {books.Abandoned.Count} abandoned, {books.InDoubt.Count} in doubt, ${org.Spent / 1e9:0.000000000}");
        Assert.Equal(books.Charged + books.InDoubt.Sum(static call => call.Used), org.Spent);
        Assert.InRange(org.Spent, Dollar - CallMost + 1, Dollar);
        Assert.Equal((0, 0), (org.Reserved, books.Overrun));

        // A reservation of the dead node that comes to light much later is charged once more, as an overrun, and only once.
        var (late, path) = books.Abandoned[0];
        var uses = new LineUse[3];
        Assert.Equal(SettleOutcome.SettledLate, await survivor.Store.SettleAsync(late, path, uses, default));
        Assert.Equal((org.Spent + path[0].Amount, path[0].Amount), (uses[0].Spent, uses[0].Overrun));
        Assert.Equal(SettleOutcome.Unknown, await survivor.Store.SettleAsync(late, path, uses, default));
        foreach (var node in nodes[1..]) await node.StopAsync();
    }

    async Task<Node[]> StartAsync()
    {
        var nodes = new Node[Nodes];
        for (var i = 0; i < Nodes; i++) nodes[i] = await StartNodeAsync(i);
        return nodes;
    }

    /// <summary>Calls until there is no room and nobody else's reservation could still come back.</summary>
    async Task SpendAsync(Node node, int client, Books books)
    {
        var (random, uses) = (new Random(client), new LineUse[3]);
        while (true)
        {
            var id = Guid.CreateVersion7();
            var most = random.NextInt64(CallMost / 2, CallMost + 1);
            var lines = Path(client, most);
            var result = await node.Store.ReserveAsync(id, lines, default, Lease, uses, default);
            if (result.Outcome == ReserveOutcome.Refused)
            {
                // As long as a client of a living node holds something, some of it may come back.
                if (books.Refused()) return;
                await Task.Yield();
                continue;
            }
            if (result.Outcome == ReserveOutcome.Unavailable)
            {
                Assert.True(node.IsDead);
                return;
            }
            books.Hold();
            await Task.Yield();
            // Some streams break off when the node falls ill, others run into the cut.
            if (node.IsDead && client % 8 < 4)
            {
                books.Abandon(id, lines);
                return;
            }
            var used = random.NextInt64(most / 4, most + 1);
            var settled = await node.Store.SettleAsync(id, Path(client, used), uses, default);
            if (settled == SettleOutcome.Unavailable)
            {
                Assert.True(node.IsDead);
                books.Doubt(id, Path(client, used), used);
                return;
            }
            Assert.Equal(SettleOutcome.Settled, settled);
            books.Charge(used, uses[0]);
        }
    }

    BudgetLine[] Path(int client, long amount) =>
        [Org.Line(_run, amount), Team.Line($"{_run}/{client % 3}", amount), User.Line($"{_run}/{client}", amount)];

    /// <summary>A refund of what does not exist changes nothing and tells how the budget stands.</summary>
    async Task<LineUse> LookAsync(Node node)
    {
        var uses = new LineUse[1];
        await node.Store.RefundAsync(Guid.NewGuid(), new[] { Org.Line(_run, 0) }, uses, default);
        return uses[0];
    }

    /// <summary>One of the nodes.</summary>
    internal sealed class Node(IBudgetStore store, Func<Task> cut, Func<Task> stop)
    {
        volatile bool _isDead;

        public IBudgetStore Store { get; } = store;

        public bool IsDead => _isDead;

        public Task StopAsync() => stop();

        /// <summary>No client of it settles any more; as soon as one has left a reservation behind, its connections are cut, whatever is on its way.</summary>
        public async Task DieAsync(Task abandoned)
        {
            _isDead = true;
            await abandoned;
            await cut();
        }
    }

    /// <summary>What the clients know for sure, and what not.</summary>
    sealed class Books
    {
        readonly Lock _lock = new();
        readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long _goal = long.MaxValue;
        int _held;

        public long Charged { get; private set; }
        public long Overrun { get; private set; }
        public int Calls { get; private set; }
        public int Refusals { get; private set; }
        public int Alerts { get; private set; }
        public List<(Guid Id, BudgetLine[] Lines)> Abandoned { get; } = [];
        public List<(Guid Id, BudgetLine[] Lines, long Used)> InDoubt { get; } = [];
        public Task FirstAbandoned => _abandoned.Task;

        public Task ReachedAsync(long goal)
        {
            lock (_lock) _goal = goal;
            return _reached.Task;
        }

        public void Hold()
        {
            lock (_lock) _held++;
        }

        public void Charge(long amount, LineUse org)
        {
            lock (_lock)
            {
                (Charged, Calls, _held) = (Charged + amount, Calls + 1, _held - 1);
                Overrun += org.Overrun;
                Alerts += org.AlertsTo - org.AlertsFrom;
                if (Charged >= _goal) _reached.TrySetResult();
            }
        }

        /// <summary>True when no living client holds anything.</summary>
        public bool Refused()
        {
            lock (_lock)
            {
                Refusals++;
                return _held == 0;
            }
        }

        public void Abandon(Guid id, BudgetLine[] lines)
        {
            lock (_lock)
            {
                Abandoned.Add((id, lines));
                _held--;
            }
            _abandoned.TrySetResult();
        }

        public void Doubt(Guid id, BudgetLine[] lines, long used)
        {
            lock (_lock)
            {
                InDoubt.Add((id, lines, used));
                _held--;
            }
        }
    }
}
