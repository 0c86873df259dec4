using System.Runtime.InteropServices;
using Weir.Config;

namespace Weir.Identity;

/// <summary>The consumers of a document by id, username and custom_id.</summary>
sealed class ConsumerIndex : IConsumers
{
    readonly LayeredIndex<string, Consumer> _byId;
    readonly LayeredIndex<string, Consumer> _byUsername;
    readonly LayeredIndex<string, Consumer> _byCustomId;

    public ConsumerIndex(Document document)
    {
        var count = document.Consumers.Count;
        var byId = new Dictionary<string, Consumer>(count);
        var byUsername = new Dictionary<string, Consumer>(count);
        var byCustomId = new Dictionary<string, Consumer>();
        using var json = new ConsumerJson();
        var making = new Making(document.ConsumerGroups, document.Acls, json);
        foreach (var config in document.Consumers)
        {
            var consumer = making.Make(config);
            byId.TryAdd(consumer.Id, consumer);
            if (consumer.Username is { } username) byUsername.TryAdd(username, consumer);
            if (consumer.CustomId is { } customId) byCustomId.TryAdd(customId, consumer);
        }
        (_byId, _byUsername, _byCustomId) = (new(byId), new(byUsername), new(byCustomId));
    }

    ConsumerIndex(LayeredIndex<string, Consumer> byId, LayeredIndex<string, Consumer> byUsername, LayeredIndex<string, Consumer> byCustomId) =>
        (_byId, _byUsername, _byCustomId) = (byId, byUsername, byCustomId);

    /// <summary>The index after some consumers have changed.</summary>
    /// <param name="changes">Consumers before and after.</param>
    /// <param name="groups">All groups.</param>
    /// <param name="acls">The acl groups of the changed consumers.</param>
    public ConsumerIndex Next(
        IReadOnlyList<(ConsumerConfig? Before, ConsumerConfig? After)> changes, IReadOnlyList<ConsumerGroupConfig> groups, IEnumerable<AclConfig> acls)
    {
        if (changes.Count == 0) return this;
        var (byId, byUsername, byCustomId) = (_byId.Edit(), _byUsername.Edit(), _byCustomId.Edit());
        foreach (var (before, _) in changes)
        {
            if (before is null) continue;
            byId.Remove(before.Id!);
            if (before.Username is { } username) byUsername.Remove(username);
            if (before.CustomId is { } customId) byCustomId.Remove(customId);
        }
        using var json = new ConsumerJson(blockBytes: 0);
        var making = new Making(groups, acls, json);
        foreach (var (_, after) in changes)
        {
            if (after is null) continue;
            var consumer = making.Make(after);
            byId.TryAdd(consumer.Id, consumer);
            if (consumer.Username is { } username) byUsername.TryAdd(username, consumer);
            if (consumer.CustomId is { } customId) byCustomId.TryAdd(customId, consumer);
        }
        return new ConsumerIndex(byId.ToIndex(), byUsername.ToIndex(), byCustomId.ToIndex());
    }

    public Consumer? Find(string idOrUsername) => FindById(idOrUsername) ?? _byUsername.GetValueOrDefault(idOrUsername);

    public Consumer? FindById(string id) => _byId.GetValueOrDefault(id);

    public Consumer? FindByCustomId(string customId) => _byCustomId.GetValueOrDefault(customId);

    /// <summary>Makes consumers of a document.</summary>
    sealed class Making(IReadOnlyList<ConsumerGroupConfig> groups, IEnumerable<AclConfig> acls, ConsumerJson json)
    {
        readonly Dictionary<string, ConsumerGroup> _groups = groups.ToDictionary(group => group.Id!, group => new ConsumerGroup(group.Id!, group.Name));
        readonly Dictionary<string, GroupNames> _acls = Acls(acls);

        public Consumer Make(ConsumerConfig config) => new(
            config.Id!, config.Username, config.CustomId, config.Tags ?? [], Groups(config),
            _acls.TryGetValue(config.Id!, out var names) ? names : GroupNames.None, json.Write(config));

        IReadOnlyList<ConsumerGroup> Groups(ConsumerConfig config)
        {
            if (config.Groups is not { Count: > 0 } references) return [];
            var own = new List<ConsumerGroup>(references.Count);
            foreach (var reference in references)
                if (_groups.TryGetValue(reference.Id!, out var group) && !own.Contains(group)) own.Add(group);
            own.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return own.ToArray();
        }

        /// <summary>The acl groups of each consumer that has any. Consumers with the same groups in the same order share one list.</summary>
        static Dictionary<string, GroupNames> Acls(IEnumerable<AclConfig> all)
        {
            var collected = new Dictionary<string, List<string>>();
            foreach (var acl in all)
            {
                if (acl.Consumer?.Id is not { } id) continue;
                ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(collected, id, out _);
                names ??= [];
                if (!names.Contains(acl.Group)) names.Add(acl.Group);
            }
            var shared = new Dictionary<string, GroupNames>();
            var acls = new Dictionary<string, GroupNames>(collected.Count);
            foreach (var (id, names) in collected)
            {
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(shared, string.Join('\n', names), out _);
                acls[id] = list ??= new GroupNames([.. names]);
            }
            return acls;
        }
    }
}
