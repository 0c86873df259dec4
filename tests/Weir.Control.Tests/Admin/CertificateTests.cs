using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class CertificateTests
{
    static readonly (string Cert, string Key) Pair = Make();

    static string Body(string more = "") => $$"""{"cert":{{JsonSerializer.Serialize(Pair.Cert)}},"key":{{JsonSerializer.Serialize(Pair.Key)}}{{more}}}""";

    [Fact]
    public async Task A_certificate_brings_its_names()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var added = await admin.PostAsync("/certificates", Body(""","snis":["b.example","a.example"]"""));
        Assert.Equal((201, """["a.example","b.example"]"""), (added.Status, added["snis"].GetRawText()));
        Assert.Equal(added.Id, (await admin.GetAsync("/certificates/a.example")).Id);
        Assert.Equal(2, (await admin.GetAsync($"/certificates/{added.Id}/snis")).Each("name").Count);
        var changed = await admin.PatchAsync("/certificates/a.example", """{"snis":["b.example","c.example"]}""");
        Assert.Equal("""["b.example","c.example"]""", changed["snis"].GetRawText());
        Assert.Equal(404, (await admin.GetAsync("/snis/a.example")).Status);
        Assert.Equal(204, (await admin.DeleteAsync("/certificates/c.example")).Status);
        Assert.Empty((await admin.GetAsync("/snis")).Each("name"));
    }

    [Fact]
    public async Task Names_move_when_a_certificate_is_changed_but_not_when_one_is_added()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var one = await admin.PostAsync("/certificates", Body(""","snis":["a.example"]"""));
        Assert.Equal(400, (await admin.PostAsync("/certificates", Body(""","snis":["a.example"]"""))).Status);
        var other = await admin.PostAsync("/certificates", Body());
        await admin.PatchAsync("/certificates/" + other.Id, """{"snis":["a.example"]}""");
        Assert.Equal("[]", (await admin.GetAsync("/certificates/" + one.Id))["snis"].GetRawText());
        Assert.Equal(other.Id, (await admin.GetAsync("/snis/a.example"))["certificate"].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Refuses_what_is_no_set_of_names()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal("schema violation (snis: expected a set)", (await admin.PostAsync("/certificates", Body(""","snis":7"""))).Message);
        Assert.Equal(400, (await admin.PostAsync("/certificates", Body(""","snis":["a b"]"""))).Status);
        Assert.Empty((await admin.GetAsync("/certificates")).Each("id"));
    }

    static (string, string) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(start, start.AddYears(20));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
