using Weir.Config;
using Weir.Identity;

namespace Weir.Gateway.Tests.Plugins.Authentication;

/// <summary>A small world of callers for tests: alice (key, password, groups), bob (custom_id only) and nobody, the anonymous one.</summary>
static class Identities
{
    public const string AliceId = "a1a1a1a1-0000-4000-8000-000000000001";
    public const string BobId = "b0b0b0b0-0000-4000-8000-000000000002";
    public const string NobodyId = "c0c0c0c0-0000-4000-8000-000000000003";
    public const string AliceKeyId = "d0d0d0d0-0000-4000-8000-000000000004";
    public const string GoldId = "e0e0e0e0-0000-4000-8000-000000000005";

    public static Document Document { get; } = new()
    {
        ConsumerGroups = [new ConsumerGroupConfig { Id = GoldId, Name = "gold" }],
        Consumers =
        [
            new ConsumerConfig { Id = AliceId, Username = "alice", CustomId = "crm-1", Groups = [new Reference { Id = GoldId }] },
            new ConsumerConfig { Id = BobId, CustomId = "crm-2" },
            new ConsumerConfig { Id = NobodyId, Username = "nobody" },
        ],
        KeyAuthCredentials =
        [
            new KeyAuthCredentialConfig { Id = AliceKeyId, Consumer = new Reference { Id = AliceId }, Key = "alice-key" },
            new KeyAuthCredentialConfig { Id = "k-bob", Consumer = new Reference { Id = BobId }, Key = "bob key+1" },
            new KeyAuthCredentialConfig { Id = "k-short", Consumer = new Reference { Id = AliceId }, Key = "short-key", Ttl = 30 },
        ],
        BasicAuthCredentials =
        [
            new BasicAuthCredentialConfig { Id = "b-alice", Consumer = new Reference { Id = AliceId }, Username = "al", Password = "pass:word" },
            new BasicAuthCredentialConfig { Id = "b-bob", Consumer = new Reference { Id = BobId }, Username = "bób", Password = "pässwörd" },
        ],
        Acls =
        [
            new AclConfig { Id = "acl-1", Consumer = new Reference { Id = AliceId }, Group = "write" },
            new AclConfig { Id = "acl-2", Consumer = new Reference { Id = AliceId }, Group = "read" },
            new AclConfig { Id = "acl-3", Consumer = new Reference { Id = NobodyId }, Group = "guests" },
        ],
    };

    public static PluginContext Context(TimeProvider? time = null)
    {
        var index = IdentityIndex.Build(Document, time ?? PluginHarness.Time);
        return PluginHarness.Context(time, index, index);
    }
}
