namespace Weir.Server.Tests;

public sealed class AccessCommandTests
{
    [Fact]
    public async Task Somebody_is_let_in_and_out_again_from_the_command_line()
    {
        await using var server = await ControlServer.StartAsync(enforces: true);
        server["HOME"] = server.PathOf("home");
        Assert.Equal(1, (await server.RunAsync("gateway", "ping")).Code);
        var first = server.Api.SignIn.First.Begin()!;
        var login = await server.RunAsync("a long password\n", ["login", "--first", first, "--name", "root"]);
        Assert.True(login.Code == 0, login.Error);
        Assert.Equal(0, (await server.RunAsync("gateway", "ping")).Code);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.PathOf("home/.weir/tokens.json")));

        Assert.Equal(0, (await server.RunAsync("user", "create", "ci", "--service")).Code);
        Assert.Equal(0, (await server.RunAsync("team", "create", "orders")).Code);
        Assert.Equal(0, (await server.RunAsync("team", "add", "orders", "ci")).Code);
        Assert.Equal(0, (await server.RunAsync("grant", "editor", "--team", "orders", "--workspace", "default")).Code);
        var made = await server.RunAsync("token", "create", "git", "--user", "ci");
        var token = made.Output.Trim();
        Assert.StartsWith("weir_", token, StringComparison.Ordinal);
        Assert.Contains("ci  service", (await server.RunAsync("user", "list")).Output, StringComparison.Ordinal);
        var file = server.File("_format_version: '3.0'\nservices: [{name: a, host: a}]\n");
        server["WEIR_TOKEN"] = token;
        Assert.Equal(0, (await server.RunAsync("gateway", "sync", file)).Code);
        var refused = await server.RunAsync("user", "list");
        Assert.Equal((1, true), (refused.Code, refused.Error.Contains("ci, you do not have permissions to read", StringComparison.Ordinal)));

        var next = (await server.RunAsync("token", "rotate", "git", "--overlap", "0")).Output.Trim();
        Assert.Equal(1, (await server.RunAsync("gateway", "ping")).Code);
        server["WEIR_TOKEN"] = next;
        Assert.Contains("git  weir_…", (await server.RunAsync("token", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await server.RunAsync("token", "revoke", "git")).Code);
        Assert.Equal(1, (await server.RunAsync("gateway", "ping")).Code);

        server["WEIR_TOKEN"] = "";
        Assert.Equal(0, (await server.RunAsync("logout")).Code);
        Assert.Equal(1, (await server.RunAsync("gateway", "ping")).Code);
        var wrong = await server.RunAsync("not the password\n", ["login", "--name", "root"]);
        Assert.Equal(1, wrong.Code);
        var again = await server.RunAsync("a long password\n", ["login", "--name", "root", "--print"]);
        Assert.StartsWith("weirs_", again.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await server.RunAsync("gateway", "ping", "--token", again.Output.Trim())).Code);
    }

    [Fact]
    public async Task A_token_goes_to_no_other_control_plane()
    {
        await using var server = await ControlServer.StartAsync(enforces: true);
        server["HOME"] = server.PathOf("home");
        var first = server.Api.SignIn.First.Begin()!;
        Assert.Equal(0, (await server.RunAsync("\n", ["login", "--first", first, "--name", "root"])).Code);
        Assert.Equal(0, (await server.RunAsync("gateway", "ping")).Code);
        var elsewhere = server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Assert.Equal(1, (await server.RunAsync("gateway", "ping", "--kong-addr", elsewhere)).Code);
    }

    [Theory]
    [InlineData("login")]
    [InlineData("login", "--name", "root")]
    [InlineData("grant", "editor", "--user", "nobody", "--workspace", "default")]
    [InlineData("token", "revoke", "nothing")]
    [InlineData("user", "create", "me", "--service")]
    public async Task What_cannot_be_is_said(params string[] arguments)
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync(arguments);
        Assert.Equal(1, ran.Code);
        Assert.StartsWith("Error: ", ran.Error, StringComparison.Ordinal);
    }
}
