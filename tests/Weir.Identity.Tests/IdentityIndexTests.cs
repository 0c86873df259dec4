using System.Text;
using Weir.Config;

namespace Weir.Identity.Tests;

public class IdentityIndexTests
{
    const string AliceId = "a1a1a1a1-0000-4000-8000-000000000001";
    const string BobId = "b0b0b0b0-0000-4000-8000-000000000002";
    const string GoldId = "c0c0c0c0-0000-4000-8000-000000000003";
    const string SilverId = "c0c0c0c0-0000-4000-8000-000000000004";

    static readonly Reference Alice = new() { Id = AliceId };
    static readonly Reference Bob = new() { Id = BobId };

    static readonly Document Consumers = new()
    {
        Consumers =
        [
            new ConsumerConfig
            {
                Id = AliceId,
                Username = "alice",
                CustomId = "crm-1",
                Tags = ["eu"],
                CreatedAt = 1700000000,
                Groups = [new Reference { Id = SilverId, Name = "silver" }, new Reference { Id = GoldId, Name = "gold" }, new Reference { Id = GoldId }],
            },
            new ConsumerConfig { Id = BobId, CustomId = "crm-2" },
        ],
        ConsumerGroups = [new ConsumerGroupConfig { Id = SilverId, Name = "silver" }, new ConsumerGroupConfig { Id = GoldId, Name = "gold" }],
    };

    readonly ManualTime _time = new();

    [Fact]
    public void Finds_consumers_by_id_username_and_custom_id()
    {
        var index = Build(Consumers);
        Assert.Equal("alice", index.Find(AliceId)!.Username);
        Assert.Equal(AliceId, index.Find("alice")!.Id);
        Assert.Equal(AliceId, index.FindByCustomId("crm-1")!.Id);
        Assert.Null(index.Find("crm-1"));
        Assert.Null(index.FindByCustomId("alice"));
        Assert.Null(index.Find("Alice"));
        Assert.Null(index.Find(""));
    }

    [Fact]
    public void An_id_wins_over_another_consumers_username()
    {
        var index = Build(new Document
        {
            Consumers = [new ConsumerConfig { Id = AliceId, Username = BobId }, new ConsumerConfig { Id = BobId, Username = "bob" }],
        });
        Assert.Equal("bob", index.Find(BobId)!.Username);
    }

    [Fact]
    public void Sorts_groups_by_name_and_drops_repeated_ones()
    {
        var index = Build(Consumers);
        Assert.Equal(["gold", "silver"], index.Find("alice")!.Groups.Select(group => group.Name));
        Assert.Empty(index.Find(BobId)!.Groups);
    }

    [Fact]
    public void Describes_a_consumer_as_json_without_unset_fields()
    {
        var index = Build(Consumers);
        Assert.Equal(
            $$"""{"id":"{{AliceId}}","username":"alice","custom_id":"crm-1","created_at":1700000000,"tags":["eu"]}""",
            Encoding.UTF8.GetString(index.Find("alice")!.Json.Span));
        Assert.Equal($$"""{"id":"{{BobId}}","custom_id":"crm-2"}""", Encoding.UTF8.GetString(index.Find(BobId)!.Json.Span));
    }

    [Fact]
    public void Gives_each_of_many_consumers_its_own_json()
    {
        var many = Enumerable.Range(0, 20_000).Select(n => new ConsumerConfig { Id = $"{n:x8}-0000-4000-8000-000000000000", Username = "user-" + n });
        var index = Build(new Document { Consumers = [.. many] });
        Assert.All([0, 1, 9_999, 19_999], n => Assert.Contains($"\"user-{n}\"", Encoding.UTF8.GetString(index.Find("user-" + n)!.Json.Span)));
    }

    [Fact]
    public void Collects_acl_groups_in_file_order()
    {
        var index = Build(Consumers with
        {
            Acls =
            [
                new AclConfig { Id = "1", Consumer = Alice, Group = "write" },
                new AclConfig { Id = "2", Consumer = Bob, Group = "read" },
                new AclConfig { Id = "3", Consumer = Alice, Group = "read" },
                new AclConfig { Id = "4", Consumer = Alice, Group = "write" },
            ],
        });
        Assert.Equal(["write", "read"], index.Find("alice")!.Acls);
        Assert.Equal("write, read", GroupNames.TextOf(index.Find("alice")!.Acls));
        Assert.Equal(["read"], index.Find(BobId)!.Acls);
    }

    [Fact]
    public void Finds_who_a_key_belongs_to()
    {
        var index = WithKeys(
            new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = "s3cret" },
            new KeyAuthCredentialConfig { Id = "k2", Consumer = Bob, Key = "schlüssel" });
        Assert.True(index.TryFindKey("s3cret", out var grant));
        Assert.Equal(("alice", new Credential("k1", AliceId, "k1")), (grant.Consumer.Username, grant.Credential));
        Assert.True(index.TryFindKey("schlüssel", out grant));
        Assert.Equal(BobId, grant.Consumer.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S3cret")]
    [InlineData("s3cret ")]
    [InlineData("s3cre")]
    [InlineData("s3cret\0")]
    public void Refuses_every_other_key(string key) =>
        Assert.False(WithKeys(new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = "s3cret" }).TryFindKey(key, out _));

    [Fact]
    public void Takes_keys_of_any_length()
    {
        var longKey = new string('x', 100_000);
        var index = WithKeys(new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = longKey });
        Assert.True(index.TryFindKey(longKey, out _));
        Assert.False(index.TryFindKey(longKey.AsSpan(1), out _));
    }

    [Fact]
    public void A_key_with_ttl_dies_that_many_seconds_after_loading()
    {
        var index = WithKeys(new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = "short", Ttl = 10 });
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(index.TryFindKey("short", out _));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(index.TryFindKey("short", out _));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(1e300, true)]
    [InlineData(4e9, true)]
    public void Extreme_ttls_are_dead_or_endless(double ttl, bool alive) =>
        Assert.Equal(alive, WithKeys(new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = "k", Ttl = ttl }).TryFindKey("k", out _));

    [Fact]
    public void A_credential_of_nobody_identifies_nobody()
    {
        var stranger = new Reference { Id = "dddddddd-0000-4000-8000-000000000009" };
        var index = WithKeys(new KeyAuthCredentialConfig { Id = "k1", Consumer = stranger, Key = "a" }, new KeyAuthCredentialConfig { Id = "k2", Key = "b" });
        Assert.False(index.TryFindKey("a", out _));
        Assert.False(index.TryFindKey("b", out _));
    }

    [Fact]
    public void Knows_users_of_signed_requests()
    {
        var signer = new HmacAuthCredentialConfig { Id = "h1", Consumer = Alice, Username = "signer", Secret = "geheim" };
        var index = Build(Consumers with { HmacAuthCredentials = [signer] });
        Assert.True(index.TryFindHmacUser("signer", out var grant));
        Assert.Equal("geheim", Encoding.UTF8.GetString(grant.Secret.Span));
        Assert.Equal(new Credential("h1", AliceId, "signer"), grant.Credential);
        Assert.False(index.TryFindHmacUser("Signer", out _));
    }

    [Fact]
    public void Knows_keys_that_sign_tokens()
    {
        var index = Build(Consumers with
        {
            JwtSecrets =
            [
                new JwtCredentialConfig { Id = "j1", Consumer = Bob, Key = "issuer", Algorithm = JwtAlgorithm.RS256, RsaPublicKey = "PEM" },
                new JwtCredentialConfig { Id = "j2", Consumer = Bob },
            ],
        });
        Assert.True(index.TryFindTokenKey("issuer", out var grant));
        Assert.Equal((BobId, JwtAlgorithm.RS256, "PEM", "issuer"), (grant.Consumer.Id, grant.Algorithm, grant.PublicKeyPem, grant.Credential.Identifier));
        Assert.False(index.TryFindTokenKey("", out _));
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        var index = Build(Consumers with
        {
            KeyAuthCredentials = [new KeyAuthCredentialConfig { Id = "k1", Consumer = Alice, Key = "s3cret", Ttl = 100 }],
            BasicAuthCredentials = [new BasicAuthCredentialConfig { Id = "b1", Consumer = Alice, Username = "al", Password = "pw" }],
        });
        var found = 0;
        for (var i = 0; i < 100; i++) LookUp();
        Assert.Equal(400, found);
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 100; i++) LookUp();
        }));

        void LookUp()
        {
            if (index.TryFindKey("s3cret", out _)) found++;
            if (index.TryFindPassword("al"u8, "pw"u8, out _)) found++;
            if (index.Find("alice") is not null) found++;
            if (!index.TryFindKey("other", out _)) found++;
        }
    }

    IdentityIndex WithKeys(params KeyAuthCredentialConfig[] keys) => Build(Consumers with { KeyAuthCredentials = keys });

    IdentityIndex Build(Document document) => IdentityIndex.Build(document, _time);
}
