using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Config.Tests;

/// <summary>Whatever the text, reading gives a document or problems, and never an exception.</summary>
public sealed class HostileDocumentTests
{
    const string Good = """
        _format_version: "3.0"
        _info: {select_tags: [a], defaults: {route: {strip_path: false}}, default_lookup_tags: {consumers: [x]}}
        services:
        - name: orders
          url: http://orders.test:8080/v1
          routes:
          - {name: all, paths: [/orders, '~/x/(?P<id>\d+)'], headers: {x-a: [b]}, hosts: ['*.a.test:80']}
          plugins: [{name: sample, config: {second: 5, allow: [10.0.0.0/8], redis: {host: r}, password: '{vault://env/x/y}'}}]
        upstreams: [{name: u, hash_on: ip, healthchecks: {active: {timeout: 1}}, targets: [{target: '[::1]:80', weight: 1}]}]
        consumers: [{username: ann, groups: [gold], keyauth_credentials: [{key: k}], acls: [{group: g}], jwt_secrets: [{key: j, algorithm: HS256}]}]
        consumer_groups: [{name: gold, consumers: [{username: ann}]}]
        vaults: [{name: env, prefix: my-env, config: {prefix: A_}}]
        keys: [{name: k, kid: k, jwk: '{"kty":"oct","kid":"k","k":"AA"}', set: s}]
        key_sets: [{name: s}]
        partials: [{name: p, type: redis-ce, config: {host: h}}]
        plugins: [&p {name: strict, config: {word: w}}, {<<: *p, service: orders, partials: [{name: p}]}]
        """;

    static readonly string[] Scraps =
    [
        "null", "~", "[]", "{}", "{", "]", "- ", ": ", "&a ", "*a", "<<: ", "!!int ", "\"", "'", "|", "\n", "\t", "5", "-1", "1e999", "true",
        "{vault://", "${{ env \"DECK_X\" }}",
        "services", "plugins", "name", "id", "\u0000", "\uD800", "é", "---\n", "...", "? ", "%", "@", "`", "#", "~/(", "[[[[[[[[", "99999999999999999999999",
    ];

    static void MustAnswer(string name, string text)
    {
        var result = DocumentReader.ReadText(name, text, Samples.Options);
        Assert.True(result.Document is not null || result.Problems.Any(problem => problem.Severity == Severity.Error), text);
        Assert.True(result.Document is null || result.Problems.All(problem => problem.Severity == Severity.Warning), text);
    }

    static void MustAnswerBoth(string text)
    {
        MustAnswer("f.yaml", text);
        MustAnswer("f.json", text);
    }

    [Fact]
    public void Random_text_never_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => MustAnswerBoth(text ?? ""))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Random_bytes_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => MustAnswerBoth(Encoding.Latin1.GetString(bytes)))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Scraps_of_documents_never_throw() =>
        Prop.ForAll(Gen.Elements(Scraps).ArrayOf().ToArbitrary(), scraps => MustAnswer("f.yaml", string.Concat(scraps)))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000));

    // One to three changes at random places: a scrap put in, a piece cut out, a character replaced.
    [Fact]
    public void Damaged_documents_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => MustAnswer("f.yaml", Damaged(Good, new Random(seed))))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Documents_with_values_of_other_types_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => MustAnswer("f.json", Json(new Random(seed), 4)))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void The_undamaged_document_is_read() => Assert.DoesNotContain(
        DocumentReader.ReadText("f.yaml", Good, Samples.Options with { ResolveSecrets = false }).Problems,
        problem => problem.Severity == Severity.Error && !problem.Message.Contains("unknown field", StringComparison.Ordinal));

    static string Damaged(string text, Random random)
    {
        for (var i = random.Next(1, 4); i > 0 && text.Length > 1; i--)
        {
            var at = random.Next(text.Length);
            var scrap = Scraps[random.Next(Scraps.Length)];
            text = random.Next(3) switch
            {
                0 => text.Insert(at, scrap),
                1 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                _ => string.Concat(text.AsSpan(0, at), scrap, text.AsSpan(at + 1)),
            };
        }
        return text;
    }

    static readonly string[] Words =
    [
        "_format_version", "_info", "_plugin_configs", "services", "routes", "plugins", "consumers", "upstreams", "targets", "certificates", "snis",
        "ca_certificates", "vaults", "keys", "key_sets", "partials", "consumer_groups", "consumer_group_consumers", "name", "id", "host", "url",
        "paths", "hosts", "headers", "config", "_config", "service", "route", "consumer", "groups", "tags", "protocols", "select_tags", "defaults",
        "default_lookup_tags", "username", "target", "cert", "key", "jwk", "pem", "kid", "prefix", "sample", "strict", "env", "a",
        "58076db2-28b6-423b-ba39-a797193017f7", "/", "3.0", "healthchecks", "active", "acls", "keyauth_credentials",
    ];

    static string Json(Random random, int depth)
    {
        string Word() => '"' + Words[random.Next(Words.Length)] + '"';
        return random.Next(depth > 0 ? 8 : 5) switch
        {
            0 => "null",
            1 => random.Next(-5, 100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
            2 => random.Next(2) == 0 ? "true" : "1.5e3",
            3 or 4 => Word(),
            5 => $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, depth - 1)))}]",
            _ => $"{{{string.Join(", ", Enumerable.Range(0, random.Next(8)).Select(_ => $"{Word()}: {Json(random, depth - 1)}"))}}}",
        };
    }
}
