using System.Net;
using Weir.Config;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>A class library that references only Weir.Sdk, loaded by its path as the setting plugin_libraries does.</summary>
public sealed class PluginLibraryTests
{
    static readonly string Sample = Built("Weir.SamplePlugin");

    static IReadOnlyList<PluginKind> Extended => PluginLibraries.Extend(Catalog.All, [Sample]);

    [Fact]
    public async Task A_library_s_plugin_takes_part_in_requests_and_answers()
    {
        await using var mock = new MockServer("127.0.0.1:0", TimeProvider.System);
        await mock.StartAsync(CancellationToken.None);
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - name: echo
              url: {{mock.Address}}
              routes:
              - name: old
                paths: [/old]
                plugins: [{ name: sunset, config: { date: "2999-01-31" } }]
              - name: older
                paths: [/older]
                plugins: [{ name: sunset, config: { date: "2001-01-31", message: gone for good } }]
            """, catalog: Extended);

        using var alive = await gateway.Client.GetAsync("/old", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal("Thu, 31 Jan 2999 00:00:00 GMT", alive.Headers.GetValues("Sunset").Single());

        using var gone = await gateway.Client.GetAsync("/older", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal("Wed, 31 Jan 2001 00:00:00 GMT", gone.Headers.GetValues("Sunset").Single());
        Assert.Contains("gone for good", await gone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Its_config_errors_have_a_place_like_those_of_any_plugin()
    {
        var read = DocumentReader.ReadText("kong.yaml", """
            _format_version: "3.0"
            plugins:
            - name: sunset
              config:
                date: soon
                mesage: typing error
            """, new ReadOptions { Plugins = Extended.ToDictionary(static kind => kind.Name) });
        Assert.Null(read.Document);
        Assert.Contains(read.Problems, static problem => problem is { Place: { File: "kong.yaml", Line: 6 }, Field: "config.mesage" });

        read = DocumentReader.ReadText("kong.yaml", """
            _format_version: "3.0"
            plugins:
            - name: sunset
              config:
                date: soon
            """, new ReadOptions { Plugins = Extended.ToDictionary(static kind => kind.Name) });
        var problem = Assert.Single(read.Problems);
        Assert.Equal(("kong.yaml", 5, "config.date"), (problem.Place.File, problem.Place.Line, problem.Field));
        Assert.Contains("'soon' is no day", problem.Message);
    }

    [Fact]
    public void The_schema_of_the_document_knows_it()
    {
        Assert.Contains("first day", SchemaExport.Export(Extended.ToDictionary(static kind => kind.Name)).ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\"sunset\"", SchemaExport.Export(Catalog.All.ToDictionary(static kind => kind.Name)).ToJsonString());
    }

    [Fact]
    public void Stands_where_it_asks_to_stand()
    {
        var names = Extended.Select(static kind => kind.Name).ToList();
        Assert.Equal(names.IndexOf("request-termination") - 1, names.IndexOf("sunset"));
    }

    [Fact]
    public void Says_that_there_is_no_such_file() => Assert.Contains("there is no such file", Refusal("/nowhere/at-all.dll"));

    [Fact]
    public void Refuses_a_file_that_is_no_library()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not a library");
            Assert.StartsWith($"plugin library {path}: ", Refusal(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Refuses_a_library_without_plugins() => Assert.Contains("no public class implements IPluginLibrary", Refusal(Built("Weir.Limits")));

    [Fact]
    public void Refuses_a_name_that_is_taken() => Assert.Contains("a plugin named 'sunset' exists already", Refusal(Sample, Sample));

    [Fact]
    public void Refuses_a_place_before_a_plugin_that_does_not_exist()
    {
        var refused = Assert.Throws<FormatException>(static () => PluginLibraries.Extend([], [Sample]));
        Assert.Contains("'sunset' wants to run before 'request-termination', which does not exist", refused.Message);
    }

    static string Refusal(params string[] paths) => Assert.Throws<FormatException>(() => PluginLibraries.Extend(Catalog.All, paths)).Message;

    /// <summary>An assembly of this build: artifacts/bin/PROJECT/CONFIGURATION/.</summary>
    static string Built(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, project + ".dll");
    }
}
