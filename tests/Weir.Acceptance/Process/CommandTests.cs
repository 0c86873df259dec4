using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>The commands that print something and end.</summary>
public sealed class CommandTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-command-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Validate_counts_what_a_good_file_declares()
    {
        var (code, output, errors) = await WeirProcess.EndedAsync("validate", Write("good.yaml", """
            _format_version: "3.0"
            services: [{ name: a, host: example.com, routes: [{ paths: [/a] }, { paths: [/b] }] }]
            """));
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("valid: 1 service, 2 routes, 0 plugins", output);
    }

    [Fact]
    public async Task Validate_reports_every_problem_of_every_file()
    {
        var one = Write("one.yaml", "_format_version: \"3.0\"\nservices: [{ name: a }]\n");
        var two = Write("two.yaml", "_format_version: \"3.0\"\nconsumers:\n- usrname: b\n");
        var (code, output, errors) = await WeirProcess.EndedAsync("validate", one, two);
        Assert.Equal(1, code);
        Assert.DoesNotContain("valid:", output);
        foreach (var part in new[] { "one.yaml:2", "host", "two.yaml:3", "usrname" }) Assert.Contains(part, errors);
    }

    [Fact]
    public async Task Validate_warns_of_what_will_have_no_effect()
    {
        var file = Write("stream.yaml", "_format_version: \"3.0\"\nroutes:\n- { name: r, protocols: [udp], sources: [{ port: 53 }] }\n");
        var (code, output, errors) = await WeirProcess.EndedAsync("validate", file);
        Assert.Equal(0, code);
        Assert.Contains("valid:", output);
        Assert.Contains("stream.yaml:3:", errors);
        Assert.Contains("warning: route 'r': protocols: stream protocols are not served yet; this route will never match", errors);
        Assert.Contains("0 errors, 1 warning", errors);
    }

    [Fact]
    public async Task Validate_of_nothing_and_of_a_missing_file_fail_with_a_reason()
    {
        var (none, _, usage) = await WeirProcess.EndedAsync("validate");
        Assert.Equal(2, none);
        Assert.Contains("name at least one file", usage);
        var (missing, _, errors) = await WeirProcess.EndedAsync("validate", Path.Combine(_folder.FullName, "missing.yaml"));
        Assert.Equal(1, missing);
        Assert.Contains("missing.yaml", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task Version_names_weir_and_the_formats_it_speaks()
    {
        var (code, output, _) = await WeirProcess.EndedAsync("version");
        Assert.Equal(0, code);
        Assert.Matches(@"^weir \d+\.\d+\.\d+ \(\.NET 10\..*3\.9", output);
    }

    [Fact]
    public async Task Schema_is_a_json_schema_with_every_plugin()
    {
        var (code, output, _) = await WeirProcess.EndedAsync("schema");
        Assert.Equal(0, code);
        var schema = JsonNode.Parse(output)!;
        Assert.Contains("json-schema.org", (string?)schema["$schema"]);
        foreach (var word in new[] { "services", "key-auth", "rate-limiting", "hide_credentials" }) Assert.Contains($"\"{word}\"", output);
    }

    [Fact]
    public async Task Settings_lists_names_defaults_and_meanings()
    {
        var (code, output, _) = await WeirProcess.EndedAsync("settings");
        Assert.Equal(0, code);
        foreach (var word in new[] { "proxy_listen", "0.0.0.0:8000", "drain_seconds", "WEIR_PROXY_LISTEN" }) Assert.Contains(word, output);
    }

    [Fact]
    public async Task Settings_come_from_the_environment_too()
    {
        (string, string)[] environment = [("WEIR_PROXY_LISTEN", "127.0.0.1:0"), ("WEIR_PROXY_LISTEN_TLS", ""), ("WEIR_STATUS_LISTEN", "127.0.0.1:0")];
        await using var process = WeirProcess.Start(environment, "run");
        var proxy = await process.AddressAsync("proxy");
        Assert.NotEqual(8000, proxy.Port);
        Assert.NotEqual(8007, (await process.AddressAsync("status")).Port);
    }

    [Fact]
    public async Task Mock_is_an_upstream_to_try_things_against()
    {
        await using var process = WeirProcess.Start("mock", "--listen", "127.0.0.1:0");
        await Poll.UntilAsync(() => process.Output.Contains("http://", StringComparison.Ordinal), "the mock listens", 30);
        using var client = TestGateway.NewClient(new Uri(process.Output[process.Output.IndexOf("http://", StringComparison.Ordinal)..].Trim()));
        using var answer = await client.GetAsync("/status/418");
        Assert.Equal(418, (int)answer.StatusCode);
        await process.SignalAsync("TERM");
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Theory]
    [InlineData("--help", "run")]
    [InlineData("run", "--help")]
    [InlineData("validate", "--help")]
    public async Task Help_is_worth_reading(string first, string second)
    {
        var (code, output, _) = await WeirProcess.EndedAsync(first == "--help" ? ["--help"] : [first, second]);
        Assert.Equal(0, code);
        Assert.Contains("Usage", output);
        Assert.Contains(first == "--help" ? second : "FILE", output);
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
