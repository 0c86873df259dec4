namespace Weir.Ai.Tests;

public sealed class KeyPoolConfigTests
{
    [Theory]
    [InlineData("""{"header_name":"Authorization"}""", "null", "targets[0].auth", "'header_value'")]
    [InlineData("""{"param_name":"key","param_value":"k"}""", "null", "targets[0].auth", "'param_location'")]
    [InlineData("""{"header_name":"A","header_value":"x"}""", """{"keys":[{"header_value":"y"}]}""", "targets[0].auth", "put it among them")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{}]}""", "targets[0].auth_pool.keys[0]", "has no credential")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{"name":"a"}]}""", "targets[0].auth_pool.keys[0]", "has no credential")]
    [InlineData("{}", """{"keys":[{"header_value":"y"}]}""", "targets[0].auth_pool.keys[0].header_value", "needs auth.header_name")]
    [InlineData("{}", """{"keys":[{"param_value":"y"}]}""", "targets[0].auth_pool.keys[0].param_value", "needs auth.param_name")]
    [InlineData("""{"param_name":"k"}""", """{"keys":[{"param_value":"y"}]}""", "targets[0].auth", "'param_location'")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{"param_value":"y"}]}""", "targets[0].auth_pool.keys[0]", "no header_value")]
    [InlineData("{}", """{"keys":[{"aws_secret_access_key":"y"}]}""", "targets[0].auth_pool.keys[0]", "'aws_access_key_id'")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{"header_value":"y"},{"header_value":"y"}]}""", "targets[0].auth_pool.keys[1]", "same key as keys[0]")]
    [InlineData(
        """{"header_name":"A"}""", """{"keys":[{"name":"n","header_value":"y"},{"name":"n","header_value":"z"}]}""", "targets[0].auth_pool.keys[1].name",
        "called 'n', too")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{"name":"a key","header_value":"y"}]}""", "config.targets[0].auth_pool.keys[0].name", "")]
    [InlineData("""{"header_name":"A"}""", """{"keys":[{"header_value":7}]}""", "config.targets[0].auth_pool.keys[0].header_value", "expected a string")]
    [InlineData("""{"header_name":"A"}""", """{"keys":"y"}""", "config.targets[0].auth_pool.keys", "")]
    [InlineData("""{"header_name":"A"}""", """{"rest_max":-1}""", "config.targets[0].auth_pool.rest_max", "")]
    [InlineData("""{"header_name":"A"}""", """{"rotation":"random"}""", "config.targets[0].auth_pool.rotation", "round-robin")]
    [InlineData("""{"header_name":"A"}""", """{"key":[]}""", "config.targets[0].auth_pool.key", "")]
    public void Reports_credentials_that_do_not_fit(string auth, string pool, string field, string message)
    {
        var problems = ProxyRig.Check($$"""{"targets":[{"model":{"provider":"openai","name":"m"},"auth":{{auth}},"auth_pool":{{pool}}}]}""");
        Assert.Contains(problems, found => field.EndsWith(found.Field, StringComparison.Ordinal) && found.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Never_shows_a_key()
    {
        var problems = ProxyRig.Check(
            """{"targets":[{"model":{"provider":"openai","name":"m"},"auth":{},"auth_pool":{"keys":[{"header_value":"sk-1"},{"header_value":"sk-1"}]}}]}""");
        Assert.DoesNotContain(problems, static problem => problem.Message.Contains("sk-1", StringComparison.Ordinal));
        Assert.NotEmpty(problems);
    }
}
