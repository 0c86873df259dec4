using System.Globalization;
using System.Net;
using Weir.Ai;
using Weir.Config;
using Weir.Limits;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>64 clients of 4 gateways, each a process of its own, draw on one budget of $1.000000. A token of an answer costs a tenth of a cent.</summary>
public abstract class SharedBudgetContract : IAsyncLifetime
{
    const int Nodes = 4;
    const int Clients = 64;
    const int TokensMost = 20;
    const long Dollar = 1_000_000_000;

    /// <summary>More than a call of that many tokens and its prompt may cost.</summary>
    const long CallMost = 25_000_000;

    const string BudgetYaml = "{name: dollar, applies_to: everyone, limit: '1.000000', window_type: lifetime}";

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-budget-");

    /// <summary>Settings that let a node find the store.</summary>
    protected abstract string StoreSettings { get; }

    public virtual async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public virtual async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract IBudgetStore Open();

    [Fact]
    public async Task Sixty_four_clients_of_four_processes_spend_the_whole_dollar_and_not_a_nano_more()
    {
        var nodes = await StartAsync();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SpendAsync(nodes[client % Nodes].Proxy, client, onHeld: null)));
            await CheckAsync(nodes);
        }
        finally
        {
            foreach (var (process, _) in nodes) await process.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_process_that_is_killed_in_the_middle_of_streams_loses_nothing_and_nothing_is_counted_twice()
    {
        var nodes = await StartAsync();
        try
        {
            // Streams that hang in the middle hold a third of the dollar.
            using var hanging = NewClient(nodes[0].Proxy);
            var streams = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => HangAsync(hanging)));
            var use = await LookAsync();
            Assert.InRange(use.Reserved, 16 * TokensMost * 1_000_000, 16 * CallMost);

            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var clients = Task.WhenAll(
                Enumerable.Range(0, Clients).Select(client => SpendAsync(nodes[1 + (client % (Nodes - 1))].Proxy, client, () => held.TrySetResult())));
            await held.Task;
            await nodes[0].Process.SignalAsync("KILL");
            await nodes[0].Process.ExitCodeAsync();
            // What the dead one holds comes back when its lease is over, and is spent by the others.
            await clients;
            await CheckAsync(nodes);
            foreach (var stream in streams) stream.Dispose();
        }
        finally
        {
            foreach (var (process, _) in nodes) await process.DisposeAsync();
        }
    }

    /// <summary>All that was used is in the ledgers, all that is in the ledgers was charged, and that is the dollar but for what no call fitted into.</summary>
    async Task CheckAsync((WeirProcess Process, Uri Proxy)[] nodes)
    {
        var ledgers = Enumerable.Range(0, Nodes).SelectMany(node => new UsageReader(Ledger(node)).Read()).ToList();
        var use = await LookAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{ledgers.Count} calls, ${use.Spent / 1e9:0.000000000}");
        Assert.Equal(ledgers.Sum(static record => record.CostTotal), use.Spent);
        Assert.InRange(use.Spent, Dollar - CallMost, Dollar);
        Assert.Equal(0, use.Reserved);
        Assert.All(nodes, static node => Assert.DoesNotContain("away", node.Process.Errors, StringComparison.Ordinal));
    }

    /// <summary>Calls, whole and streamed, until the budget says that there is no more.</summary>
    async Task SpendAsync(Uri proxy, int seed, Action? onHeld)
    {
        using var client = NewClient(proxy);
        var random = new Random(seed);
        var isOver = false;
        while (!isOver)
        {
            var (tokens, isStream) = (random.Next(TokensMost / 4, TokensMost), random.Next(2) == 0);
            var text = string.Create(CultureInfo.InvariantCulture, $"Hello [mock: tokens={tokens}; delay-ms=20]");
            // A call that finds no room because others hold it comes again.
            await Poll.UntilAsync(async () =>
            {
                using var answer = await BudgetRig.ChatAsync(client, text, TokensMost, isStream);
                var body = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode == HttpStatusCode.OK) return true;
                Assert.True(answer.StatusCode == HttpStatusCode.TooManyRequests, body);
                if (body.Contains("requests under way", StringComparison.Ordinal))
                {
                    onHeld?.Invoke();
                    return false;
                }
                Assert.Contains("the budget 'dollar' is used up", body, StringComparison.Ordinal);
                return isOver = true;
            }, "room in the budget", 60);
        }
    }

    static async Task<HttpResponseMessage> HangAsync(HttpClient client)
    {
        var answer = await BudgetRig.ChatAsync(client, "Hello [mock: tokens=20; stall-after=5]", TokensMost, stream: true);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    async Task<LineUse> LookAsync()
    {
        var store = Open();
        var uses = new LineUse[1];
        var budget = new Budget(new BudgetConfig { Name = "dollar", AppliesTo = BudgetLevel.Everyone, Limit = "1", WindowType = BudgetWindowType.Lifetime });
        await store.RefundAsync(Guid.NewGuid(), new[] { budget.Line("") }, uses, CancellationToken.None);
        (store as IDisposable)?.Dispose();
        return uses[0];
    }

    async Task<(WeirProcess Process, Uri Proxy)[]> StartAsync()
    {
        var document = Path.Combine(_folder.FullName, "weir.yaml");
        await File.WriteAllTextAsync(document, BudgetRig.Document(_mock.Address, BudgetYaml)
            .Replace("output_cost: 10}", "output_cost: 1000}", StringComparison.Ordinal));
        var nodes = new (WeirProcess, Uri)[Nodes];
        for (var i = 0; i < Nodes; i++)
        {
            var settings = Path.Combine(_folder.FullName, $"node-{i}.yaml");
            await File.WriteAllTextAsync(settings, $"usage_ledger: {Ledger(i)}\naccess_log: off\nlimits_lease_seconds: 6\n{StoreSettings}\n");
            var (process, proxy, _) = await WeirProcess.RunAsync(document, "--settings", settings, "--no-watch");
            nodes[i] = (process, proxy);
        }
        return nodes;
    }

    string Ledger(int node) => Path.Combine(_folder.FullName, $"ledger-{node}");

    static HttpClient NewClient(Uri proxy) => new() { BaseAddress = proxy, Timeout = TimeSpan.FromSeconds(60) };
}
