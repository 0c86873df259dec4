using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Control;

/// <summary>A change as decK tells of it.</summary>
/// <param name="Kind">decK's word for what it is: <c>key-auth</c>.</param>
/// <param name="Name">What people know it by: <c>cors for route orders</c>.</param>
/// <param name="Old">What it was, without secrets; null when it was not there.</param>
/// <param name="New">What it is, without secrets; null when it is gone.</param>
sealed record DeckChange(string Kind, string Name, MapNode? Old, MapNode? New)
{
    static readonly FrozenDictionary<ControlKind, string> Words = new Dictionary<ControlKind, string>
    {
        [ControlKinds.ConsumerGroups] = "consumer-group",
        [ControlKinds.Memberships] = "consumer-group-consumer",
        [ControlKinds.KeyAuthCredentials] = "key-auth",
        [ControlKinds.BasicAuthCredentials] = "basic-auth",
        [ControlKinds.HmacAuthCredentials] = "hmac-auth",
        [ControlKinds.JwtSecrets] = "jwt-auth",
        [ControlKinds.Acls] = "acl-group",
        [ControlKinds.KeySets] = "key-set",
    }.ToFrozenDictionary();

    public static string WordOf(ControlKind kind) => Words.GetValueOrDefault(kind) ?? kind.Singular;

    /// <summary>Changes as they are told, in the order in which they are made.</summary>
    public static IReadOnlyList<DeckChange> Of(Commit commit, ReadOptions read)
    {
        var names = new Names(commit);
        var (form, mask) = (new DumpedForm(read, skipsDefaults: false), new MaskedForm(read));
        return [.. commit.Changes.Select(change =>
        {
            var (old, next) = (Read(change, change.Before), Read(change, change.After));
            var shownOld = old is null ? null : form.Of(change.Kind, mask.Of(change.Kind, old));
            var shownNext = next is null ? null : form.Of(change.Kind, mask.Of(change.Kind, next, old));
            var entity = new Stored(change.Kind, change.Id, (change.After ?? change.Before)!.Value, 0);
            return new DeckChange(WordOf(change.Kind), names.Of(entity, change.Workspace), shownOld, shownNext);
        })];
    }

    static MapNode? Read(Change change, ReadOnlyMemory<byte>? json) => json is { } bytes ? Nodes.Read(new Stored(change.Kind, change.Id, bytes, 0)) : null;

    /// <summary>Names of entities in a state and among changes of it.</summary>
    sealed class Names(Commit commit)
    {
        readonly Dictionary<(ControlKind, Guid), Stored> _changed = commit.Changes.DistinctBy(static change => (change.Kind, change.Id)).ToDictionary(
            static change => (change.Kind, change.Id), static change => new Stored(change.Kind, change.Id, (change.After ?? change.Before)!.Value, 0));

        public string Of(Stored entity, Guid workspace)
        {
            if (entity.Kind == ControlKinds.Plugins) return $"{entity.Name} {Scope(entity, workspace)}";
            var consumer = Friendly(ControlKinds.Consumers, entity, workspace, "consumer");
            if (entity.Kind == ControlKinds.Memberships)
                return $"{consumer} for consumer-group {Friendly(ControlKinds.ConsumerGroups, entity, workspace, "consumer_group")}";
            if (entity.Kind == ControlKinds.KeyAuthCredentials) return $"for consumer {consumer}";
            if (entity.Kind == ControlKinds.Targets) return $"{entity.Name} for upstream {Friendly(ControlKinds.Upstreams, entity, workspace, "upstream")}";
            var own = entity.Name ?? entity.Text("custom_id") ?? entity.Id.ToString();
            return entity.Kind.References.Any(static each => each is { Field: "consumer", IsRequired: true }) ? $"{own} for consumer {consumer}" : own;
        }

        string Scope(Stored plugin, Guid workspace)
        {
            var of = plugin.Kind.References.Where(reference => plugin.Reference(reference.Field) is not null)
                .Select(reference => $"{WordOf(reference.Target)} {Friendly(reference.Target, plugin, workspace, reference.Field)}").ToList();
            return of.Count == 0 ? "(global)" : "for " + string.Join(" and ", of);
        }

        string Friendly(ControlKind kind, Stored entity, Guid workspace, string field)
        {
            if (entity.Reference(field) is not { } id) return "?";
            var found = _changed.GetValueOrDefault((kind, id)) ?? commit.State.Table(workspace, kind).Find(id);
            return found?.Name ?? found?.Text("custom_id") ?? id.ToString();
        }
    }
}
