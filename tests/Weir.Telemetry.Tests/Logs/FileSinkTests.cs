namespace Weir.Telemetry.Tests;

public sealed class FileSinkTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("weir-log-").FullName;

    string PathOf(string name) => Path.Combine(_folder, name);

    [Fact]
    public async Task Appends_to_what_is_there()
    {
        var path = PathOf("a.log");
        await File.WriteAllTextAsync(path, "before\n");
        using var sink = new FileSink(path);
        await sink.WriteAsync("one\n"u8.ToArray());
        await sink.WriteAsync("two\n"u8.ToArray());
        Assert.Equal("before\none\ntwo\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Follows_a_rename()
    {
        var path = PathOf("a.log");
        using var sink = new FileSink(path);
        await sink.WriteAsync("old\n"u8.ToArray());
        File.Move(path, path + ".1");
        await sink.WriteAsync("new\n"u8.ToArray());
        Assert.Equal("old\n", await File.ReadAllTextAsync(path + ".1"));
        Assert.Equal("new\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Follows_a_rename_with_a_new_file_in_its_place()
    {
        var path = PathOf("a.log");
        using var sink = new FileSink(path);
        await sink.WriteAsync("old\n"u8.ToArray());
        File.Move(path, path + ".1");
        await File.WriteAllTextAsync(path, "");
        await sink.WriteAsync("new\n"u8.ToArray());
        Assert.Equal("new\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Makes_a_deleted_file_again()
    {
        var path = PathOf("a.log");
        using var sink = new FileSink(path);
        await sink.WriteAsync("old\n"u8.ToArray());
        File.Delete(path);
        await sink.WriteAsync("new\n"u8.ToArray());
        Assert.Equal("new\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Leaves_no_hole_after_a_truncation()
    {
        var path = PathOf("a.log");
        using var sink = new FileSink(path);
        await sink.WriteAsync("a long line before\n"u8.ToArray());
        await using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(0);
        await sink.WriteAsync("new\n"u8.ToArray());
        Assert.Equal("new\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Opens_again_when_asked_and_when_always_told_to()
    {
        var path = PathOf("a.log");
        using var sink = new FileSink(path) { ReopenAlways = true };
        await sink.WriteAsync("one\n"u8.ToArray());
        sink.Reopen();
        await sink.WriteAsync("two\n"u8.ToArray());
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_an_io_failure_and_can_come_later()
    {
        using var sink = new FileSink(PathOf("none/a.log"));
        await Assert.ThrowsAnyAsync<IOException>(async () => await sink.WriteAsync("x\n"u8.ToArray()));
        Directory.CreateDirectory(PathOf("none"));
        await sink.WriteAsync("y\n"u8.ToArray());
        Assert.Equal("y\n", await File.ReadAllTextAsync(PathOf("none/a.log")));
    }

    [Fact]
    public void Standard_streams_are_no_files()
    {
        Assert.IsType<ConsoleSink>(LogSinks.Open(""));
        Assert.IsType<ConsoleSink>(LogSinks.Open("/dev/stdout"));
        Assert.IsType<ConsoleSink>(LogSinks.Open("/dev/stderr"));
        Assert.IsType<FileSink>(LogSinks.Open(PathOf("a.log")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
