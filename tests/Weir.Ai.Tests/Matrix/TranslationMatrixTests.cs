using System.Text;

namespace Weir.Ai.Tests;

/// <summary>
/// Every dialect of clients with every wire of providers. What is written is pinned by the files beside this one, what is carried by
/// docs/reference/translation.md; both are written anew with the environment variable WEIR_WRITE set.
/// </summary>
public sealed class TranslationMatrixTests
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var client in MatrixRun.Dialects)
                foreach (var wire in MatrixRun.Dialects) pairs.Add(client.ToString(), wire.ToString());
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_is_written_stays_as_it_is_and_nothing_is_lost_in_silence(string client, string wire)
    {
        var golden = new StringBuilder();
        foreach (var one in MatrixCases.All)
        {
            foreach (var isStream in new[] { false, true })
            {
                var cell = MatrixRun.Run(one, Enum.Parse<DialectName>(client), Enum.Parse<DialectName>(wire), isStream);
                Assert.True(cell.Outcome != MatrixOutcome.LostInSilence, $"{one.Name}, {(isStream ? "streamed" : "whole")}: {cell.Difference}\n{cell.Golden}");
                if (cell.Golden.Length == 0) continue;
                golden.Append($"== {one.Name}, {(isStream ? "streamed" : "whole")}: {cell.Outcome}\n{cell.Golden}");
            }
        }
        if (client != wire) Same(Path.Combine(Root, "tests", "Weir.Ai.Tests", "Matrix", "golden", $"{client}-{wire}.txt"), golden.ToString());
    }

    [Fact]
    public void The_page_says_what_is_carried() => Same(Path.Combine(Root, "docs", "reference", "translation.md"), MatrixPage.Make());

    static void Same(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("WEIR_WRITE") is { Length: > 0 })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"{path} is missing: run this test with WEIR_WRITE=1");
        Assert.Equal(File.ReadAllText(path), text);
    }

    static string Root { get; } = Find(AppContext.BaseDirectory);

    static string Find(string folder) => File.Exists(Path.Combine(folder, "Weir.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
