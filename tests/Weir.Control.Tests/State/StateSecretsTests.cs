using Weir.Config;

namespace Weir.Control.Tests;

/// <summary>Secrets of vaults in the state as a document: what uses a changed one is read again, and nothing else.</summary>
public sealed class StateSecretsTests
{
    readonly Store _store = new();

    [Fact]
    public async Task What_uses_a_secret_is_read_again_when_it_has_changed()
    {
        await using var plane = await OpenAsync();
        var document = new StateDocument(Planes.Read with { Secrets = _store });
        Assert.Contains(document.Read(plane.Current).Problems, static problem => problem.Message.Contains("not fetched yet", StringComparison.Ordinal));

        _store.Put("one");
        Assert.Equal("one", Key(document.Read(plane.Current)));
        var asked = _store.Asked;
        Assert.Equal("one", Key(document.Read(plane.Current)));
        Assert.Equal(asked, _store.Asked);

        _store.Put("two");
        var result = document.Read(plane.Current);
        Assert.Equal("two", Key(result));
        Assert.Contains(result.Secrets, static secret => secret.Value == "two");
    }

    [Fact]
    public async Task A_change_that_touches_no_secret_asks_for_none_and_loses_none()
    {
        await using var plane = await OpenAsync();
        _store.Put("one");
        var document = new StateDocument(Planes.Read with { Secrets = _store });
        document.Read(plane.Current);
        await plane.ChangeAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body("""{"name":"other"}"""), out _));
        await plane.ChangeAsync(static draft => draft.Insert(
            draft.State.Workspace("other")!.Id, ControlKinds.Services, Planes.Body("""{"name":"s","host":"h"}"""), out _));
        var asked = _store.Asked;
        var result = document.Read(plane.Current);
        Assert.Equal(asked, _store.Asked);
        Assert.Equal("one", Key(result));
        Assert.Single(result.Secrets);
    }

    static async Task<ControlPlane> OpenAsync()
    {
        var plane = await Planes.OpenAsync();
        Assert.Empty((await plane.InsertAsync(ControlKinds.Vaults, """{"name":"hcv","prefix":"my-hcv","config":{"token":"t"}}""")).Refusals);
        Assert.Empty((await plane.InsertAsync(ControlKinds.Consumers, """{"username":"ann"}""")).Refusals);
        const string credential = """{"consumer":{"username":"ann"},"key":"{vault://my-hcv/ann/}"}""";
        Assert.Empty((await plane.InsertAsync(ControlKinds.KeyAuthCredentials, credential)).Refusals);
        return plane;
    }

    static string? Key(DocumentResult result) => result.Document!.KeyAuthCredentials.Single().Key;

    sealed class Store : ISecretStore
    {
        StoredSecret _secret = new(null, "it is not fetched yet");

        public int Asked { get; private set; }

        public void Put(string value)
        {
            _secret.Outdate();
            _secret = new StoredSecret(value, "");
        }

        public StoredSecret Find(VaultSource vault, VaultReference reference)
        {
            Asked++;
            return _secret;
        }

        public ValueTask<bool> FetchAsync(CancellationToken cancellation) => new(false);

        public void Keep(IReadOnlyCollection<StoredSecret> used) { }
    }
}
