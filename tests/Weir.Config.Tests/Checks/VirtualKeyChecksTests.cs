namespace Weir.Config.Tests;

public sealed class VirtualKeyChecksTests
{
    const string Hash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const string Other = "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    [Theory]
    [InlineData("hash: wk_abcdefghijklmnopqrstuvwxyz", "hash: expected sha256: and 64 hexadecimal digits")]
    [InlineData("hash: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "hash: expected sha256:")]
    [InlineData("hash: 7", "hash: expected a string, found the number 7")]
    [InlineData("hint: x", "hash: required field missing")]
    [InlineData($"hash: {Hash}, expires_at: tomorrow", "expires_at: expected a day or a moment such as 2027-01-31 or 2027-01-31T12:00:00Z, found 'tomorrow'")]
    [InlineData($"hash: {Hash}, expires_at: 2027-02-30", "expires_at: expected a day")]
    [InlineData($"hash: {Hash}, revoked_at: 12:00", "revoked_at: expected a day")]
    [InlineData($"hash: {Hash}, previous: [{{hash: {Other}, expires_at: soon}}]", "previous[0].expires_at: expected a day")]
    [InlineData($"hash: {Hash}, previous: [{{hash: {Other}}}]", "previous[0].expires_at: required field missing")]
    [InlineData($"hash: {Hash}, previous: [{{hash: {Hash}, expires_at: 2027-01-01}}]", "previous[0].hash: must be unique")]
    [InlineData($"hash: {Hash}, consumer: nobody", "consumer: there is no consumer 'nobody'")]
    [InlineData($"hash: {Hash}, session_header: 'a b'", "session_header:")]
    [InlineData($"hash: {Hash}, budgets: [monthly]", "budgets[0]: there is no budget 'monthly' in this document")]
    [InlineData($"hash: {Hash}, models: gpt", "models: expected a set, found the text")]
    [InlineData($"hash: {Hash}, model: [gpt]", "model: unknown field; did you mean 'models'?")]
    public void Refuses(string fields, string problem)
    {
        var shown = Yaml.Problem($"virtual_keys: [{{name: k, {fields}}}]");
        Assert.Contains("virtual_key 'k': " + problem, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_pasted_where_its_hash_belongs_is_not_repeated_in_the_message() =>
        Assert.DoesNotContain("wk_secret", Yaml.Problem("virtual_keys: [{name: k, hash: wk_secret}]"), StringComparison.Ordinal);

    [Fact]
    public void Reports_all_problems_of_all_keys_at_once()
    {
        var problems = Yaml.Problems($$"""
            virtual_keys:
            - {name: a, hash: no, expires_at: never}
            - {name: a, hash: {{Hash}}}
            - {name: b, hash: {{Hash}}, revoked_at: x}
            """);
        Assert.Equal(5, problems.Length);
        Assert.Contains(problems, static problem => problem.Contains("virtual_key 'b': hash: must be unique, but virtual_key 'a'", StringComparison.Ordinal));
    }

    [Fact]
    public void Models_that_a_key_names_must_be_in_the_document_where_there_are_any()
    {
        const string Key = $"virtual_keys: [{{name: k, hash: {Hash}, models: [gpt4]}}]";
        Yaml.Read(Key);
        Assert.Contains("models[0]: there is no model 'gpt4' in this document; did you mean 'gpt'?", Yaml.Problem("ai_models: [{name: gpt}]\n" + Key));
    }

    [Theory]
    [InlineData("gpt")]
    [InlineData("fast")]
    public void A_key_may_name_a_model_by_its_name_or_its_alias(string name) => Assert.Equal([name], Yaml.Read($$"""
        ai_models: [{name: gpt, alias: fast, access: {virtual_keys: true} }]
        virtual_keys: [{name: k, hash: {{Hash}}, models: [{{name}}]}]
        """).VirtualKeys[0].Models!);

    [Fact]
    public void Warns_of_a_key_for_a_model_that_asks_for_none()
    {
        var problem = Yaml.Problem($$"""
            ai_models: [{name: gpt}]
            virtual_keys: [{name: k, hash: {{Hash}}, models: [gpt]}]
            """);
        Assert.Contains("warning: virtual_key 'k': models[0]: 'gpt' may be called without any key", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-01-31", "2027-01-31T00:00:00Z")]
    [InlineData("2027-01-31T12:30Z", "2027-01-31T12:30:00Z")]
    [InlineData("2027-01-31T12:30:45Z", "2027-01-31T12:30:45Z")]
    [InlineData("2027-01-31T12:30:45+02:00", "2027-01-31T10:30:45Z")]
    public void Reads_days_and_moments(string text, string utc) =>
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), VirtualKeyChecks.TimeOf(text));
}
