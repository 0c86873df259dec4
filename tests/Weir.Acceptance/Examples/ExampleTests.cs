namespace Weir.Acceptance;

/// <summary>Every file in examples/ does what its header says.</summary>
public sealed class ExampleTests
{
    internal static readonly string Folder = Path.Combine(Root(), "examples");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.yaml").Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Does_what_its_header_says(string file)
    {
        var example = Example.Read(Path.Combine(Folder, file));
        Assert.NotEmpty(example.Trials);
        Assert.All(example.Trials, static trial => Assert.NotEmpty(trial.Expectations));
        Assert.Contains($"./weir run examples/{file}", example.Text);
        await using var rig = await ExampleRig.StartAsync(example);
        foreach (var trial in example.Trials) Assert.Empty(await rig.RunAsync(trial));
    }

    [Theory]
    [InlineData("curl -i -H 'A: b c' -d \"x y\" http://localhost:8000/p", "POST", "A=b c", "x y")]
    [InlineData("curl -X PUT http://localhost:8000/p", "PUT", "", null)]
    public void Reads_commands_as_a_shell_and_curl_do(string line, string method, string headers, string? body)
    {
        var command = CurlCommand.Parse(line);
        var given = string.Join(',', command.Headers.Select(static header => $"{header.Name}={header.Value}"));
        Assert.Equal((method, headers, body), (command.Method, given, command.Body));
        Assert.Equal("/p", command.Url.AbsolutePath);
    }

    [Theory]
    [InlineData("wget http://localhost:8000/")]
    [InlineData("curl --compressed http://localhost:8000/")]
    [InlineData("curl 'http://localhost:8000/")]
    public void Refuses_commands_it_would_misread(string line) => Assert.Throws<FormatException>(() => CurlCommand.Parse(line));

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no Weir.slnx above {AppContext.BaseDirectory}");
    }
}
