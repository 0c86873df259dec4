using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>Two control-plane nodes on one journal, clients on both, and things that go wrong.</summary>
public sealed class LinearityTests
{
    const int Clients = 3;

    [Fact(Timeout = 60_000)]
    public void Changes_on_two_nodes_are_one_order_whatever_crashes() =>
        Prop.ForAll<int>(static seed => RunAsync(seed).GetAwaiter().GetResult()).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Changes_on_two_nodes_are_one_order_in_a_database_whose_connections_break()
    {
        await using var box = new PostgresBox();
        await box.InitializeAsync();
        for (var seed = 0; seed < 3; seed++)
        {
            await using var source = await box.DatabaseAsync();
            await using var breaking = await box.DatabaseAsync();
            await using var reading = await PostgresBox.OpenAsync(source);
            var linearity = new Linearity();
            var nodes = await Task.WhenAll(Node.OpenAsync(source, seed), Node.OpenAsync(source, seed + 100));
            var asking = Task.WhenAll(Enumerable.Range(0, nodes.Length * Clients)
                .Select(client => Task.Run(() => AskAsync(linearity, () => nodes[client % 2].Plane, client, 25))));
            for (var round = 1; round <= 4; round++)
            {
                // Somewhere in the middle of the work, not by the clock. How much of it is refused is up to the seed.
                await Task.WhenAny(asking, reading.WaitAsync(round * 8, TestContext.Current.CancellationToken));
                await PostgresBox.RunAsync(
                    breaking, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'journal%' AND pid <> pg_backend_pid()");
                if (round % 2 == 0) await nodes[round / 2 % 2].RestartAsync(seed + round);
            }
            await asking;
            var state = await linearity.CheckAsync(reading);
            foreach (var node in nodes)
            {
                await node.Plane.WaitAsync(state.Revision - 1, TestContext.Current.CancellationToken);
                Assert.Equal(state.Said(), node.Plane.Current.Said());
                await node.DisposeAsync();
            }
        }
    }

    static async Task RunAsync(int seed)
    {
        var (shared, random, linearity) = (new MemoryJournal(), new Random(seed), new Linearity());
        async Task<ControlPlane> OpenAsync(int node)
        {
            while (true)
                try
                {
                    return await Planes.OpenAsync(new CrashingJournal(shared, new Random(random.Next())), seed: random.Next());
                }
                catch (JournalAwayException)
                {
                    // Started again.
                }
        }
        var planes = new[] { await OpenAsync(0), await OpenAsync(1) };
        for (var life = 0; life < 3; life++)
        {
            await Task.WhenAll(Enumerable.Range(0, 2 * Clients).Select(client =>
            {
                var clientSeed = random.Next();
                return Task.Run(() => AskAsync(linearity, () => planes[client % 2], clientSeed, 6));
            }));
            var dying = random.Next(2);
            await planes[dying].DisposeAsync();
            planes[dying] = await OpenAsync(dying);
        }
        var state = await linearity.CheckAsync(shared);
        foreach (var plane in planes)
        {
            if (state.Revision > 0) await plane.WaitAsync(state.Revision - 1, TestContext.Current.CancellationToken);
            Assert.Equal(state.Said(), plane.Current.Said());
            await plane.DisposeAsync();
        }
    }

    static async Task AskAsync(Linearity linearity, Func<ControlPlane> plane, int seed, int changes)
    {
        var random = new Random(seed);
        for (var made = 0; made < changes; made++) await linearity.TryAsync(plane(), random.Next());
    }

    /// <summary>A node on a database.</summary>
    sealed class Node(Npgsql.NpgsqlDataSource source) : IAsyncDisposable
    {
        PostgresJournal _journal = null!;

        public ControlPlane Plane { get; private set; } = null!;

        public static async Task<Node> OpenAsync(Npgsql.NpgsqlDataSource source, int seed)
        {
            var node = new Node(source);
            await node.StartAsync(seed);
            return node;
        }

        public async Task RestartAsync(int seed)
        {
            var (plane, journal) = (Plane, _journal);
            await StartAsync(seed);
            await plane.DisposeAsync();
            await journal.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Plane.DisposeAsync();
            await _journal.DisposeAsync();
        }

        async Task StartAsync(int seed)
        {
            while (true)
                try
                {
                    var journal = await PostgresBox.OpenAsync(source);
                    Plane = await Planes.OpenAsync(journal, seed: seed);
                    _journal = journal;
                    return;
                }
                catch (JournalAwayException)
                {
                    // Its connection was broken: started again.
                }
        }
    }
}
