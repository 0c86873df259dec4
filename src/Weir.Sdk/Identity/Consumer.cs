namespace Weir;

/// <summary>Somebody who calls: an application or a person that credentials, limits and permissions are attached to.</summary>
/// <param name="Id">UUID, lower case.</param>
/// <param name="Username">Unique name, or null when only <paramref name="CustomId"/> is set.</param>
/// <param name="CustomId">The id that the organisation's own systems use, or null.</param>
/// <param name="Tags">Tags of the consumer.</param>
/// <param name="Groups">Consumer groups it belongs to, sorted by name (ordinal).</param>
/// <param name="Acls">ACL group names granted to it.</param>
/// <param name="Json">The consumer as JSON, for log records.</param>
public sealed record Consumer(
    string Id,
    string? Username,
    string? CustomId,
    IReadOnlyList<string> Tags,
    IReadOnlyList<ConsumerGroup> Groups,
    IReadOnlyList<string> Acls,
    ReadOnlyMemory<byte> Json);

/// <summary>A named set of consumers that plugins can be scoped to.</summary>
/// <param name="Id">UUID, lower case.</param>
/// <param name="Name">Unique name.</param>
public sealed record ConsumerGroup(string Id, string Name);

/// <summary>What proved who is calling.</summary>
/// <param name="Id">UUID of the stored credential, or the external identity's id.</param>
/// <param name="ConsumerId">The consumer it belongs to, or null.</param>
/// <param name="Identifier">What may be shown of it (a username, a key id): sent upstream as X-Credential-Identifier. Never the secret.</param>
public sealed record Credential(string Id, string? ConsumerId, string? Identifier);

/// <summary>Finds consumers of the current configuration.</summary>
public interface IConsumers
{
    /// <summary>The consumer with this id or, failing that, this username; null when there is none.</summary>
    Consumer? Find(string idOrUsername);

    /// <summary>The consumer with this custom_id; null when there is none.</summary>
    Consumer? FindByCustomId(string customId);
}
