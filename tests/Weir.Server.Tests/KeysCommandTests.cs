using System.Text.RegularExpressions;
using Weir.Config;
using Weir.Identity;

namespace Weir.Server.Tests;

public sealed partial class KeysCommandTests : IDisposable
{
    const string Old = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const string Older = "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    const string Oldest = "sha256:fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13";

    readonly string _file = Path.GetTempFileName();

    public KeysCommandTests() => File.WriteAllText(_file, $$"""
        _format_version: "3.0"
        # Keys of teams.
        virtual_keys:
        - name: search
          hash: {{Old}}
          hint: wk_…old0
          models: [gpt]
          previous:
          - {hash: {{Older}}, expires_at: 2026-06-05T00:00:00Z}
          - {hash: {{Oldest}}, expires_at: 2026-05-01}
        - name: gone
          hash: sha256:a4e624d686e03ed2767c0abd85c14426b0b1157d2ce81d27bb4fe4f6f01d688a
          revoked_at: 2026-01-01
        """);

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("--expires: expected a day", "new", "--name", "k", "--expires", "tomorrow")]
    [InlineData("--expires: expected a day", "new", "--name", "k", "--expires", "10y")]
    [InlineData("--overlap: expected a span", "rotate", "{file}", "search", "--overlap", "soon")]
    [InlineData("the key 'gone' is revoked", "rotate", "{file}", "gone")]
    public void Refuses_nonsense(string message, params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, error);
    }

    [Fact]
    public void A_name_that_is_not_in_the_file_is_told_with_the_one_that_was_meant()
    {
        var (code, _, error) = Run("revoke", "{file}", "serch");
        Assert.Equal(1, code);
        Assert.Contains("there is no virtual key 'serch' in", error);
        Assert.Contains("did you mean 'search'?", error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        var (code, _, error) = Run("revoke", "/no/such/file.yaml", "search");
        Assert.Equal(1, code);
        Assert.Contains("/no/such/file.yaml: cannot be read", error);
    }

    [Fact]
    public void A_new_key_is_shown_once_beside_an_entity_with_its_hash()
    {
        var (code, output, error) = Run(
            "new", "--name", "search", "--model", "gpt", "--model", "claude", "--budget", "monthly", "--expires", "90d", "--team", "search");
        Assert.Equal(0, code);
        var key = KeyIn(error);
        Assert.DoesNotContain(key, output);
        var entity = Entity(output);
        Assert.Equal((SecretDigest.Of(key).ToString(), VirtualKeyText.HintOf(key)), (entity.Hash, entity.Hint));
        Assert.Equal(("2026-08-30T00:00:00Z", "search"), (entity.ExpiresAt, entity.Team));
        Assert.Equal(["gpt", "claude"], entity.Models!);
        Assert.Equal(["monthly"], entity.Budgets!);
        Assert.NotEqual(key, KeyIn(Run("new", "--name", "search").Error));
    }

    [Fact]
    public void A_rotated_key_counts_beside_the_one_before_until_that_ends()
    {
        var (code, output, error) = Run("rotate", "{file}", "search", "--overlap", "12h");
        Assert.Equal(0, code);
        Assert.Contains($"Put this in place of the entity at {_file}:4", error);
        var entity = Entity(output);
        Assert.Equal(SecretDigest.Of(KeyIn(error)).ToString(), entity.Hash);
        Assert.Equal([(Old, "2026-06-01T12:00:00Z"), (Older, "2026-06-05T00:00:00Z")], entity.Previous!.Select(static old => (old.Hash, old.ExpiresAt)));
        Assert.Equal("wk_…old0", entity.Previous![0].Hint);
        Assert.Equal(["gpt"], entity.Models!);
    }

    [Fact]
    public void Without_an_overlap_the_key_before_ends_at_once()
    {
        var entity = Entity(Run("rotate", "{file}", "search", "--overlap", "0").Output);
        Assert.Equal([Older], entity.Previous!.Select(static old => old.Hash));
    }

    [Fact]
    public void A_revoked_key_keeps_its_entity()
    {
        var (code, output, error) = Run("revoke", "{file}", "search");
        Assert.Equal(0, code);
        Assert.DoesNotContain("shown this once", error);
        Assert.Equal(("2026-06-01T00:00:00Z", Old), (Entity(output).RevokedAt, Entity(output).Hash));
    }

    static VirtualKeyConfig Entity(string yaml)
    {
        const string Head = "_format_version: \"3.0\"\nbudgets: [{name: monthly, applies_to: team, limit: \"100\"}]\n";
        var read = DocumentReader.ReadText("keys.yaml", Head + yaml, new ReadOptions { Plugins = new Dictionary<string, PluginKind>() });
        Assert.Empty(read.Problems.Select(static problem => problem.ToString()));
        return Assert.Single(read.Document!.VirtualKeys);
    }

    static string KeyIn(string text) => Key().Match(text).Value;

    [GeneratedRegex("wk_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();

    (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = KeysCommand.Create(output, error, new FirstOfJune());
        var code = command.Parse([.. arguments.Select(argument => argument.Replace("{file}", _file, StringComparison.Ordinal))]).Invoke();
        return (code, output.ToString(), error.ToString());
    }

    sealed class FirstOfJune : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
