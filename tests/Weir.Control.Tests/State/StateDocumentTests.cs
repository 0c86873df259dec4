using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Control.Tests.State;

public sealed class StateDocumentTests
{
    const int Transactions = 60;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Says_after_every_change_what_reading_everything_says()
    {
        var (documents, refused, committed) = (0, 0, 0);
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var world = new RandomState(seed);
            var random = new Random(seed);
            var options = Planes.Read with { AllowUnknownPlugins = true, Environment = world.Environment.GetValueOrDefault };
            var parts = new ControlParts(options, TimeProvider.System, Ids(random), Planes.Parts().Log);
            var plane = ControlPlane.OpenAsync(new MemoryJournal(), parts, Cancel).GetAwaiter().GetResult();
            plane.InsertInto(ControlState.Root, ControlKinds.Workspaces, """{"name":"team-x"}""");
            var document = new StateDocument(options);
            var isFresh = false;
            for (var i = 0; i < Transactions; i++)
            {
                var commit = plane.CommitAsync(new Author("test"), draft =>
                {
                    world.Change(draft, [.. draft.State.Workspaces.Select(static workspace => workspace.Id)]);
                    return [];
                }, CommitOptions.Default, Cancel).GetAwaiter().GetResult();
                if (commit.Transaction is null) refused++;
                else committed++;
                // Without being asked, secrets need not be looked up again.
                if (random.Next(4) == 0)
                {
                    world.ChangeEnvironment();
                    isFresh = true;
                }
                // Several transactions may go live at once.
                if (random.Next(4) == 0) continue;
                var state = plane.Current;
                var read = document.Read(state, isFresh);
                isFresh = false;
                Assert.Equal(Everything(state, options).Split('\n'), Text(read).Split('\n'));
                if (read.Document is not null) documents++;
            }
            plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }).QuickCheckThrowOnFailure();
        // The changes must be worth something: most of them happen, and most of what they give can be served.
        Assert.True(committed > refused && documents > committed / 3, $"{committed} committed, {refused} refused, {documents} documents");
    }

    [Fact]
    public async Task Keeps_the_records_of_everything_that_a_change_does_not_touch()
    {
        await using var plane = await Planes.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await plane.InsertAsync(ControlKinds.Services, $$$"""{"name":"s{{{i}}}","host":"s.test"}""");
            await plane.InsertAsync(ControlKinds.Routes, $$$"""{"name":"r{{{i}}}","paths":["/{{{i}}}"],"service":{"name":"s{{{i}}}"}}""");
            await plane.InsertAsync(ControlKinds.Consumers, $$$"""{"username":"c{{{i}}}"}""");
            await plane.InsertAsync(ControlKinds.KeyAuthCredentials, $$$"""{"key":"k{{{i}}}","consumer":{"username":"c{{{i}}}"}}""");
        }
        var reader = new StateDocument(Planes.Read);
        var before = reader.Read(plane.Current).Document!;
        await plane.ChangeAsync(draft => draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Routes, "r7", Planes.Body("""{"paths":["/new"]}"""), out _));
        var after = reader.Read(plane.Current).Document!;

        Assert.Equal(2, reader.ReadCount);
        Assert.Same(before.Consumers, after.Consumers);
        Assert.Same(before.KeyAuthCredentials, after.KeyAuthCredentials);
        Assert.Same(before.Services, after.Services);
        Assert.Equal(["r7"], after.Routes.Except(before.Routes, ReferenceEqualityComparer.Instance).Cast<RouteConfig>().Select(static route => route.Name!));
        Assert.Equal(49, after.Routes.Intersect(before.Routes, ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public async Task Reads_a_consumer_with_its_credentials_and_nothing_else()
    {
        await using var plane = await Planes.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await plane.InsertAsync(ControlKinds.Consumers, $$$"""{"username":"c{{{i}}}"}""");
            await plane.InsertAsync(ControlKinds.KeyAuthCredentials, $$$"""{"key":"k{{{i}}}","consumer":{"username":"c{{{i}}}"}}""");
        }
        var reader = new StateDocument(Planes.Read);
        var before = reader.Read(plane.Current).Document!;
        await plane.InsertAsync(ControlKinds.Acls, """{"group":"g","consumer":{"username":"c3"}}""");
        var after = reader.Read(plane.Current).Document!;

        Assert.Equal(3, reader.ReadCount);
        var again = after.Consumers.Except(before.Consumers, ReferenceEqualityComparer.Instance).Cast<ConsumerConfig>();
        Assert.Equal(["c3"], again.Select(static consumer => consumer.Username!));
        Assert.Equal(19, after.KeyAuthCredentials.Intersect(before.KeyAuthCredentials, ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public async Task Resolves_secrets_again_when_asked_and_only_then()
    {
        var secret = "old";
        var options = Planes.Read with { Environment = name => name == "MY_KEY" ? secret : null };
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Consumers, """{"username":"anna"}""");
        await plane.InsertAsync(ControlKinds.Consumers, """{"username":"bert"}""");
        await plane.InsertAsync(ControlKinds.KeyAuthCredentials, """{"key":"{vault://env/my-key}","consumer":{"username":"anna"}}""");
        await plane.InsertAsync(ControlKinds.KeyAuthCredentials, """{"key":"plain","consumer":{"username":"bert"}}""");
        var reader = new StateDocument(options);
        Assert.Contains("old", Keys(reader.Read(plane.Current)));
        secret = "new";
        Assert.Contains("old", Keys(reader.Read(plane.Current)));
        Assert.Equal(0, reader.ReadCount);
        Assert.Contains("new", Keys(reader.Read(plane.Current, isFresh: true)));
        Assert.Equal(2, reader.ReadCount);

        static IEnumerable<string?> Keys(DocumentResult read) => read.Document!.KeyAuthCredentials.Select(static key => key.Key);
    }

    internal static Func<Guid> Ids(Random random) => () =>
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    };

    /// <summary>What reading each workspace at once, without remembering anything, says.</summary>
    static string Everything(ControlState state, ReadOptions options)
    {
        List<Problem> problems = [];
        List<Document> documents = [];
        foreach (var workspace in state.Workspaces.OrderBy(static workspace => workspace.Id != ControlState.DefaultWorkspace))
        {
            var rows = DocumentReader.ReadRows(Documents.Of(state, workspace.Id), options);
            problems.AddRange(rows.Problems);
            if (rows.Document is { } document)
                documents.Add(workspace.Id == ControlState.DefaultWorkspace ? document : document with { Workspace = workspace.Name! });
        }
        var ok = problems.TrueForAll(static problem => problem.Severity != Severity.Error);
        return Text(new DocumentResult(ok ? documents[0] with { Others = documents[1..] } : null, problems));
    }

    static string Text(DocumentResult result) =>
        string.Join('\n', result.Problems.Select(static problem => $"{problem}").Concat(result.Document?.All.SelectMany(Lines) ?? ["no document"]));

    static IEnumerable<string> Lines(Document document)
    {
        yield return $"workspace '{document.Workspace}' {document.PasswordsAreHashed}";
        var lists = new IReadOnlyList<Entity>[]
        {
            document.Services, document.Routes, document.Upstreams, document.Targets, document.Consumers, document.ConsumerGroups,
            document.KeyAuthCredentials, document.BasicAuthCredentials, document.HmacAuthCredentials, document.JwtSecrets, document.Acls,
            document.Certificates, document.Snis, document.CaCertificates, document.Vaults, document.Keys, document.KeySets, document.Partials,
            document.AiModels, document.VirtualKeys, document.Models, document.ModelProviders, document.Policies, document.Budgets,
        };
        foreach (var list in lists)
            foreach (var (entity, index) in list.Select(static (entity, index) => (entity, index)))
            {
                Assert.Same(entity, list[index]);
                yield return JsonSerializer.Serialize(entity, EntityJson.Default.GetTypeInfo(entity.GetType())!);
            }
        foreach (var plugin in document.Plugins)
        {
            yield return JsonSerializer.Serialize(plugin.Entity, EntityJson.Default.PluginConfig);
            yield return plugin is { Kind: { } kind, Config: { } config } ? kind.Name + JsonSerializer.Serialize(config, kind.ConfigType) : "unknown";
        }
    }
}

static class PlaneChanges
{
    public static void InsertInto(this ControlPlane plane, Guid workspace, ControlKind kind, string json) =>
        Assert.True(plane.ChangeAsync(draft => draft.Insert(workspace, kind, Planes.Body(json), out _)).GetAwaiter().GetResult().Ok);
}
