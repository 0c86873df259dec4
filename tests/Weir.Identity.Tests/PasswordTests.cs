using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Identity.Tests;

public class PasswordTests
{
    const string AliceId = "a1a1a1a1-0000-4000-8000-000000000001";

    /// <summary>What Kong stores for the password "open sesame" of alice.</summary>
    const string Stored = "97277667f8d2cc9e5fc234a1007eee1334204b13";

    [Fact]
    public void Takes_the_right_password()
    {
        Assert.True(TryFind(Index("al", "open sesame"), "al", "open sesame", out var grant));
        Assert.Equal(("alice", new Credential("b1", AliceId, "al")), (grant.Consumer.Username, grant.Credential));
    }

    [Theory]
    [InlineData("al", "open Sesame")]
    [InlineData("al", "")]
    [InlineData("al", "open sesame ")]
    [InlineData("AL", "open sesame")]
    [InlineData("", "open sesame")]
    [InlineData("alice", "open sesame")]
    public void Refuses_every_other_pair(string username, string password) => Assert.False(TryFind(Index("al", "open sesame"), username, password, out _));

    [Fact]
    public void Refuses_names_that_are_no_utf8_or_too_long()
    {
        var index = Index("al", "x");
        Assert.False(index.TryFindPassword([0x61, 0xff], "x"u8, out _));
        Assert.False(index.TryFindPassword(new byte[CredentialReader.UsernameBytesMax + 1], "x"u8, out _));
    }

    [Fact]
    public void Takes_a_password_that_the_document_holds_hashed()
    {
        var index = Index("al", Stored, PasswordForm.Hashed);
        Assert.True(TryFind(index, "al", "open sesame", out _));
        Assert.False(TryFind(index, "al", Stored, out _));
    }

    [Fact]
    public void A_plain_password_that_looks_like_a_hash_is_plain()
    {
        var index = Index("al", Stored);
        Assert.True(TryFind(index, "al", Stored, out _));
        Assert.False(TryFind(index, "al", "open sesame", out _));
    }

    [Theory]
    [InlineData("open sesame")]
    [InlineData("76789880fe1b54caf0875cf1f1fbcfd89202468")]
    [InlineData("76789880fe1b54caf0875cf1f1fbcfd89202468g")]
    public void What_is_no_hash_where_one_is_expected_lets_nobody_in(string stored) =>
        Assert.False(TryFind(Index("al", stored, PasswordForm.Hashed), "al", stored, out _));

    [Fact]
    public void Any_password_is_taken_and_no_other() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((password, other) =>
        {
            var index = Index("al", password.Get);
            var own = Encoding.UTF8.GetBytes(password.Get);
            var another = Encoding.UTF8.GetBytes(other.Get);
            return index.TryFindPassword("al"u8, own, out _) && index.TryFindPassword("al"u8, another, out _) == own.AsSpan().SequenceEqual(another);
        }).QuickCheckThrowOnFailure();

    static bool TryFind(IdentityIndex index, string username, string password, out PasswordGrant grant) =>
        index.TryFindPassword(Encoding.UTF8.GetBytes(username), Encoding.UTF8.GetBytes(password), out grant);

    static IdentityIndex Index(string username, string password, PasswordForm form = PasswordForm.Plain)
    {
        var credential = new BasicAuthCredentialConfig { Id = "b1", Consumer = new Reference { Id = AliceId }, Username = username, Password = password };
        var document = new Document
        {
            Consumers = [new ConsumerConfig { Id = AliceId, Username = "alice" }],
            BasicAuthCredentials = [credential],
            PasswordsAreHashed = form == PasswordForm.Hashed,
        };
        return IdentityIndex.Build(document, new ManualTime());
    }
}
