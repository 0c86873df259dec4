using Weir.Config.Tests;

namespace Weir.Server.Tests;

/// <summary>The corpora with every plugin of the catalog.</summary>
public sealed class CatalogCorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_document_of_the_corpora_is_read_or_refused_as_it_must_be()
    {
        var run = CorpusRun.Of(Catalog.All.ToDictionary(kind => kind.Name));
        output.WriteLine(run.Table());
        Assert.True(!run.Wrong.Any(), string.Join('\n', run.Wrong.Select(line => $"{line.Document.Path}: {line.Reason}")));
        Assert.True(run.Lines.Count > 900, $"only {run.Lines.Count} documents found");
    }
}
