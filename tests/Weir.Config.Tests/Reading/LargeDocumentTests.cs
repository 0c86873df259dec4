using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Config.Tests;

public sealed class LargeDocumentTests(ITestOutputHelper output)
{
    const int Services = 1_000;
    const int RoutesPerService = 100;

    [Fact]
    public void Reads_a_hundred_thousand_routes_in_a_few_seconds()
    {
        var yaml = Document();
        var watch = Stopwatch.StartNew();
        var result = DocumentReader.ReadText("large.yaml", yaml, Samples.Options);
        var size = yaml.Length / 1e6;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size:F1} MB, {Services * RoutesPerService} routes: {watch.Elapsed.TotalSeconds:F2} s"));
        Assert.Empty(result.Problems);
        Assert.Equal(Services * RoutesPerService, result.Document!.Routes.Count);
        // Far above what is measured, so that a busy machine does not fail it; a quadratic step would.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    static string Document()
    {
        var yaml = new StringBuilder("_format_version: \"3.0\"\nservices:\n");
        for (var s = 0; s < Services; s++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"- name: service-{s}\n  url: http://service-{s}.internal:8080/api\n  routes:\n");
            for (var r = 0; r < RoutesPerService; r++)
                AppendRoute(yaml, s, r);
        }
        return yaml.ToString();
    }

    static void AppendRoute(StringBuilder yaml, int service, int route) => yaml.Append(CultureInfo.InvariantCulture, $"""
          - name: route-{service}-{route}
            hosts:
            - host-{service}.example.com
            paths:
            - /api/v{route}/orders
            methods:
            - GET
            - POST
            strip_path: false
            tags:
            - team-{service % 7}

        """);
}
