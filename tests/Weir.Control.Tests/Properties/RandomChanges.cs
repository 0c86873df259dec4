namespace Weir.Control.Tests;

/// <summary>Changes of every kind, from a seed: names, keys and references are few, so that changes meet, clash and are refused.</summary>
static class RandomChanges
{
    const int Names = 4;

    static readonly (ControlKind Kind, Func<Random, string> Body)[] s_kinds =
    [
        (ControlKinds.Services, static random => $$"""{"name":"{{Name(random)}}","host":"h{{random.Next(3)}}","retries":{{random.Next(3)}}}"""),
        (ControlKinds.Routes, static random => $$"""{"name":"{{Name(random)}}","paths":["/{{random.Next(9)}}"],"service":{"name":"{{Name(random)}}"} }"""),
        (ControlKinds.Consumers, static random => $$"""{"username":"{{Name(random)}}","tags":["t{{random.Next(2)}}"]}"""),
        (ControlKinds.ConsumerGroups, static random => $$"""{"name":"{{Name(random)}}"}"""),
        (ControlKinds.KeyAuthCredentials, static random => $$"""{"key":"{{Name(random)}}","consumer":{"username":"{{Name(random)}}"} }"""),
        (ControlKinds.Plugins, static random => $$$"""{"name":"brake","service":{"name":"{{{Name(random)}}}"},"config":{"ms":{{{random.Next(5)}}}}}"""),
    ];

    /// <summary>A change of one to four steps; the same seed says the same of the same state.</summary>
    public static Func<Draft, IReadOnlyList<Refusal>> Of(int seed) => draft =>
    {
        var random = new Random(seed);
        for (var step = random.Next(4); step >= 0; step--)
            if (Step(random, draft) is { } refused)
                return [refused];
        return [];
    };

    /// <summary>Makes changes until so many of them are transactions.</summary>
    public static async Task MakeAsync(ControlPlane plane, Random random, int transactions)
    {
        for (var made = 0; made < transactions;)
        {
            var author = new Author($"user-{random.Next(3)}");
            var commit = await plane.CommitAsync(author, Of(random.Next()), CommitOptions.Default, TestContext.Current.CancellationToken);
            if (commit.Transaction is not null) made++;
        }
    }

    static string Name(Random random) => $"n{random.Next(Names)}";

    static Refusal? Step(Random random, Draft draft)
    {
        var (kind, body) = s_kinds[random.Next(s_kinds.Length)];
        var workspace = RoomOf(random, draft);
        var all = draft.All(workspace, kind).ToList();
        var some = all.Count > 0 ? all[random.Next(all.Count)].Id.ToString() : null;
        var node = Planes.Body(body(random));
        return random.Next(some is null ? 1 : 4) switch
        {
            0 => draft.Insert(workspace, kind, node, out _),
            1 => draft.Put(workspace, kind, some!, node, out _),
            2 => draft.Patch(workspace, kind, some!, node, out _),
            _ => draft.Delete(workspace, kind, some!),
        };
    }

    /// <summary>The default workspace, or one that comes and goes.</summary>
    static Guid RoomOf(Random random, Draft draft)
    {
        if (random.Next(4) > 0) return ControlState.DefaultWorkspace;
        if (draft.Find(ControlState.Root, ControlKinds.Workspaces, "team") is { } team) return team.Id;
        return draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body("""{"name":"team"}"""), out var id) is null ? id
            : ControlState.DefaultWorkspace;
    }
}
