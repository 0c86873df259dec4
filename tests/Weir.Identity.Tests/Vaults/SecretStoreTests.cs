using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Clock = Weir.Gateway.Tests.ManualTime;

namespace Weir.Identity.Tests;

public sealed class SecretStoreTests : IAsyncDisposable
{
    readonly Clock _time = new();
    readonly Lines _log = new();
    readonly SecretStore _store;
    readonly ConcurrentDictionary<string, string> _secrets = new() { ["a"] = "marker-1" };
    PlayedServer? _server;
    int _changes;
    int? _broken;

    public SecretStoreTests()
    {
        _store = new SecretStore(new VaultClients(static _ => null, _time, _log), _time, _log) { Changed = () => Interlocked.Increment(ref _changes) };
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        // Whatever a test did: no line of the log holds a secret.
        Assert.DoesNotContain(_log.Written, static line => line.Contains("marker", StringComparison.Ordinal));
    }

    async Task<VaultSource> VaultAsync(double? ttl = null, double? negTtl = null, double? resurrectTtl = null)
    {
        _server ??= await PlayedServer.StartAsync(Answer);
        var settings = new HcvVaultSettings { Port = _server.Port, Token = "marker-token", Ttl = ttl, NegTtl = negTtl, ResurrectTtl = resurrectTtl };
        return new VaultSource("my-vault", "hcv", settings, VaultKinds.IdOf("hcv", settings));
    }

    Played Answer(Asked asked)
    {
        if (_broken is { } status) return new Played(status, "");
        return _secrets.TryGetValue(asked.Target["/v1/secret/".Length..], out var value)
            ? $$$"""{"data":{"value":"{{{value}}}"}}""" : new Played(404, """{"errors":[]}""");
    }

    static VaultReference Reference(string name) => VaultReference.Parse($"{{vault://my-vault/{name}/value}}")!;

    /// <summary>One reading after what it needs was fetched.</summary>
    async Task<StoredSecret> ReadAsync(VaultSource vault, string name = "a")
    {
        _store.Find(vault, Reference(name));
        await _store.FetchAsync(Cancel);
        return _store.Find(vault, Reference(name));
    }

    async Task AdvanceAsync(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _store.Ticking;
    }

    int Asked => _server!.Asked.Count;

    SecretState State => Assert.Single(_store.Count()).State;

    [Fact]
    public async Task Reading_never_waits_and_what_is_wanted_is_there_for_the_next()
    {
        var vault = await VaultAsync();
        Assert.Null(_store.Find(vault, Reference("a")).Value);
        Assert.Equal(0, Asked);
        Assert.True(await _store.FetchAsync(Cancel));
        Assert.Equal("""{"value":"marker-1"}""", _store.Find(vault, Reference("a")).Value);
        Assert.False(await _store.FetchAsync(Cancel));
        Assert.Equal(1, Asked);
        // Another key of the same secret costs nothing.
        Assert.NotNull(_store.Find(vault, VaultReference.Parse("{vault://my-vault/a/other}")!).Value);
    }

    [Fact]
    public async Task Fetches_side_by_side()
    {
        var all = new TaskCompletionSource();
        var count = 0;
        _server = await PlayedServer.StartAsync(_ =>
        {
            if (Interlocked.Increment(ref count) == 8) all.SetResult();
            return new Played(200, """{"data":{}}""") { When = all.Task };
        });
        var vault = await VaultAsync();
        for (var i = 0; i < 8; i++) _store.Find(vault, Reference($"s{i}"));
        Assert.True(await _store.FetchAsync(Cancel));
        Assert.Equal((SecretState.Fresh, 8), _store.Count().Select(static each => (each.State, each.Count)).Single());
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_ends_the_wait()
    {
        var never = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _server = await PlayedServer.StartAsync(_ =>
        {
            asked.TrySetResult();
            return new Played(200, "") { When = never.Task };
        });
        var vault = await VaultAsync();
        _store.Find(vault, Reference("a"));
        var fetching = _store.FetchAsync(Cancel).AsTask();
        await asked.Task.WaitAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await fetching);
        Assert.Contains("did not answer in time", _store.Find(vault, Reference("a")).Problem, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task Without_a_ttl_nothing_is_fetched_again()
    {
        var vault = await VaultAsync();
        await ReadAsync(vault);
        await AdvanceAsync(86_400 * 365);
        Assert.Equal((1, 0), (Asked, _changes));
    }

    [Fact]
    public async Task A_changed_secret_is_told_before_the_old_one_expires()
    {
        var vault = await VaultAsync(ttl: 100);
        var first = await ReadAsync(vault);
        await AdvanceAsync(91);
        Assert.Equal((2, 0), (Asked, _changes));
        Assert.True(first.IsCurrent);
        _secrets["a"] = "marker-2";
        await AdvanceAsync(91);
        Assert.Equal((3, 1), (Asked, _changes));
        Assert.False(first.IsCurrent);
        Assert.Equal("""{"value":"marker-2"}""", _store.Find(vault, Reference("a")).Value);
        Assert.Contains(_log.Written, static line => line.Contains("the secret a has changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reference_may_have_a_ttl_of_its_own()
    {
        var vault = await VaultAsync();
        var reference = VaultReference.Parse("{vault://my-vault/a/value?ttl=10}")!;
        _store.Find(vault, reference);
        await _store.FetchAsync(Cancel);
        await AdvanceAsync(9.5);
        Assert.Equal(2, Asked);
    }

    [Fact]
    public async Task Serves_the_secret_of_before_while_the_vault_is_away_and_says_so()
    {
        var vault = await VaultAsync(ttl: 100, resurrectTtl: 1000);
        var first = await ReadAsync(vault);
        _broken = 503;
        await AdvanceAsync(500);
        Assert.Equal((SecretState.Stale, 0), (State, _changes));
        Assert.Same(first, _store.Find(vault, Reference("a")));
        Assert.Contains(_log.Written, static line => line.Contains("the one of before is good until", StringComparison.Ordinal));
        _broken = null;
        await AdvanceAsync(61);
        Assert.Equal((SecretState.Fresh, 0), (State, _changes));
        Assert.True(first.IsCurrent);
    }

    [Fact]
    public async Task After_its_resurrection_a_secret_is_lost_until_the_vault_is_back()
    {
        var vault = await VaultAsync(ttl: 100, resurrectTtl: 1000);
        await ReadAsync(vault);
        _broken = 503;
        for (var i = 0; i < 40; i++) await AdvanceAsync(30);
        Assert.Equal((SecretState.Failed, 1), (State, _changes));
        var lost = _store.Find(vault, Reference("a"));
        Assert.Equal((null, "the vault 'my-vault': 127.0.0.1:" + _server!.Port + " is sealed or in maintenance"), (lost.Value, lost.Problem));
        _broken = null;
        await AdvanceAsync(61);
        Assert.Equal((SecretState.Fresh, 2), (State, _changes));
    }

    [Fact]
    public async Task A_secret_that_was_deleted_is_in_use_as_long_as_one_whose_vault_is_away()
    {
        var vault = await VaultAsync(ttl: 100, negTtl: 10, resurrectTtl: 50);
        await ReadAsync(vault);
        _secrets.Clear();
        await AdvanceAsync(95);
        Assert.Equal(SecretState.Stale, State);
        for (var i = 0; i < 8; i++) await AdvanceAsync(10);
        Assert.Equal((SecretState.Missing, 1), (State, _changes));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_asked_for_again_after_its_time()
    {
        var vault = await VaultAsync(negTtl: 300);
        var missing = await ReadAsync(vault, "b");
        Assert.Contains("there is no such secret", missing.Problem, StringComparison.Ordinal);
        await AdvanceAsync(200);
        _store.Find(vault, Reference("b"));
        Assert.False(await _store.FetchAsync(Cancel));
        Assert.Equal(1, Asked);
        _secrets["b"] = "marker-b";
        await AdvanceAsync(101);
        Assert.Equal((2, 1), (Asked, _changes));
        Assert.NotNull(_store.Find(vault, Reference("b")).Value);
    }

    [Fact]
    public async Task Without_a_neg_ttl_the_next_change_asks_again()
    {
        var vault = await VaultAsync();
        await ReadAsync(vault, "b");
        _secrets["b"] = "marker-b";
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await ReadAsync(vault, "b")).Value);
    }

    [Fact]
    public async Task A_vault_that_fails_is_asked_less_and_less_often()
    {
        var vault = await VaultAsync();
        _broken = 500;
        await ReadAsync(vault);
        for (var i = 0; i < 600; i++) await AdvanceAsync(1);
        // After 1, 2, 4 … 32 seconds, and then every minute.
        Assert.InRange(Asked, 14, 16);
        Assert.Equal(0, _changes);
    }

    [Fact]
    public async Task A_reload_fetches_what_never_expires()
    {
        var vault = await VaultAsync();
        var first = await ReadAsync(vault);
        _secrets["a"] = "marker-2";
        await _store.RefreshAsync(Cancel);
        Assert.False(first.IsCurrent);
        _broken = 500;
        await _store.RefreshAsync(Cancel);
        Assert.Equal("""{"value":"marker-2"}""", _store.Find(vault, Reference("a")).Value);
        Assert.Equal(SecretState.Stale, State);
    }

    [Fact]
    public async Task Forgets_what_nothing_uses()
    {
        var vault = await VaultAsync(ttl: 10);
        _secrets["b"] = "marker-b";
        var kept = await ReadAsync(vault);
        await ReadAsync(vault, "b");
        _store.Keep([kept]);
        Assert.Equal(1, Assert.Single(_store.Count()).Count);
        _store.Keep([]);
        Assert.Empty(_store.Count());
        var before = Asked;
        await AdvanceAsync(100);
        Assert.Equal(before, Asked);
        Assert.NotNull((await ReadAsync(vault)).Value);
    }

    [Fact]
    public async Task Keeps_no_more_secrets_than_it_may()
    {
        var vault = await VaultAsync();
        for (var i = 0; i < SecretStore.SecretsMax; i++) _store.Find(vault, Reference($"s{i}"));
        Assert.Contains("are in use", _store.Find(vault, Reference("one-more")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changed_before_anybody_listened_is_told_to_the_first_who_does()
    {
        var vault = await VaultAsync(ttl: 100);
        var told = _store.Changed;
        _store.Changed = null;
        await ReadAsync(vault);
        _secrets["a"] = "marker-2";
        await AdvanceAsync(91);
        Assert.Equal(0, _changes);
        _store.Changed = told;
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task Counts_what_became_of_its_questions()
    {
        var vault = await VaultAsync();
        await ReadAsync(vault);
        await ReadAsync(vault, "b");
        Assert.Equal(
            [("my-vault", FetchedKind.Found, 1L), ("my-vault", FetchedKind.Missing, 1L)], _store.Fetches().OrderBy(static each => each.Kind));
    }

    sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
