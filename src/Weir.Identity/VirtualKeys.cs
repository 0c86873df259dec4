using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Identity;

/// <summary>What a virtual key says about its bearer.</summary>
/// <param name="Config">The key's entity.</param>
/// <param name="Credential">The entity as other plugins see it.</param>
/// <param name="Consumer">Who is calling; null where the key names nobody.</param>
/// <param name="Models">Names of the models that it may use; null for no limit.</param>
sealed record VirtualKey(VirtualKeyConfig Config, Credential Credential, Consumer? Consumer, FrozenSet<string>? Models)
{
    /// <summary>Moment from which it is refused; null for never.</summary>
    public DateTimeOffset? RevokedAt { get; } = VirtualKeyChecks.TimeOf(Config.RevokedAt);

    /// <summary>Whether it may use the model that is called so.</summary>
    public bool MayUse(string name) => Models?.Contains(name) ?? true;
}

/// <summary>Whether a virtual key counts.</summary>
enum VirtualKeyState
{
    Unknown,
    Good,
    Disabled,
    Revoked,
    Expired,
}

/// <summary>The virtual keys of a document by their hashes. Built once, then only read; no look-up allocates.</summary>
sealed class VirtualKeys
{
    readonly Dictionary<SecretDigest, (VirtualKey Key, DateTimeOffset EndsAt)> _byDigest = [];
    readonly TimeProvider _time;

    public VirtualKeys(Document document, ConsumerIndex consumers, TimeProvider time)
    {
        _time = time;
        foreach (var config in document.VirtualKeys)
        {
            var consumer = config.Consumer?.Id is { } id ? consumers.FindById(id) : null;
            var key = new VirtualKey(config, new Credential(config.Id!, consumer?.Id, config.Name), consumer, Models(config, document));
            var endsAt = VirtualKeyChecks.TimeOf(config.ExpiresAt) ?? DateTimeOffset.MaxValue;
            Add(config.Hash, key, endsAt);
            foreach (var previous in config.Previous ?? [])
            {
                // A moment that cannot be read ends the key: the document's check would have said so.
                var overlapEndsAt = VirtualKeyChecks.TimeOf(previous.ExpiresAt) ?? DateTimeOffset.MinValue;
                Add(previous.Hash, key, overlapEndsAt < endsAt ? overlapEndsAt : endsAt);
            }
        }
    }

    /// <summary>Every key, once.</summary>
    public IEnumerable<VirtualKey> All => _byDigest.Values.Select(static entry => entry.Key).Distinct();

    /// <summary>Whose key this is and whether it counts.</summary>
    public VirtualKeyState Find(ReadOnlySpan<char> text, out VirtualKey? key)
    {
        key = null;
        if (!VirtualKeyText.Looks(text) || !_byDigest.TryGetValue(SecretDigest.Of(text), out var found)) return VirtualKeyState.Unknown;
        key = found.Key;
        if (!key.Config.Enabled) return VirtualKeyState.Disabled;
        var now = _time.GetUtcNow();
        if (key.RevokedAt <= now) return VirtualKeyState.Revoked;
        return found.EndsAt <= now ? VirtualKeyState.Expired : VirtualKeyState.Good;
    }

    void Add(string hash, VirtualKey key, DateTimeOffset endsAt)
    {
        if (SecretDigest.TryParse(hash, out var digest)) _byDigest.TryAdd(digest, (key, endsAt));
    }

    /// <summary>Models under every name that they have: the key may name either.</summary>
    static FrozenSet<string>? Models(VirtualKeyConfig config, Document document)
    {
        if (config.Models is not { } names) return null;
        var all = names.ToHashSet(StringComparer.Ordinal);
        foreach (var model in document.AiModels)
        {
            if (!names.Contains(model.Name) && !names.Contains(model.Asked())) continue;
            all.Add(model.Name);
            all.Add(model.Asked());
        }
        return all.ToFrozenSet(StringComparer.Ordinal);
    }
}
