using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Config.Tests.Reading;

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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{yaml.Length / 1e6:F1} MB, {Services * RoutesPerService} routes: {watch.Elapsed.TotalSeconds:F2} s"));
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
                yaml.Append(CultureInfo.InvariantCulture, $"  - name: route-{s}-{r}\n    hosts:\n    - host-{s}.example.com\n    paths:\n    - /api/v{r}/orders\n    methods:\n    - GET\n    - POST\n    strip_path: false\n    tags:\n    - team-{s % 7}\n");
        }
        return yaml.ToString();
    }
}
