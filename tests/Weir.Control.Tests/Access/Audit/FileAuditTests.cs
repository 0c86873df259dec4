using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Control.Tests;

public sealed class FileAuditTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-audit-");

    static AuditRecord Record(string path = "/services") => new(
        DateTimeOffset.UnixEpoch, "r1", "anna", "10.0.0.1", "GET", path, "", "alpha", 200, "done", "", null, "");

    FileAudit Open(long fileBytesMax = 1 << 20, int filesMax = 16) => FileAudit.Open(
        new FileAuditSettings { Folder = _folder.FullName, FileBytesMax = fileBytesMax, FilesMax = filesMax }, NullLogger.Instance);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_request_is_in_it_refused_ones_too()
    {
        await using (var audit = Open())
        await using (var admin = await Guarded.OpenAsync(audit: audit))
        {
            var token = await admin.UserAsync("anna", "read-only", "alpha");
            await admin.AsAsync(null, "GET", "/alpha/services");
            await admin.AsAsync(token, "GET", "/alpha/services?size=1&secret=x");
            await admin.AsAsync(token, "DELETE", "/alpha/services/alpha-service");
            await admin.AsAsync(token, "GET", "/alpha/key-auths/alpha-key");
            await admin.AsAsync(token, "GET", "/beta/services");
        }
        var lines = FileAudit.FilesOf(_folder.FullName).SelectMany(File.ReadLines).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["anonymous GET /alpha/services 401 refused", "anna GET /alpha/services 200 done", "anna DELETE /alpha/services/alpha-service 403 refused",
            "anna GET /alpha/key-auths/[masked] 200 done", "anna GET /beta/services 404 invalid"],
            lines.Select(static line => $"{line.GetProperty("actor")} {line.GetProperty("method")} {line.GetProperty("path")} "
                + $"{line.GetProperty("status")} {line.GetProperty("outcome")}"));
        Assert.Equal("size=1&secret=[masked]", lines[1].GetProperty("query").GetString());
        Assert.Equal("anna, you do not have permissions to delete this resource", lines[2].GetProperty("message").GetString());
        Assert.Equal(new AuditVerdict(5, 1, null), AuditVerdict.Of(_folder.FullName));
    }

    [Fact]
    public async Task It_goes_on_where_it_stopped_even_in_the_middle_of_a_line()
    {
        await using (var audit = Open()) await audit.RecordAsync(Record());
        var file = FileAudit.FilesOf(_folder.FullName)[0];
        await File.AppendAllTextAsync(file, """{"number":2,"prev""", TestContext.Current.CancellationToken);
        await using (var audit = Open()) await audit.RecordAsync(Record());
        Assert.Equal(new AuditVerdict(2, 1, null), AuditVerdict.Of(_folder.FullName));
    }

    [Fact]
    public async Task Old_files_go_and_the_chain_holds()
    {
        await using (var audit = Open(fileBytesMax: 1000, filesMax: 3))
            for (var i = 0; i < 50; i++) await audit.RecordAsync(Record($"/services/{i}"));
        Assert.Equal(3, FileAudit.FilesOf(_folder.FullName).Count);
        var verdict = AuditVerdict.Of(_folder.FullName);
        Assert.True(verdict is { Problem: null, First: > 1 }, verdict.ToString());
        Assert.Equal(50, verdict.First + verdict.Lines - 1);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("removed")]
    [InlineData("garbage")]
    public async Task What_was_done_to_it_is_found(string how)
    {
        await using (var audit = Open())
            for (var i = 0; i < 5; i++) await audit.RecordAsync(Record());
        var file = FileAudit.FilesOf(_folder.FullName)[0];
        var lines = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).ToList();
        if (how == "removed") lines.RemoveAt(2);
        else lines[2] = how == "garbage" ? "{}" : lines[2].Replace("anna", "bert", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
        Assert.NotNull(AuditVerdict.Of(_folder.FullName).Problem);
    }
}
