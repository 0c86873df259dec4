namespace Weir.Config.Tests;

/// <summary>The corpora without any plugin: every entity in them must be understood.</summary>
public sealed class EntityCorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_document_of_the_corpora_is_read_or_refused_as_it_must_be()
    {
        var run = CorpusRun.Of(new Dictionary<string, PluginKind>());
        output.WriteLine(run.Table());
        Assert.True(!run.Wrong.Any(), string.Join('\n', run.Wrong.Select(line => $"{line.Document.Path}: {line.Reason}")));
        Assert.True(run.Lines.Count > 900, $"only {run.Lines.Count} documents found");
    }
}
