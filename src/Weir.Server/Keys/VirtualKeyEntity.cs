using System.Globalization;
using Weir.Config;
using Weir.Identity;

namespace Weir.Server;

/// <summary>Virtual keys as files have them: made, rotated and revoked as nodes, so that everything else of an entity stays as it was written.</summary>
static class VirtualKeyEntity
{
    /// <summary>A new entity for a key.</summary>
    /// <param name="key">The key; only its hash is in the entity.</param>
    /// <param name="name">Name of the entity.</param>
    /// <param name="fields">Its other fields, in order; those without a text are left out.</param>
    /// <param name="lists">Its lists; empty ones are left out.</param>
    public static MapNode New(string key, string name, IEnumerable<(string Field, string? Text)> fields, IEnumerable<(string Field, string[] Texts)> lists)
    {
        var entity = new MapMaker(default)
            .Add("name", name)
            .Add("hash", SecretDigest.Of(key).ToString())
            .Add("hint", VirtualKeyText.HintOf(key));
        foreach (var (field, text) in fields) entity.Add(field, text);
        foreach (var (field, texts) in lists)
            if (texts.Length > 0) entity.Add(field, texts);
        return entity.ToNode();
    }

    /// <summary>The entity with another key; the one before counts until <paramref name="overlapEndsAt"/>, and those that have ended are left out.</summary>
    public static MapNode Rotated(MapNode entity, string key, DateTimeOffset now, DateTimeOffset overlapEndsAt)
    {
        var previous = entity.Maps("previous").Where(old => VirtualKeyChecks.TimeOf(old.FindText("expires_at")) > now).ToList<Node>();
        if (overlapEndsAt > now)
            previous.Insert(0, new MapMaker(entity.Place)
                .Add("hash", entity.At("hash"))
                .Add("hint", entity.At("hint"))
                .Add("expires_at", TextOf(overlapEndsAt))
                .ToNode());
        var rotated = entity
            .With("hash", MapMaker.Text(entity.Place, SecretDigest.Of(key).ToString()))
            .With("hint", MapMaker.Text(entity.Place, VirtualKeyText.HintOf(key)));
        return previous.Count == 0 ? rotated.Without("previous") : rotated.With("previous", new ListNode(entity.Place, previous));
    }

    /// <summary>The entity as one that is refused from now on, with every key that it has replaced.</summary>
    public static MapNode Revoked(MapNode entity, DateTimeOffset now) => entity.With("revoked_at", MapMaker.Text(entity.Place, TextOf(now)));

    /// <summary>The entity as YAML, in its list.</summary>
    public static string ToYaml(MapNode entity) =>
        NodeYaml.Write(new MapMaker(default).Add("virtual_keys", new ListNode(default, [entity])).ToNode());

    /// <summary>A moment as files have it.</summary>
    public static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
