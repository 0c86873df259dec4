using System.Text;
using Weir.Config;

namespace Weir.Control.Tests;

public sealed class MaskedFormTests
{
    static readonly MaskedForm Mask = new(Planes.Read);

    [Fact]
    public void A_secret_is_masked_and_a_reference_to_a_vault_is_none()
    {
        Assert.Equal("""{"username":"a","secret":"[masked]"}""", Shown(ControlKinds.HmacAuthCredentials, """{"username":"a","secret":"s"}"""));
        Assert.Equal("""{"secret":"{vault://env/s}"}""", Shown(ControlKinds.HmacAuthCredentials, """{"secret":"{vault://env/s}"}"""));
        Assert.Equal("""{"key":"[masked]","cert":"c"}""", Shown(ControlKinds.Certificates, """{"key":"k","cert":"c"}"""));
    }

    [Fact]
    public void A_secret_inside_a_record_is_masked() =>
        Assert.Equal("""{"pem":{"public_key":"p","private_key":"[masked]"}}""", Shown(ControlKinds.Keys, """{"pem":{"public_key":"p","private_key":"s"}}"""));

    [Fact]
    public void Where_no_record_says_what_a_text_is_its_name_does()
    {
        const string config = """{"name":"unknown","config":{"host":"h","redis":{"password":"s","port":1},"api_key":["a","b"],"key_names":["k"]}}""";
        Assert.Equal(
            """{"name":"unknown","config":{"host":"h","redis":{"password":"[masked]","port":1},"api_key":["[masked]","[masked]"],"key_names":["k"]}}""",
            Shown(ControlKinds.Plugins, config));
        Assert.Contains("[masked]", Shown(ControlKinds.Partials, """{"type":"redis-ce","config":{"sentinel_password":"s"}}"""));
    }

    [Fact]
    public void A_secret_that_was_another_one_is_said_to_be()
    {
        const string before = """{"secret":"old"}""";
        Assert.Equal("""{"secret":"[masked, changed]"}""", Shown(ControlKinds.HmacAuthCredentials, """{"secret":"new"}""", before));
        Assert.Equal("""{"secret":"[masked]"}""", Shown(ControlKinds.HmacAuthCredentials, before, before));
    }

    static string Shown(ControlKind kind, string json, string? before = null) =>
        Encoding.UTF8.GetString(NodeJson.Bytes(Mask.Of(kind, Planes.Body(json), before is null ? null : Planes.Body(before))));
}
