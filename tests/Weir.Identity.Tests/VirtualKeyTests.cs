using Weir.Config;

namespace Weir.Identity.Tests;

public sealed class VirtualKeyTests
{
    static readonly string s_key = VirtualKeyText.New();
    static readonly string s_old = VirtualKeyText.New();

    readonly ManualTime _time = new();

    [Theory]
    [InlineData("")]
    [InlineData("wk_")]
    [InlineData("wk")]
    [InlineData("sk-proj-1234567890")]
    [InlineData("WK_0000000000000000000000000000000000000000000")]
    public void What_is_no_virtual_key_is_not_looked_up(string text)
    {
        Assert.False(VirtualKeyText.Looks(text));
        Assert.Equal(VirtualKeyState.Unknown, Find(new VirtualKeyConfig { Name = "k", Hash = HashOf(s_key) }, text));
    }

    [Fact]
    public void A_text_that_is_far_too_long_is_not_hashed() => Assert.Equal(VirtualKeyState.Unknown, Find(Key(), "wk_" + new string('x', 100_000)));

    [Fact]
    public void A_key_is_found_by_its_hash_and_others_are_not()
    {
        Assert.Equal(VirtualKeyState.Good, Find(Key(), s_key));
        Assert.Equal(VirtualKeyState.Unknown, Find(Key(), s_old));
        Assert.Equal(VirtualKeyState.Unknown, Find(Key(), s_key + "x"));
        Assert.Equal(VirtualKeyState.Unknown, Find(Key(), s_key[..^1]));
    }

    [Fact]
    public void New_keys_have_256_random_bits_and_a_hint_that_shows_their_end()
    {
        Assert.Equal(3 + 43, s_key.Length);
        Assert.NotEqual(s_key, s_old);
        Assert.Equal("wk_…" + s_key[^4..], VirtualKeyText.HintOf(s_key));
    }

    [Theory]
    [InlineData("sha256:zz")]
    [InlineData("sha256:9f86")]
    [InlineData("md5:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("")]
    public void A_hash_of_another_form_is_none(string text) => Assert.False(SecretDigest.TryParse(text, out _));

    [Fact]
    public void A_hash_reads_as_it_is_written_in_either_case()
    {
        const string Text = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        Assert.Equal(Text, SecretDigest.Of("test").ToString());
        Assert.True(SecretDigest.TryParse(Text, out var lower));
        Assert.True(SecretDigest.TryParse("sha256:" + Text[7..].ToUpperInvariant(), out var upper));
        Assert.Equal(lower, upper);
        Assert.Equal(SecretDigest.Of("test"), lower);
    }

    [Fact]
    public void A_disabled_key_is_refused() => Assert.Equal(VirtualKeyState.Disabled, Find(Key() with { Enabled = false }, s_key));

    [Fact]
    public void A_key_ends_when_it_expires()
    {
        var key = Key() with { ExpiresAt = Text(_time.GetUtcNow().AddHours(1)) };
        var keys = Keys(key);
        Assert.Equal(VirtualKeyState.Good, keys.Find(s_key, out _));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(VirtualKeyState.Expired, keys.Find(s_key, out _));
    }

    [Fact]
    public void A_key_that_was_replaced_counts_until_its_own_end_and_never_longer_than_the_entity()
    {
        var keys = Keys(Key() with { Previous = [new PreviousKey { Hash = HashOf(s_old), ExpiresAt = Text(_time.GetUtcNow().AddDays(7)) }] });
        Assert.Equal(VirtualKeyState.Good, keys.Find(s_old, out var found));
        Assert.Equal("k", found!.Config.Name);
        _time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(VirtualKeyState.Expired, keys.Find(s_old, out _));
        Assert.Equal(VirtualKeyState.Good, keys.Find(s_key, out _));

        var ended = Keys(Key() with
        {
            ExpiresAt = Text(_time.GetUtcNow().AddDays(1)),
            Previous = [new PreviousKey { Hash = HashOf(s_old), ExpiresAt = Text(_time.GetUtcNow().AddDays(7)) }],
        });
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(VirtualKeyState.Expired, ended.Find(s_old, out _));
    }

    [Fact]
    public void A_revoked_key_is_refused_with_all_that_it_has_replaced()
    {
        var keys = Keys(Key() with
        {
            RevokedAt = Text(_time.GetUtcNow()),
            Previous = [new PreviousKey { Hash = HashOf(s_old), ExpiresAt = Text(_time.GetUtcNow().AddDays(7)) }],
        });
        Assert.Equal(VirtualKeyState.Revoked, keys.Find(s_key, out _));
        Assert.Equal(VirtualKeyState.Revoked, keys.Find(s_old, out _));
    }

    [Theory]
    [InlineData("gpt")]
    [InlineData("fast")]
    public void A_model_may_be_named_by_name_or_alias(string named)
    {
        var document = new Document
        {
            AiModels = [new AiModelConfig { Id = Id(2), Name = "gpt", Alias = "fast" }, new AiModelConfig { Id = Id(3), Name = "claude" }],
            VirtualKeys = [Key() with { Models = [named] }],
        };
        Assert.Equal(VirtualKeyState.Good, IdentityIndex.Build(document, _time).VirtualKeys.Find(s_key, out var key));
        Assert.True(key!.MayUse("gpt"));
        Assert.True(key.MayUse("fast"));
        Assert.False(key.MayUse("claude"));
        Assert.False(key.MayUse(""));
    }

    [Fact]
    public void A_key_without_models_may_use_all_and_one_with_none_may_use_none()
    {
        Keys(Key()).Find(s_key, out var all);
        Keys(Key() with { Models = [] }).Find(s_key, out var none);
        Assert.True(all!.MayUse("gpt"));
        Assert.False(none!.MayUse("gpt"));
    }

    [Fact]
    public void A_look_up_does_not_allocate()
    {
        var keys = Keys(Key());
        keys.Find(s_key, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) keys.Find(s_key, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static string Id(int number) => $"00000000-0000-4000-8000-{number:d12}";

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    static string HashOf(string key) => SecretDigest.Of(key).ToString();

    static VirtualKeyConfig Key() => new() { Id = Id(1), Name = "k", Hash = HashOf(s_key) };

    VirtualKeys Keys(VirtualKeyConfig key) => IdentityIndex.Build(new Document { VirtualKeys = [key] }, _time).VirtualKeys;

    VirtualKeyState Find(VirtualKeyConfig key, string text) => Keys(key with { Id = Id(1) }).Find(text, out _);
}
