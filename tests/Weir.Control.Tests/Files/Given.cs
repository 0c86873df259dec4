using System.Runtime.CompilerServices;
using Weir.Config;

namespace Weir.Control.Tests.Files;

/// <summary>What the tests of file tools are given, and what they say of what comes out.</summary>
static class Given
{
    /// <summary>A file of the test data.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);

    public static FileSource File(params string[] parts) => new(parts[^1], System.IO.File.ReadAllText(Path(parts)));

    public static MapNode Map(string text) => Read("kong.yaml", text);

    public static MapNode Read(string name, string text)
    {
        var report = new Report(100);
        var root = new FileSource(name, text).ReadMap(report);
        Assert.Empty(report.Problems());
        return root!;
    }

    /// <summary>What a transformation makes that must report nothing.</summary>
    public static T Clean<T>(Func<Report, T?> make) where T : class
    {
        var report = new Report(100);
        var made = make(report);
        Assert.Equal([], report.Problems().Select(static problem => problem.ToString()));
        return made!;
    }

    /// <summary>The problems that a transformation reports, as they are printed.</summary>
    public static IReadOnlyList<string> Problems(Action<Report> make)
    {
        var report = new Report(100);
        make(report);
        return [.. report.Problems().Select(static problem => problem.ToString())];
    }

    /// <summary>The same data; when it is not, the difference is shown as text.</summary>
    public static void Same(Node expected, Node actual, [CallerArgumentExpression(nameof(expected))] string what = "")
    {
        if (Tree.SameData(expected, actual)) return;
        Assert.Equal(Shown(expected), Shown(actual));
        Assert.Fail($"{what}: the data differ, their text does not");
    }

    public static void Same(string expected, Node actual) => Same(Map(expected), actual);

    public static string Shown(Node node) => FileWriter.Write(node, FileFormat.Yaml);

}
