using FsCheck;
using FsCheck.Fluent;

namespace Weir.Config.Tests;

public sealed class VaultReferenceTests
{
    [Theory]
    [InlineData("{vault://env/a}", "env", "a", null, null)]
    [InlineData("{vault://hcv/a/b}", "hcv", "a", "b", null)]
    [InlineData("{vault://hcv/apps/orders/db/password}", "hcv", "apps/orders/db", "password", null)]
    [InlineData("{vault://aws/prod/db/}", "aws", "prod/db", null, null)]
    [InlineData("{vault://aws/prod/db/#2}", "aws", "prod/db", null, "2")]
    [InlineData("{vault://gcp/db/user?ttl=5#3}", "gcp", "db", "user", "3")]
    [InlineData("{vault://gcp/db#}", "gcp", "db", null, null)]
    [InlineData("{vault://hcv/a%2Fb/c%20d}", "hcv", "a/b", "c d", null)]
    public void Takes_a_reference_apart(string text, string vault, string resource, string? key, string? version)
    {
        var reference = VaultReference.Parse(text)!;
        Assert.Equal((vault, resource, key, version), (reference.Vault, reference.Resource, reference.Key, reference.Version));
    }

    [Theory]
    [InlineData("{vault://env}")]
    [InlineData("{vault://env/}")]
    [InlineData("{vault:///a}")]
    [InlineData("{vault://}")]
    [InlineData("vault://env/a")]
    [InlineData("{vault://env?a=b}")]
    [InlineData("{vault://#1}")]
    [InlineData("{vault://env//a}")]
    public void Refuses_what_names_no_secret(string text) => Assert.Null(VaultReference.Parse(text));

    [Fact]
    public void Reads_options() =>
        Assert.Equal(
            new Dictionary<string, string> { ["prefix"] = "a b", ["ttl"] = "", ["x"] = "1=2" },
            VaultReference.Parse("{vault://env/a?prefix=a%20b&ttl&x=1=2}")!.Options);

    [Fact]
    public void Never_fails_on_any_text() =>
        Prop.ForAll<NonNull<string>>(static text => VaultReference.Parse("{vault://" + text.Get + "}") is not { Resource: "" }).QuickCheckThrowOnFailure();
}
