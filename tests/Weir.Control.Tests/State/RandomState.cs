using System.Globalization;

namespace Weir.Control.Tests.State;

/// <summary>Random changes of two workspaces, over names few enough to clash, to be renamed and to come back.</summary>
sealed class RandomState(int seed)
{
    static readonly string[] Names = ["a", "b", "c", "d", "e"];

    static readonly ControlKind[] Kinds =
    [
        ControlKinds.Services, ControlKinds.Services, ControlKinds.Routes, ControlKinds.Routes, ControlKinds.Routes, ControlKinds.Upstreams,
        ControlKinds.Targets, ControlKinds.Consumers, ControlKinds.Consumers, ControlKinds.ConsumerGroups, ControlKinds.Memberships,
        ControlKinds.KeyAuthCredentials, ControlKinds.KeyAuthCredentials, ControlKinds.Acls, ControlKinds.Plugins, ControlKinds.Plugins, ControlKinds.Plugins,
        ControlKinds.Partials, ControlKinds.Vaults, ControlKinds.Budgets, ControlKinds.ModelProviders, ControlKinds.Policies, ControlKinds.Models,
        ControlKinds.AiModels, ControlKinds.VirtualKeys, ControlKinds.KeySets, ControlKinds.Workspaces,
    ];

    readonly Random _random = new(seed);

    /// <summary>Values of the environment; a name that is missing is an error wherever it is referred to.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["SECRET_A"] = "first", ["SECRET_B"] = "second" };

    /// <summary>Says one transaction: some changes, of which those that cannot be said are left out.</summary>
    public void Change(Draft draft, IReadOnlyList<Guid> workspaces)
    {
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            var workspace = workspaces[_random.Next(workspaces.Count)];
            var kind = Pick(Kinds);
            if (kind == ControlKinds.Workspaces) workspace = ControlState.Root;
            var there = draft.All(workspace, kind).ToList();
            var id = there.Count == 0 ? "none" : Pick(there).Id.ToString();
            _ = _random.Next(10) switch
            {
                < 5 => draft.Insert(workspace, kind, Planes.Body(Body(kind, draft, workspace)), out _),
                < 8 => draft.Patch(workspace, kind, id, Planes.Body(Body(kind, draft, workspace)), out _),
                _ => draft.Delete(workspace, kind, id),
            };
        }
    }

    public void ChangeEnvironment()
    {
        var name = Pick(["SECRET_A", "SECRET_B"]);
        if (_random.Next(3) == 0) Environment.Remove(name);
        else Environment[name] = Text();
    }

    string Body(ControlKind kind, Draft draft, Guid workspace) => kind.Name switch
    {
        "services" => $$$"""{"name":"{{{Name()}}}","host":"{{{Name()}}}.test","retries":{{{_random.Next(9)}}} }""",
        "routes" =>
            $$$"""{"name":"{{{Name()}}}","paths":["/{{{Text()}}}"],"protocols":{{{Protocols()}}},"service":{{{Service(draft, workspace)}}} }""",
        "upstreams" => $$$"""{"name":"{{{Name()}}}.test","slots":{{{_random.Next(10, 999)}}} }""",
        "targets" => $$$"""{"target":"{{{Name()}}}.test:80","weight":{{{_random.Next(9)}}},"upstream":{{{Ref(draft, workspace, ControlKinds.Upstreams)}}} }""",
        "consumers" => $$$"""{"username":"{{{Name()}}}","custom_id":{{{Maybe($"\"{Name()}\"")}}},"tags":["{{{Text()}}}"]}""",
        "consumer_groups" => $$$"""{"name":"{{{Name()}}}"}""",
        "consumer_group_consumers" => $$$"""
            {"consumer":{{{Ref(draft, workspace, ControlKinds.Consumers)}}},"consumer_group":{{{Ref(draft, workspace, ControlKinds.ConsumerGroups)}}} }
            """,
        "keyauth_credentials" => $$$"""{"key":"{{{Secret()}}}","consumer":{{{Ref(draft, workspace, ControlKinds.Consumers)}}} }""",
        "acls" => $$$"""{"group":"{{{Name()}}}","consumer":{{{Ref(draft, workspace, ControlKinds.Consumers)}}} }""",
        "plugins" => Plugin(draft, workspace),
        "partials" => $$$"""{"name":"{{{Name()}}}","type":"redis-ce","config":{"host":"{{{Secret()}}}","port":{{{_random.Next(1, 99)}}} } }""",
        "vaults" => $$$"""{"name":"env","prefix":"vault-{{{Name()}}}","config":{"prefix":"SECRET_"}}""",
        "budgets" => $$$"""{"name":"{{{Name()}}}","limit":"{{{_random.Next(1, 99)}}}","counts":"requests"}""",
        "model_providers" =>
            $$$"""{"name":"{{{Name()}}}","type":"openai","config":{"auth":{"type":"basic","headers":[{"name":"a","value":"{{{Secret()}}}"}]}} }""",
        "policies" => $$$"""{"name":"{{{Name()}}}","type":"brake","global":{{{Maybe("true", "false")}}},"config":{"ms":{{{_random.Next(99)}}} } }""",
        "models" => $$$"""{"name":"{{{Name()}}}","targets":[{"name":"gpt","provider":"{{{Name()}}}"}],"policies":{{{Maybe($"[\"{Name()}\"]", "[]")}}} }""",
        "ai_models" => $$$"""{"name":"{{{Name()}}}"}""",
        "virtual_keys" =>
            $$$"""{"name":"{{{Name()}}}","hash":"sha256:{{{Hash()}}}","consumer":{{{Ref(draft, workspace, ControlKinds.Consumers)}}} }""",
        _ => $$$"""{"name":"team-{{{Name()}}}"}""",
    };

    string Plugin(Draft draft, Guid workspace)
    {
        List<string> fields = [$"\"name\":\"{Pick(["brake", "cork", "nobody-has-this"])}\"", $"\"enabled\":{Maybe("true", "false")}"];
        var scopes = new (string Field, ControlKind Kind)[]
        {
            ("service", ControlKinds.Services), ("route", ControlKinds.Routes), ("consumer", ControlKinds.Consumers),
            ("consumer_group", ControlKinds.ConsumerGroups), ("model", ControlKinds.AiModels),
        };
        foreach (var (field, kind) in scopes)
            if (_random.Next(4) == 0) fields.Add($"\"{field}\":{Ref(draft, workspace, kind)}");
        if (_random.Next(3) == 0) fields.Add($"\"protocols\":{Protocols()}");
        if (_random.Next(3) == 0) fields.Add($"\"instance_name\":\"{Name()}\"");
        if (_random.Next(4) == 0) fields.Add($$$"""
            "partials":[{"id":{{{Ref(draft, workspace, ControlKinds.Partials)[6..^1]}}},"path":"config.place"}]
            """);
        else fields.Add($$$"""
            "config":{"ms":{{{_random.Next(120)}}},"words":["{{{Text()}}}"]}
            """);
        return "{" + string.Join(',', fields) + "}";
    }

    string Ref(Draft draft, Guid workspace, ControlKind kind)
    {
        var all = draft.All(workspace, kind).ToList();
        return all.Count == 0 || _random.Next(20) == 0 ? """{"id":"00000000-0000-4000-8000-000000000000"}""" : $$$"""{"id":"{{{Pick(all).Id}}}"}""";
    }

    string Protocols() => Pick(["""["http"]""", """["https"]""", """["http","https"]""", """["grpc"]""", """["tcp"]"""]);

    string Secret() => Pick(["{vault://env/secret-a}", "{vault://env/secret-b}", "{vault://vault-a/b}", Text(), Text(), Text()]);

    string Service(Draft draft, Guid workspace) => _random.Next(5) == 0 ? "null" : Ref(draft, workspace, ControlKinds.Services);

    string Hash() => new(Pick(["1", "2", "3"])[0], 64);

    string Name() => Pick(Names);

    string Text() => "t" + _random.Next(40).ToString(CultureInfo.InvariantCulture);

    string Maybe(string value, string otherwise = "null") => _random.Next(2) == 0 ? value : otherwise;

    T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
