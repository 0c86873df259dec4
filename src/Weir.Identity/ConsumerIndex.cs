using System.Runtime.InteropServices;
using Weir.Config;

namespace Weir.Identity;

/// <summary>The consumers of a document by id, username and custom_id.</summary>
sealed class ConsumerIndex : IConsumers
{
    readonly Dictionary<string, Consumer> _byId;
    readonly Dictionary<string, Consumer> _byUsername;
    readonly Dictionary<string, Consumer> _byCustomId = [];

    public ConsumerIndex(Document document)
    {
        var count = document.Consumers.Count;
        _byId = new Dictionary<string, Consumer>(count);
        _byUsername = new Dictionary<string, Consumer>(count);
        var groups = document.ConsumerGroups.ToDictionary(group => group.Id!, group => new ConsumerGroup(group.Id!, group.Name));
        var acls = Acls(document);
        using var json = new ConsumerJson();
        foreach (var config in document.Consumers)
        {
            var consumer = new Consumer(
                config.Id!,
                config.Username,
                config.CustomId,
                config.Tags ?? [],
                Groups(config, groups),
                acls.TryGetValue(config.Id!, out var names) ? names : GroupNames.None,
                json.Write(config));
            _byId.TryAdd(consumer.Id, consumer);
            if (consumer.Username is { } username) _byUsername.TryAdd(username, consumer);
            if (consumer.CustomId is { } customId) _byCustomId.TryAdd(customId, consumer);
        }
    }

    public Consumer? Find(string idOrUsername) => FindById(idOrUsername) ?? _byUsername.GetValueOrDefault(idOrUsername);

    public Consumer? FindById(string id) => _byId.GetValueOrDefault(id);

    public Consumer? FindByCustomId(string customId) => _byCustomId.GetValueOrDefault(customId);

    static IReadOnlyList<ConsumerGroup> Groups(ConsumerConfig config, Dictionary<string, ConsumerGroup> groups)
    {
        if (config.Groups is not { Count: > 0 } references) return [];
        var own = new List<ConsumerGroup>(references.Count);
        foreach (var reference in references)
            if (groups.TryGetValue(reference.Id!, out var group) && !own.Contains(group)) own.Add(group);
        own.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return own.ToArray();
    }

    /// <summary>The acl groups of each consumer that has any. Consumers with the same groups in the same order share one list.</summary>
    static Dictionary<string, GroupNames> Acls(Document document)
    {
        var collected = new Dictionary<string, List<string>>();
        foreach (var acl in document.Acls)
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
