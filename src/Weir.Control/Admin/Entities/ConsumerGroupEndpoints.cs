using System.Text.Json;
using Weir.Config;

namespace Weir.Control;

/// <summary>Which consumer is in which group, from either side.</summary>
static class ConsumerGroupEndpoints
{
    static readonly int ConsumerOf = IndexOf("consumer");
    static readonly int GroupOf = IndexOf("consumer_group");

    static readonly int GroupOfPlugin =
        ControlKinds.Plugins.References.Index().First(static reference => reference.Item.Field == "consumer_group").Index;

    static Need Joining => Need.To(ControlKinds.Memberships, AdminAction.Create);

    static Need Leaving => Need.To(ControlKinds.Memberships, AdminAction.Delete);

    public static IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/consumer_groups/{consumer_group}/consumers", "consumer_groups",
        [
            new Operation("GET", Need.Read(ControlKinds.Consumers), "Lists the consumers of a group.", call => ListAsync(call, ControlKinds.ConsumerGroups))
            {
                IsList = true,
                Kind = ControlKinds.Consumers,
            },
            new Operation("POST", Joining, "Puts consumers into a group.", AddConsumersAsync) { HasBody = true, Status = 201 },
            new Operation("DELETE", Leaving, "Takes all consumers out of a group.", call => RemoveAsync(call, ControlKinds.ConsumerGroups, null))
            {
                Status = 204,
            },
        ]);
        yield return new Endpoint("/consumer_groups/{consumer_group}/consumers/{consumer}", "consumer_groups",
        [
            new Operation("GET", Need.Read(ControlKinds.Consumers), "Shows a consumer of a group.", call => GetAsync(call, ControlKinds.ConsumerGroups))
            {
                Kind = ControlKinds.Consumers,
            },
            new Operation("DELETE", Leaving, "Takes a consumer out of a group.", call => RemoveAsync(call, ControlKinds.ConsumerGroups, call[1]))
            {
                Status = 204,
            },
        ]);
        yield return new Endpoint("/consumers/{consumer}/consumer_groups", "consumers",
        [
            new Operation("GET", Need.Read(ControlKinds.ConsumerGroups), "Lists the groups of a consumer.", call => ListAsync(call, ControlKinds.Consumers))
            {
                IsList = true,
                Kind = ControlKinds.ConsumerGroups,
            },
            new Operation("POST", Joining, "Puts a consumer into a group.", AddGroupAsync) { HasBody = true, Status = 201 },
            new Operation("DELETE", Leaving, "Takes a consumer out of all groups.", call => RemoveAsync(call, ControlKinds.Consumers, null))
            {
                Status = 204,
            },
        ]);
        yield return new Endpoint("/consumers/{consumer}/consumer_groups/{consumer_group}", "consumers",
        [
            new Operation("GET", Need.Read(ControlKinds.ConsumerGroups), "Shows a group of a consumer.", call => GetAsync(call, ControlKinds.Consumers))
            {
                Kind = ControlKinds.ConsumerGroups,
            },
            new Operation("DELETE", Leaving, "Takes a consumer out of a group.", call => RemoveAsync(call, ControlKinds.Consumers, call[1]))
            {
                Status = 204,
            },
        ]);
    }

    /// <summary>A group with its consumers and plugins, as Kong shows one.</summary>
    public static Reply Wrapped(AdminCall call, int status, Stored group)
    {
        var (view, read) = (call.View, call.Plane.Parts.Read);
        return Reply.Write(status, json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("consumer_group");
            EntityShown.Write(json, group, view, read);
            if (call.Query("list_consumers") is not ("false" or "0"))
                WriteAll(json, "consumers", Members(view, ControlKinds.ConsumerGroups, group), view, read);
            WriteAll(json, "plugins", view.Referring(ControlKinds.Plugins, GroupOfPlugin, group.Id), view, read);
            json.WriteEndObject();
        });
    }

    static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<Stored> entities, EntityView view, ReadOptions read)
    {
        json.WriteStartArray(name);
        foreach (var entity in entities) EntityShown.Write(json, entity, view, read);
        json.WriteEndArray();
    }

    /// <summary>What is on the other side of an entity's memberships.</summary>
    static IEnumerable<Stored> Members(EntityView view, ControlKind side, Stored entity)
    {
        var (near, far) = side == ControlKinds.Consumers ? (ConsumerOf, GroupOf) : (GroupOf, ConsumerOf);
        var key = ControlKinds.Memberships.References[far];
        foreach (var membership in view.Referring(ControlKinds.Memberships, near, entity.Id))
            if (membership.Reference(key.Field) is { } id && view.Find(key.Target, id.ToString()) is { } member)
                yield return member;
    }

    static Task<Reply> ListAsync(AdminCall call, ControlKind side)
    {
        var (page, problem) = ListPage.Of(call);
        if (page is null) return Task.FromResult(problem!);
        if (call.View.Find(side, call[0]) is not { } entity) return Task.FromResult(Reply.NotFound);
        var after = page.After;
        var members = Members(call.View, side, entity).OrderBy(static member => member.Id).SkipWhile(member => member.Id.CompareTo(after) <= 0);
        return Task.FromResult(page.Show(call, members));
    }

    static Task<Reply> GetAsync(AdminCall call, ControlKind side)
    {
        var view = call.View;
        var other = side == ControlKinds.Consumers ? ControlKinds.ConsumerGroups : ControlKinds.Consumers;
        var member = view.Find(side, call[0]) is { } entity && view.Find(other, call[1]) is { } wanted
            ? Members(view, side, entity).FirstOrDefault(each => each.Id == wanted.Id) : null;
        return Task.FromResult(member is null ? Reply.NotFound : EntityShown.Answer(200, member, view, call.Plane.Parts.Read));
    }

    static async Task<Reply> AddConsumersAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        if (Named(body, "consumer") is not { } names) return Reply.Of(Refusal.Violation("consumer", "required field missing"));
        return await call.ChangeAsync(draft =>
        {
            var view = EntityView.Of(draft, call);
            return view.Find(ControlKinds.ConsumerGroups, call[0]) is { } group
                ? names.Select(name => Join(draft, call, view.Find(ControlKinds.Consumers, name), group, "consumer", ControlKinds.Consumers, name))
                    .FirstOrDefault(static refused => refused is not null)
                : Refusal.NotFound;
        }, commit =>
        {
            var view = EntityView.Of(commit.State, call);
            var group = view.Find(ControlKinds.ConsumerGroups, call[0])!;
            return Reply.Write(201, json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("consumer_group");
                EntityShown.Write(json, group, view, call.Plane.Parts.Read);
                WriteAll(json, "consumers", names.Select(name => view.Find(ControlKinds.Consumers, name)!), view, call.Plane.Parts.Read);
                json.WriteEndObject();
            });
        });
    }

    static async Task<Reply> AddGroupAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        if (Named(body, "group") is not { } names) return Reply.Of(Refusal.Violation("group", "required field missing"));
        return await call.ChangeAsync(draft =>
        {
            var view = EntityView.Of(draft, call);
            return view.Find(ControlKinds.Consumers, call[0]) is { } consumer
                ? names.Select(name => Join(draft, call, consumer, view.Find(ControlKinds.ConsumerGroups, name), "group", ControlKinds.ConsumerGroups, name))
                    .FirstOrDefault(static refused => refused is not null)
                : Refusal.NotFound;
        }, commit =>
        {
            var view = EntityView.Of(commit.State, call);
            var consumer = view.Find(ControlKinds.Consumers, call[0])!;
            return Reply.Write(201, json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("consumer");
                EntityShown.Write(json, consumer, view, call.Plane.Parts.Read);
                WriteAll(json, "consumer_groups", Members(view, ControlKinds.Consumers, consumer), view, call.Plane.Parts.Read);
                json.WriteEndObject();
            });
        });
    }

    static Refusal? Join(Draft draft, AdminCall call, Stored? consumer, Stored? group, string field, ControlKind missing, string name)
    {
        if (consumer is null || group is null) return Refusal.Unresolved(field, missing, missing.NameField, name);
        var there = draft.Referring(call.Workspace, ControlKinds.Memberships, ConsumerOf, consumer.Id);
        // Whoever is in the group already may be put there again.
        if (there.Any(membership => membership.Reference("consumer_group") == group.Id)) return null;
        var body = new MapNode(default,
        [
            new MapEntry("consumer", default, Nodes.Reference(consumer.Id)), new MapEntry("consumer_group", default, Nodes.Reference(group.Id)),
        ]);
        return draft.Insert(call.Workspace, ControlKinds.Memberships, body, out _);
    }

    static Task<Reply> RemoveAsync(AdminCall call, ControlKind side, string? other) => call.ChangeAsync(draft =>
    {
        var view = EntityView.Of(draft, call);
        if (view.Find(side, call[0]) is not { } entity) return Refusal.NotFound;
        var (near, far) = side == ControlKinds.Consumers ? (ConsumerOf, GroupOf) : (GroupOf, ConsumerOf);
        var key = ControlKinds.Memberships.References[far];
        Guid? only = null;
        if (other is not null)
        {
            if (view.Find(key.Target, other) is not { } member) return Refusal.NotFound;
            only = member.Id;
        }
        foreach (var membership in draft.Referring(call.Workspace, ControlKinds.Memberships, near, entity.Id))
            if ((only is null || membership.Reference(key.Field) == only)
                && draft.Delete(call.Workspace, ControlKinds.Memberships, membership.Id.ToString()) is { } refused)
                return refused;
        return null;
    }, static _ => Reply.NoContent);

    /// <summary>One name, or a list of them; null when there is none.</summary>
    static List<string>? Named(MapNode body, string field) => body.Find(field) switch
    {
        ScalarNode { Kind: ScalarKind.Text } name => [name.Text],
        MapNode map when (map.FindText("id") ?? map.FindText("username") ?? map.FindText("name")) is { } name => [name],
        ListNode { Items.Count: > 0 } list when list.Items.All(static item => item is ScalarNode { Kind: ScalarKind.Text }) =>
            [.. list.Items.Select(static item => ((ScalarNode)item).Text)],
        _ => null,
    };

    static int IndexOf(string field) => ControlKinds.Memberships.References.Index().First(reference => reference.Item.Field == field).Index;
}
