using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Control.Tests;

/// <summary>Who may follow: tokens, certificates, renewal, revocation.</summary>
public sealed class EnrolmentTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_of_one_journal_have_one_authority()
    {
        var journal = new MemoryJournal();
        await using var first = await Planes.OpenAsync(journal);
        await using var second = await Planes.OpenAsync(journal, seed: 2);
        using var one = await Enrolment.AuthorityAsync(first, Cancellation);
        await second.WaitAsync(0, Cancellation);
        using var other = await Enrolment.AuthorityAsync(second, Cancellation);
        Assert.Equal(one.Pin, other.Pin);
    }

    [Fact]
    public async Task A_token_enrols_as_many_gateways_as_it_says()
    {
        await using var rig = await OpenAsync();
        var token = await rig.TokenAsync(uses: 2);
        Assert.NotNull((await rig.EnrolAsync(token)).Certificate);
        Assert.NotNull((await rig.EnrolAsync(token)).Certificate);
        Assert.Contains("used up", (await rig.EnrolAsync(token)).Problem, StringComparison.Ordinal);
        Assert.Equal(2, rig.Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).Count);
    }

    [Fact]
    public async Task Gateways_that_race_for_the_last_use_of_a_token_do_not_all_get_it()
    {
        await using var rig = await OpenAsync();
        var token = await rig.TokenAsync(uses: 3);
        var tries = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => rig.EnrolAsync(token))));
        Assert.Equal(3, tries.Count(static each => each.Certificate is not null));
    }

    [Fact]
    public async Task A_token_ends()
    {
        var time = new MovingTime();
        await using var rig = await OpenAsync(time);
        var token = await rig.TokenAsync();
        time.Now += TimeSpan.FromMinutes(16);
        Assert.Null((await rig.EnrolAsync(token)).Certificate);
    }

    [Fact]
    public async Task A_token_with_another_secret_or_id_is_none()
    {
        await using var rig = await OpenAsync();
        var token = await rig.TokenAsync();
        Assert.Null((await rig.EnrolAsync(token with { Secret = new byte[32] })).Certificate);
        Assert.Null((await rig.EnrolAsync(token with { Id = Guid.NewGuid() })).Certificate);
        Assert.NotNull((await rig.EnrolAsync(token)).Certificate);
    }

    [Fact]
    public async Task Only_the_hash_of_a_token_is_kept()
    {
        await using var rig = await OpenAsync();
        var token = await rig.TokenAsync();
        await foreach (var record in rig.Plane.Journal.ReadAsync(0, Cancellation))
        {
            var text = System.Text.Encoding.UTF8.GetString(record.Payload.Span);
            Assert.DoesNotContain(Convert.ToBase64String(token.Secret), text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(token.Secret), text, StringComparison.Ordinal);
            Assert.DoesNotContain(token.ToString(), text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("weirj_")]
    [InlineData("weirj_AAAA")]
    [InlineData("something else")]
    [InlineData("weirj_!!!!")]
    public void What_is_no_token_is_not_read(string text) => Assert.Null(JoinToken.Read(text));

    [Fact]
    public void A_token_is_read_as_it_was_written()
    {
        var token = JoinToken.Make(new byte[32]);
        var read = JoinToken.Read($" {token}\n")!;
        Assert.Equal((token.Id, token.Hash), (read.Id, read.Hash));
        Assert.Equal(token.Pin, read.Pin);
    }

    [Fact]
    public async Task A_signing_request_that_proves_nothing_is_refused()
    {
        await using var rig = await OpenAsync();
        var (_, request) = GatewayIdentity.NewKey();
        request[^1] ^= 1;
        Assert.Contains("signing request", (await rig.EnrolAsync(await rig.TokenAsync(), request)).Problem, StringComparison.Ordinal);
        Assert.Contains("signing request", (await rig.EnrolAsync(await rig.TokenAsync(), [1, 2, 3])).Problem, StringComparison.Ordinal);
        using var rsa = RSA.Create(2048);
        var other = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        Assert.Contains("signing request", (await rig.EnrolAsync(await rig.TokenAsync(), other)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enrolled_gateway_is_admitted_until_it_is_revoked()
    {
        await using var rig = await OpenAsync();
        var (id, certificate, _) = await rig.EnrolAsync(await rig.TokenAsync());
        Assert.Equal(id, rig.Enrolment.Admit(certificate));
        await rig.Plane.CommitAsync(new Author("t"), draft => Enrolment.Change(draft, id.ToString(), static config => config with { Revoked = true }),
            CommitOptions.Default, Cancellation);
        Assert.Null(rig.Enrolment.Admit(certificate));
    }

    [Fact]
    public async Task Certificates_of_others_are_not_admitted()
    {
        var time = new MovingTime();
        await using var rig = await OpenAsync(time);
        await using var other = await OpenAsync(time);
        var (_, certificate, _) = await other.EnrolAsync(await other.TokenAsync());
        Assert.Null(rig.Enrolment.Admit(certificate));
        Assert.Null(rig.Enrolment.Admit(null));
        Assert.Null(rig.Enrolment.Admit(rig.Authority.Certificate));
        using var control = rig.Authority.IssueControl(time, TimeSpan.FromDays(1));
        Assert.Null(rig.Enrolment.Admit(control));
        // A certificate of this authority that the journal knows nothing of: of a control plane that was restored to an older state.
        using var forgotten = rig.Authority.IssueGateway(GatewayIdentity.NewKey().SigningRequest, Guid.NewGuid(), time, TimeSpan.FromDays(1));
        Assert.Null(rig.Enrolment.Admit(forgotten));
        var (_, own, _) = await rig.EnrolAsync(await rig.TokenAsync());
        time.Now += TimeSpan.FromDays(11);
        Assert.Null(rig.Enrolment.Admit(own));
    }

    [Fact]
    public async Task A_renewed_gateway_may_show_the_certificate_before_but_not_the_one_before_that()
    {
        await using var rig = await OpenAsync();
        var (id, first, _) = await rig.EnrolAsync(await rig.TokenAsync());
        var second = await rig.RenewAsync(id, first!);
        Assert.Equal(id, rig.Enrolment.Admit(first));
        Assert.Equal(id, rig.Enrolment.Admit(second));
        var third = await rig.RenewAsync(id, second!);
        Assert.Null(rig.Enrolment.Admit(first));
        Assert.Equal(id, rig.Enrolment.Admit(third));
        Assert.Null(await rig.RenewAsync(id, first!));
    }

    [Fact]
    public async Task A_certificate_is_due_after_two_thirds_of_its_life()
    {
        await using var rig = await OpenAsync();
        var (_, certificate, _) = await rig.EnrolAsync(await rig.TokenAsync());
        var now = rig.Plane.Parts.Time.GetUtcNow();
        Assert.False(GatewayIdentity.IsDue(certificate!, now + TimeSpan.FromDays(6)));
        Assert.True(GatewayIdentity.IsDue(certificate!, now + TimeSpan.FromDays(7)));
    }

    [Fact]
    public async Task A_rollback_revives_no_gateway_and_no_token()
    {
        await using var api = await AdminHarness.OpenAsync();
        await using var rig = await OpenAsync(plane: api.Plane);
        var token = await rig.TokenAsync();
        var (id, certificate, _) = await rig.EnrolAsync(token);
        var revision = api.Plane.Current.Revision;
        await api.PostAsync("/services", """{"name":"web","url":"http://web"}""");
        Assert.Equal(200, (await api.PatchAsync($"/gateways/{id}", """{"revoked":true}""")).Status);
        Assert.Equal(200, (await api.PostAsync("/rollback", $$"""{"to":{{revision - 1}}}""")).Status);
        Assert.Equal(404, (await api.GetAsync("/services/web")).Status);
        Assert.Null(rig.Enrolment.Admit(certificate));
        Assert.Null((await rig.EnrolAsync(token)).Certificate);
    }

    [Theory]
    [InlineData("gateways")]
    [InlineData("join_tokens")]
    [InlineData("cluster_authorities")]
    public async Task A_transaction_of_somebodys_making_does_not_touch_who_may_follow(string kind)
    {
        await using var api = await AdminHarness.OpenAsync();
        var answer = await api.PostAsync("/transactions", $$"""{"changes":[{"op":"create","kind":"{{kind}}","entity":{"name":"x"} } ] }""");
        Assert.Equal(400, answer.Status);
        Assert.Contains("paths of their own", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authoritys_key_is_masked_in_the_journal()
    {
        await using var api = await AdminHarness.OpenAsync();
        using var authority = await Enrolment.AuthorityAsync(api.Plane, Cancellation);
        var shown = await api.GetAsync("/journal");
        Assert.Contains("cluster_authorities", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", shown.Text, StringComparison.Ordinal);
    }

    static async Task<Rig> OpenAsync(TimeProvider? time = null, ControlPlane? plane = null)
    {
        var own = plane ?? await Planes.OpenAsync(time: time);
        var authority = await Enrolment.AuthorityAsync(own, Cancellation);
        return new Rig(own, authority, isOwner: plane is null);
    }

    sealed class Rig(ControlPlane plane, ClusterAuthority authority, bool isOwner) : IAsyncDisposable
    {
        public ControlPlane Plane => plane;

        public ClusterAuthority Authority => authority;

        public Enrolment Enrolment { get; } = new(plane, authority, TimeSpan.FromDays(10));

        public async Task<JoinToken> TokenAsync(int uses = 1) =>
            (await Enrolment.MakeTokenAsync(new Author("t"), null, JoinTokenRules.LifeDefault, uses, Cancellation)).Token;

        public Task<(Guid Id, X509Certificate2? Certificate, string Problem)> EnrolAsync(JoinToken token, byte[]? request = null) =>
            Enrolment.EnrolAsync(token, "gw", request ?? GatewayIdentity.NewKey().SigningRequest, "127.0.0.1", Cancellation);

        public async Task<X509Certificate2?> RenewAsync(Guid id, X509Certificate2 shown) =>
            (await Enrolment.RenewAsync(id, shown.SerialNumber, GatewayIdentity.NewKey().SigningRequest, "", Cancellation)).Certificate;

        public async ValueTask DisposeAsync()
        {
            authority.Dispose();
            if (isOwner) await plane.DisposeAsync();
        }
    }

    sealed class MovingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
