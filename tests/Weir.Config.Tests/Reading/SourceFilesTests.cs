namespace Weir.Config.Tests;

public sealed class SourceFilesTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-config-");

    public void Dispose() => _folder.Delete(recursive: true);

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    DocumentResult Read(params string[] paths) => DocumentReader.Read(paths.Length == 0 ? [_folder.FullName] : paths, Samples.Options);

    string[] Problems(params string[] paths) =>
        [.. Read(paths).Problems.Select(problem => problem.ToString().Replace(_folder.FullName, "", StringComparison.Ordinal))];

    [Fact]
    public void Merges_the_files_of_a_directory_and_its_directories()
    {
        Write("a.yaml", "_format_version: \"3.0\"\nservices: [{name: a, host: a.test}]\n");
        Write("sub/b.yml", "_format_version: \"3.0\"\nservices: [{name: b, host: b.test}]\nroutes: [{name: r, service: a, paths: [/]}]\n");
        Write("sub/c.json", "{\"services\": [{\"name\": \"c\", \"host\": \"c.test\"}]}");
        Write("notes.txt", "not: [yaml");
        var result = Read();
        Assert.Empty(result.Problems);
        Assert.Equal(["a", "b", "c"], result.Document!.Services.Select(service => service.Name));
    }

    [Fact]
    public void Files_must_agree_on_what_they_say_about_themselves()
    {
        Write("a.yaml", "_format_version: \"3.0\"\n_workspace: one\n");
        Write("b.yaml", "_format_version: \"3.0\"\n_workspace: two\n");
        Assert.Equal(["/b.yaml:2:13: _workspace: differs from /a.yaml:2:13: all files of a document must agree on it"], Problems());
    }

    [Fact]
    public void Reports_the_problems_of_all_files()
    {
        Write("a.yaml", "_format_version: \"3.0\"\nservices: [{name: a}]\n");
        Write("b.yaml", "services: {");
        Assert.Contains(Problems(), problem => problem.StartsWith("/a.yaml:2:12: service 'a': host: required field missing", StringComparison.Ordinal));
        Assert.Contains(Problems(), problem => problem.StartsWith("/b.yaml:", StringComparison.Ordinal));
        Assert.Null(Read().Document);
    }

    [Fact]
    public void Reports_a_file_that_is_not_there() =>
        Assert.Contains("cannot be read", Assert.Single(Problems(Path.Combine(_folder.FullName, "none.yaml"))), StringComparison.Ordinal);

    [Fact]
    public void Reports_bytes_that_are_not_UTF_8()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "a.yaml"), [0x61, 0x3A, 0x20, 0xFF]);
        Assert.Equal("/a.yaml: not UTF-8 text", Assert.Single(Problems()));
    }

    [Fact]
    public void Reads_past_a_byte_order_mark()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "a.yaml"), [0xEF, 0xBB, 0xBF, .. "_format_version: \"3.0\"\n"u8]);
        Assert.Empty(Problems());
    }

    [Fact]
    public void Warns_about_a_directory_without_files()
    {
        var result = Read();
        Assert.Equal(Severity.Warning, result.Problems[0].Severity);
        Assert.NotNull(result.Document);
    }

    [Fact]
    public void Refuses_a_file_larger_than_the_limit()
    {
        var file = Write("a.yaml", new string('#', 2000));
        var result = DocumentReader.Read([file], Samples.Options with { Limits = new ReadLimits { FileBytesMax = 1000 } });
        Assert.Contains("larger than 1000 bytes", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_more_files_than_the_limit()
    {
        Write("a.yaml", "");
        Write("b.yaml", "");
        var result = DocumentReader.Read([_folder.FullName], Samples.Options with { Limits = new ReadLimits { FilesMax = 1 } });
        Assert.Contains(result.Problems, problem => problem.Message.Contains("2 files found, at most 1 are read", StringComparison.Ordinal));
    }
}
